using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Applied to the texts and lists of a report when it is converted to JSON. This class keeps them as they are; a derived
/// class hides secrets and shortens.</summary>
internal class ReportTexts
{
    /// <summary>Keeps all texts and lists as they are.</summary>
    public static ReportTexts Whole { get; } = new();

    /// <summary>Returns what is written in place of a text. Not called for service names and fixed words.</summary>
    public virtual string Of(string text) => text;

    /// <summary>Returns the items that are written of a list.</summary>
    public virtual ImmutableArray<T> Of<T>(ImmutableArray<T> items) => items;

    /// <summary>Returns what is written in place of a text; null for null.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public string? OfOptional(string? text) => text is null ? null : Of(text);

    /// <summary>Converts the items that are written of a list.</summary>
    public TResult[] Convert<T, TResult>(ImmutableArray<T> items, Func<T, TResult> convert) => [.. Of(items).Select(convert)];
}
