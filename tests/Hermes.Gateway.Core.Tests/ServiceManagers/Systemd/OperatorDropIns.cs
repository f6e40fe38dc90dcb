using System.Diagnostics;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public sealed class OperatorDropIns : IDisposable
{
    private static readonly DesiredService Wanted =
        Sample.Desired(Sample.Definition() with { Scope = ServiceScope.System, User = "daemon" });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Link_is_read_at_its_target()
    {
        File.WriteAllText(_folder.At("real.conf"), "[Service]\n");
        File.CreateSymbolicLink(_folder.At("link.conf"), "real.conf");

        Assert.Equal("[Service]\n", DropIns.Read(_folder.At("link.conf")));
    }

    [Fact]
    public async Task Named_pipe_is_refused_without_waiting()
    {
        using var mkfifo = Process.Start("mkfifo", [_folder.At("e.conf")]);
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Null(
            await Task.Run(() => DropIns.Read(_folder.At("e.conf")), TestContext.Current.CancellationToken).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
        Assert.Null(DropIns.Read(_folder.At("missing.conf")));
    }

    [Theory]
    [InlineData("DynamicUser=yes", true)]
    [InlineData("User=other", true)]
    [InlineData("SupplementaryGroups = ops", true)]
    [InlineData("AmbientCapabilities=CAP_DAC_OVERRIDE", true)]
    [InlineData("BindReadOnlyPaths=/root/app:/opt/app", true)]
    [InlineData("RootDirectory=/srv", true)]
    [InlineData("ExecStartPre=+/bin/chmod o+x /root", true)]
    [InlineData("Nice=5", false)]
    [InlineData("#User=other", false)]
    [InlineData("Environment=User=other", false)]
    public void Directives_for_account_rights_program_and_visible_files_are_recognized(string directive, bool expected)
    {
        var dropIn = _folder.At("operator.conf");
        File.WriteAllText(dropIn, $"[Service]\n{directive}\n");
        Assert.Equal(expected, DropIns.ChangeExecution(Seen.Installed(InstalledKind.Missing), [dropIn]));

        // The rendered User= is no foreign directive.
        var unit = SystemdUnit.Render(Wanted, null);
        Assert.False(DropIns.ChangeExecution(Seen.Installed(unit, Wanted), []));
        if (directive is not "User=other")
            Assert.Equal(expected, DropIns.ChangeExecution(Seen.Installed($"{unit}[Service]\n{directive}\n", Wanted), []));
    }

    [Fact]
    public void Unreadable_drop_in_counts_as_changing_the_execution() =>
        Assert.True(DropIns.ChangeExecution(Seen.Installed(InstalledKind.Missing), [_folder.At("missing.conf")]));

    [Fact]
    public void Drop_ins_of_a_unit_that_is_not_loaded_are_found_on_the_unit_path()
    {
        foreach (var name in new[] { "a/my.service.d", "b/service.d", "b/other.service.d" }) Directory.CreateDirectory(_folder.At(name));
        string[] expected = [_folder.At("a/my.service.d/1.conf"), _folder.At("b/service.d/2.conf")];
        foreach (var file in expected.Append(_folder.At("a/my.service.d/note")).Append(_folder.At("b/other.service.d/3.conf")))
            File.WriteAllText(file, "");

        Assert.Equal(expected, DropIns.Of("my.service", [_folder.At("a"), _folder.At("b"), _folder.At("nowhere")]));
    }
}
