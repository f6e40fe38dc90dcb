using System.Collections.Immutable;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>What becomes of a report's texts and lists on their way into JSON: here, nothing.</summary>
internal class ReportTexts
{
    /// <summary>All of it, as it is.</summary>
    public static ReportTexts Whole { get; } = new();

    /// <summary>A text as it is written. Words of ours and names are not asked about.</summary>
    public virtual string Of(string text) => text;

    /// <summary>What is written of a list.</summary>
    public virtual ImmutableArray<T> Of<T>(ImmutableArray<T> items) => items;
}
