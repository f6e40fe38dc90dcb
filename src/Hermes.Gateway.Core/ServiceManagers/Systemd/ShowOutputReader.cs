using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Parses the output of <c>systemctl show</c> in pieces of any length.</summary>
/// <param name="onUnit">Receives each unit as soon as its block is complete.</param>
internal sealed partial class ShowOutputReader(Action<UnitProperties> onUnit)
{
    private Dictionary<string, string> _properties = new(StringComparer.Ordinal);
    private string _incomplete = "";

    // How much of the incomplete entry was searched for its end.
    private int _searched;

    /// <summary>Takes the next piece.</summary>
    public void Add(ReadOnlySpan<char> piece)
    {
        var text = string.Concat(_incomplete, piece);
        var start = 0;
        while (FindEnd(text, start) is var end and >= 0)
        {
            AddEntry(text.AsSpan(start, end - start));
            start = end + 1;
        }

        _incomplete = text[start..];
    }

    /// <summary>Ends the output; an incomplete entry counts as it is.</summary>
    public void Complete()
    {
        AddEntry(_incomplete);
        EndUnit();
    }

    private int FindEnd(string text, int start)
    {
        while (text.IndexOf('\n', start + _searched) is var end and >= 0)
        {
            _searched = end + 1 - start;
            if (IsUnfinished(text.AsSpan(start, end - start))) continue;
            _searched = 0;
            return end;
        }

        _searched = text.Length - start;
        return -1;
    }

    // systemctl prints arguments raw: a line break, an empty line or "MainPID=1" in them is still part of ExecStart.
    private static bool IsUnfinished(ReadOnlySpan<char> entry) =>
        entry.IndexOf('=') is var equals and > 0
        && entry[(equals + 1)..].StartsWith("{ path=", StringComparison.Ordinal)
        // Compares the last character first, because there may be many lines.
        && !(entry[^1] == '}' && CommandEnd().IsMatch(entry[(equals + 1)..]));

    private void AddEntry(ReadOnlySpan<char> entry)
    {
        if (entry.IsEmpty) EndUnit();
        // The first value counts, so that a forged one does not replace it.
        else if (entry.IndexOf('=') is var equals and > 0)
            _properties.TryAdd(entry[..equals].ToString(), entry[(equals + 1)..].ToString());
    }

    private void EndUnit()
    {
        if (_properties.Count == 0) return;
        onUnit(new UnitProperties(_properties));
        _properties = new(StringComparer.Ordinal);
    }

    // "status=1" after an exit, "status=9/KILL" after a signal, "code=(null)" before either (measured on 252).
    [GeneratedRegex(@" ; start_time=\[[^\]]*\] ; stop_time=\[[^\]]*\] ; pid=\d+ ; code=\S+ ; status=\d+(/\S+)? }$")]
    private static partial Regex CommandEnd();
}
