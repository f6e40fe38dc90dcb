using BenchmarkDotNet.Attributes;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

namespace Hermes.Gateway.Benchmarks;

/// <summary>What is done for each definition file: its keys and its stamp, its text, and its meaning read back.
/// </summary>
[MemoryDiagnoser]
public class DefinitionFiles
{
    private readonly ServiceDefinition _definition = Inputs.Definition();
    private readonly DesiredService _systemd = Inputs.OnSystemd(Inputs.Definition());
    private readonly DesiredService _launchd = Inputs.OnLaunchd(Inputs.Definition());
    private readonly string _unit;
    private readonly string _plist;

    /// <summary>Renders what is parsed.</summary>
    public DefinitionFiles() =>
        (_unit, _plist) = (SystemdUnit.Render(_systemd, null), LaunchdPlist.Render(_launchd, null));

    /// <summary>The owned keys, in systemd's words.</summary>
    [Benchmark]
    public object UnitKeys() => SystemdUnit.KeysOf(_definition);

    /// <summary>The stamp: a hash of the owned keys.</summary>
    [Benchmark]
    public object MakeStamp() => Stamp.Of(_systemd.Keys, _definition.Revision);

    /// <summary>A new unit file.</summary>
    [Benchmark]
    public string RenderUnit() => SystemdUnit.Render(_systemd, null);

    /// <summary>A unit file in the place of another one, in which an operator's own lines are looked for.</summary>
    [Benchmark]
    public string RenderUnitAgain() => SystemdUnit.Render(_systemd, _unit);

    /// <summary>A unit file's meaning.</summary>
    [Benchmark]
    public object? ParseUnit() => SystemdUnit.Understand(_unit, _systemd.Keys);

    /// <summary>A new property list.</summary>
    [Benchmark]
    public string RenderPlist() => LaunchdPlist.Render(_launchd, null);

    /// <summary>A property list's meaning.</summary>
    [Benchmark]
    public object? ParsePlist() => LaunchdPlist.Understand(_plist, _launchd.Keys);
}
