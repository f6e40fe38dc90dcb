using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Applied to the texts and lists of a report when it is converted to JSON. This class keeps them as they are; a derived
/// class hides secrets and shortens.</summary>
internal class ReportTexts
{
    /// <summary>Keeps all texts and lists as they are.</summary>
    public static ReportTexts Whole { get; } = new();

    /// <summary>The text to write. Not called for names and for the fixed words of the form.</summary>
    public virtual string Of(string text) => text;

    /// <summary>The items of a list to write.</summary>
    public virtual ImmutableArray<T> Of<T>(ImmutableArray<T> items) => items;

    /// <summary>The text to write; null for null.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public string? OfOptional(string? text) => text is null ? null : Of(text);

    /// <summary>Converts the items of a list to write.</summary>
    public TResult[] Convert<T, TResult>(ImmutableArray<T> items, Func<T, TResult> convert) => [.. Of(items).Select(convert)];
}
