using System.Text;

namespace Hermes.Gateway.Core.Processes;

/// <summary>A <see cref="BoundedText"/> of bytes that come in pieces, cut anywhere. What is no UTF-8 becomes U+FFFD.</summary>
/// <param name="limit">Characters kept.</param>
/// <param name="receiver">Takes the text instead of it being kept.</param>
internal sealed class BoundedUtf8(int limit, OutputReceiver? receiver = null)
{
    private readonly BoundedText _text = new(limit, receiver);
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private char[] _characters = [];

    /// <summary>Adds to the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => Append(bytes, isEnd: false);

    /// <summary>The text; nothing comes any more.</summary>
    public BoundedText ToEnd()
    {
        Append([], isEnd: true);
        return _text;
    }

    private void Append(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var most = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        if (_characters.Length < most) _characters = new char[most];
        _text.Append(_characters.AsSpan(0, _decoder.GetChars(bytes, _characters, isEnd)));
    }
}
