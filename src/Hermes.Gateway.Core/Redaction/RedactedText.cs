namespace Hermes.Gateway.Core.Redaction;

/// <summary>Redacts texts that are shown beside the reports: command lines, exceptions.</summary>
public static class RedactedText
{
    /// <summary>The text without what looks like a secret by its surroundings, and without control sequences, invisible
    /// characters, and commands to CI agents and MSBuild. Values that only a service's definition tells are not known here.
    /// </summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ReportRedaction.Unknowing.OfText(text);
    }
}
