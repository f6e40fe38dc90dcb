namespace Hermes.Gateway.Core.Systemd;

/// <summary>Names and values that come again in every block of a thousand, each as one string.</summary>
internal sealed class RepeatedText
{
    // More than anybody asks for: whoever prints more of them prints something else.
    private const int MostNames = 64;

    private readonly List<string> _names = [];
    private readonly List<string> _values = [];
    private int _next;

    /// <summary>The name and the value of a line as strings: those of an earlier line, when they are the
    /// same.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <param name="shared">The value's string.</param>
    public string Share(ReadOnlySpan<char> name, ReadOnlySpan<char> value, out string shared)
    {
        var at = Find(name);
        if (at < 0)
        {
            shared = value.ToString();
            return name.ToString();
        }

        // Most values are those of the unit before.
        if (!value.SequenceEqual(_values[at])) _values[at] = value.ToString();
        shared = _values[at];
        return _names[at];
    }

    private int Find(ReadOnlySpan<char> name)
    {
        // The order is always the same, so that it usually is the next one.
        for (var i = 0; i < _names.Count; i++)
        {
            var at = (_next + i) % _names.Count;
            if (!name.SequenceEqual(_names[at])) continue;
            _next = at + 1;
            return at;
        }

        if (_names.Count == MostNames) return -1;
        _names.Add(name.ToString());
        _values.Add("");
        return _names.Count - 1;
    }
}
