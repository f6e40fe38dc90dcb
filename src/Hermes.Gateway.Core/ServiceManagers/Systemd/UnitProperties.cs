namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>The properties of one unit as <c>systemctl show</c> prints them.</summary>
internal sealed record UnitProperties(IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The value of a property; empty when it was not printed.</summary>
    public string this[string name] => Values.GetValueOrDefault(name, "");

    /// <summary>Whether the unit file was masked at the manager's last reload.</summary>
    public bool IsMasked => this["UnitFileState"] is "masked" or "masked-runtime";

    /// <summary>Reads a number; 0 when the value is none.</summary>
    public long Number(string name) =>
        long.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Reads a process id; null when there is no process.</summary>
    public int? ProcessId(string name) => Number(name) is var id and > 0 ? (int)id : null;

    /// <summary>Reads a list.</summary>
    public ImmutableArray<string> Words(string name) => ShowOutput.ReadWords(this[name]);
}
