using System.Collections.Concurrent;

namespace Hermes.Gateway.Core.Systemd;

/// <summary>Texts that many services share, such as most of their environment, each once in memory. For any number of
/// threads.</summary>
internal sealed class SharedTexts
{
    // What is shared comes early; what is not is not to be kept.
    private const int Most = 1_000;

    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The text, as the one string that was seen first.</summary>
    public string Of(string text)
    {
        if (_texts.TryGetValue(text, out var shared)) return shared;
        return _count < Most && Interlocked.Increment(ref _count) <= Most ? _texts.GetOrAdd(text, text) : text;
    }
}
