namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>The override belongs to the user's account, not to the definition, the job or launchd's memory.</summary>
public sealed class DisabledLabel : IDisposable
{
    private const string Label = "dev.example.agent";
    private readonly Mac _mac = new();

    [Fact]
    public void Remains_disabled_after_bootout_and_shutdown_and_deletion_of_its_file()
    {
        var path = Define();
        _mac.Bootstrap(path);
        _mac.Do("disable", $"{_mac.Domain}/{Label}");
        File.Delete(path);
        _mac.Bootout(Label);
        _mac.AwaitGone(Label);

        Assert.Equal(0, _mac.Run("simulator", "shutdown").Exit);

        var overrides = _mac.Run("print-disabled", _mac.Domain).Out;
        Assert.Contains($"\"{Label}\" => disabled\n", overrides, StringComparison.Ordinal);
        Assert.Equal(119, _mac.Run("bootstrap", _mac.Domain, Define()).Exit);
        _mac.Do("enable", $"{_mac.Domain}/{Label}");
        _mac.Bootstrap(path);
    }

    [Fact]
    public void Is_not_loaded_by_a_reboot()
    {
        const string enabled = "dev.example.enabled";
        Define();
        _mac.DefineScript(enabled, "exec sleep 300", ("RunAtLoad", "true"));
        _mac.Do("disable", $"{_mac.Domain}/{Label}");

        Assert.Equal(0, _mac.Run("simulator", "reboot").Exit);

        _mac.AwaitPid(enabled);
        Assert.False(_mac.IsLoaded(Label));
    }

    [Fact]
    public void Reboot_loads_the_changed_file_of_a_label_that_is_not_disabled()
    {
        var log = Path.Combine(_mac.Home, "log");
        _mac.Bootstrap(_mac.DefineScript(Label, $"echo old >> {log}; exec sleep 300", ("RunAtLoad", "true")));
        _mac.AwaitLines(log, 1);
        var old = _mac.AwaitPid(Label);
        _mac.DefineScript(Label, $"echo new >> {log}; exec sleep 300", ("RunAtLoad", "true"));

        Assert.Equal(0, _mac.Run("simulator", "reboot").Exit);

        Assert.Equal(["old", "new"], _mac.AwaitLines(log, 2));
        Assert.False(Processes.IsAlive(old));
    }

    [Fact]
    public void Keeps_its_running_process()
    {
        _mac.Bootstrap(Define());
        var pid = _mac.AwaitPid(Label);

        _mac.Do("disable", $"{_mac.Domain}/{Label}");

        Assert.Equal(pid, _mac.AwaitPid(Label));
    }

    public void Dispose() => _mac.Dispose();

    private string Define() => _mac.DefineScript(Label, "exec sleep 300", ("RunAtLoad", "true"));
}
