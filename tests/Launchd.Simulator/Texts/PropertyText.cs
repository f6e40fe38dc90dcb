using System.Globalization;
using System.Text;

namespace Launchd.Simulator.Texts;

/// <summary>Builds the nested text that <c>print</c> prints.</summary>
internal sealed class PropertyText(int depth = 0)
{
    private readonly StringBuilder _text = new();
    private int _depth = depth;

    public PropertyText Open(string name) => Line($"{name} = {{", then: 1);

    public PropertyText Close()
    {
        _depth--;
        return Line("}");
    }

    /// <summary>A line <c>name = value</c>; nothing when there is no value.</summary>
    public PropertyText Add(string name, object? value) => value is null
        ? this
        : Line(string.Create(CultureInfo.InvariantCulture, $"{name} = {value}"));

    public PropertyText Line(string text, int then = 0)
    {
        _text.Append('\t', _depth).Append(text).Append('\n');
        _depth += then;
        return this;
    }

    public PropertyText Blank()
    {
        _text.Append('\n');
        return this;
    }

    /// <summary>A block of lines.</summary>
    public PropertyText Block(string name, IEnumerable<string> lines)
    {
        Open(name);
        foreach (var line in lines) Line(line);
        return Close();
    }

    /// <summary>A block of <c>KEY => value</c>.</summary>
    public PropertyText Pairs(string name, IEnumerable<KeyValuePair<string, string>> pairs) =>
        Block(name, pairs.Select(pair => $"{pair.Key} => {pair.Value}"));

    public override string ToString() => _text.ToString();
}
