using System.Collections.Immutable;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>Texts and lists as they are kept: without secrets, and within bounds.</summary>
/// <param name="secrets">What is hidden.</param>
/// <param name="longest">The most characters of a text.</param>
/// <param name="most">The most items of a list.</param>
internal sealed class KeptTexts(SecretText secrets, int longest, int most) : ReportTexts
{
    /// <summary>Nothing longer is looked at for secrets. Of what is kept in the end, both ends are from
    /// within.</summary>
    public const int LongestText = 16 << 10;

    /// <inheritdoc/>
    public override string Of(string text) => Shorten(secrets.Hide(Shorten(text, LongestText)), longest);

    /// <inheritdoc/>
    public override ImmutableArray<T> Of<T>(ImmutableArray<T> items) =>
        // Both ends: how it began, and what it came to.
        items.Length <= most ? items : items.RemoveRange(most / 2, items.Length - most);

    /// <summary>The text, or its two ends.</summary>
    public static string Shorten(string text, int limit)
    {
        if (text.Length <= limit) return text;
        var bounded = new BoundedText(limit);
        bounded.Append(text);
        return bounded.ToString();
    }
}
