using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Benchmarks;

/// <summary>Reading what <c>systemctl show</c> printed of all services at once.</summary>
[MemoryDiagnoser]
public class ManagersAnswer
{
    private string _text = "";
    private ImmutableArray<UnitProperties> _blocks;

    /// <summary>How many services were asked for.</summary>
    [Params(1, 1000)]
    public int Services { get; set; }

    /// <summary>Makes the answer.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _text = Inputs.Shown(Services);
        _blocks = ShowOutput.Parse(_text);
        if (_blocks.Length != Services || ReadValues() == 0)
            throw new InvalidOperationException($"{_blocks.Length} blocks were read, of {Services} services.");
    }

    /// <summary>The text to blocks of properties.</summary>
    [Benchmark]
    public int ParseShow() => ShowOutput.Parse(_text).Length;

    /// <summary>The values that have a form of their own: the variables and the command.</summary>
    [Benchmark]
    public int ReadValues()
    {
        var words = 0;
        foreach (var block in _blocks)
            if (ShowOutput.ReadCommand(block["ExecStart"]) is not null)
                words += ShowOutput.ReadWords(block["Environment"]).Length;
        return words;
    }
}
