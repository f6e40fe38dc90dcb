namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>launchd reads a definition when it is loaded, and at no other time.</summary>
public sealed class DefinitionChangedAfterLoading : IDisposable
{
    private const string Label = "dev.example.agent";
    private readonly Mac _mac = new();

    private string Log => Path.Combine(_mac.Home, "arguments.log");

    [Fact]
    public void Kickstart_runs_the_old_definition()
    {
        _mac.Bootstrap(Define("old"));
        Assert.Equal(["old"], _mac.AwaitLines(Log, 1));
        Define("new");

        _mac.Do("kickstart", "-k", $"{_mac.Domain}/{Label}");

        Assert.Equal(["old", "old"], _mac.AwaitLines(Log, 2));
        Assert.Contains("\t\told\n", _mac.Run("print", $"{_mac.Domain}/{Label}").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Bootout_and_bootstrap_run_the_new_definition()
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
    public void Kickstart_runs_the_loaded_definition_after_its_file_was_deleted()
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
