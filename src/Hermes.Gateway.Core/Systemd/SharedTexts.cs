namespace Hermes.Gateway.Core.Systemd;

/// <summary>Texts that many services share, such as most of their environment, each once in memory.</summary>
internal sealed class SharedTexts
{
    // What is shared comes early; what is not is not to be kept.
    private const int Most = 1_000;

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>The text, as the one string that was seen first.</summary>
    public string Of(string text)
    {
        if (_texts.TryGetValue(text, out var shared)) return shared;
        if (_texts.Count < Most) _texts.Add(text, text);
        return text;
    }
}
