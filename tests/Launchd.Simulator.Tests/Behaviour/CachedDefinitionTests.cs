namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>launchd reads a definition when it is loaded, and at no other time.</summary>
public sealed class CachedDefinitionTests : IDisposable
{
    private const string Label = "dev.example.agent";
    private readonly Mac _mac = new();

    private string Log => Path.Combine(_mac.Home, "arguments.log");

    [Fact]
    public void A_changed_definition_is_not_seen_by_kickstart()
    {
        _mac.Bootstrap(Define("old"));
        Assert.Equal(["old"], _mac.AwaitLines(Log, 1));
        Define("new");

        _mac.Do("kickstart", "-k", $"{_mac.Domain}/{Label}");

        Assert.Equal(["old", "old"], _mac.AwaitLines(Log, 2));
        Assert.Contains("\t\told\n", _mac.Run("print", $"{_mac.Domain}/{Label}").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_definition_runs_after_bootout_and_bootstrap()
    {
        _mac.Bootstrap(Define("old"));
        _mac.AwaitLines(Log, 1);
        var path = Define("new");

        _mac.Bootout(Label);
        _mac.AwaitGone(Label);
        _mac.Bootstrap(path);

        Assert.Equal(["old", "new"], _mac.AwaitLines(Log, 2));
    }

    [Fact]
    public void A_job_runs_on_without_its_file()
    {
        var path = Define("old");
        _mac.Bootstrap(path);
        _mac.AwaitLines(Log, 1);
        File.Delete(path);

        _mac.Do("kickstart", "-k", $"{_mac.Domain}/{Label}");

        Assert.Equal(["old", "old"], _mac.AwaitLines(Log, 2));
    }

    public void Dispose() => _mac.Dispose();

    private string Define(string argument) => _mac.Define(
        Label,
        ("ProgramArguments", $$"""["/bin/sh", "-c", "echo $0 >> '{{Log}}'; exec sleep 300", "{{argument}}"]"""),
        ("RunAtLoad", "true"));
}
