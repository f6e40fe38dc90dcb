using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Another account owns, or can write to, files that a deploy of root reads: the state folder has the modes that an
/// earlier version created under a umask of 000.</summary>
public class FilesOpenToOtherAccounts
{
    private const UnixFileMode All = (UnixFileMode)0b111_111_111;
    private const UnixFileMode PublicFolder = (UnixFileMode)0b111_101_101;

    public FilesOpenToOtherAccounts()
    {
        Requires.Systemd();
        Requires.Root();
    }

    [Fact]
    public async Task State_folder_is_set_to_0700_and_reported()
    {
        await using var service = NewService();
        service.Succeed(Operation.Deploy);
        OpenState(service);

        var report = service.Succeed(Operation.Deploy);

        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RightsTakenBack && finding.Severity == Severity.Warning);
        Assert.NotEqual(0, OtherAccount.Try("ls", State(service)).Code);
        Assert.Empty(service.Succeed(Operation.Deploy).Findings);
    }

    [Fact]
    public async Task Planted_journal_entry_is_reported_and_not_used_by_a_rollback()
    {
        await using var service = NewService();
        service.WriteProgram($"#!/bin/sh\n[ \"$1\" != bad ] || exit 1\n{SystemdService.LongRunningProgram}");
        service.Input = service.Input with { Arguments = ["good"], Revision = "r1" };
        service.Succeed(Operation.Deploy);
        OpenState(service);
        var pwned = Path.Combine(service.Scratch, "pwned");
        var planted = (await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken))
            .Replace("ExecStart=", "ExecStartPre=/bin/touch '" + pwned + "'\nExecStart=", StringComparison.Ordinal);
        var record = new Core.Operations.JournalEntry(
            "deploy", DateTimeOffset.UtcNow, 1, new RestorableState(service.UnitPath, planted, null, "x", true)).ToJson();
        OtherAccount.RunScript("printf %s \"$1\" > \"$2\"; chmod 600 \"$2\"", record, Path.Combine(State(service), service.Name, "under-way.json"));
        service.Input = service.Input with { Arguments = ["bad"] };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RecordNotTrusted);
        Assert.DoesNotContain(
            "ExecStartPre", await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(File.Exists(pwned));
    }

    [Fact]
    public async Task Planted_link_at_a_lock_file_is_refused_and_its_target_is_neither_written_nor_created()
    {
        await using var service = NewService();
        service.Succeed(Operation.Deploy);
        foreach (var name in new[] { service.Unit, service.Unit + ".next" })
        {
            OpenState(service);
            var (victim, made) = (Path.Combine(service.Scratch, "victim"), Path.Combine(service.Scratch, "made"));
            await File.WriteAllTextAsync(victim, "untouched", TestContext.Current.CancellationToken);
            var lockFile = Path.Combine(State(service), ".locks", name);
            foreach (var target in new[] { victim, made })
            {
                OpenState(service);
                OtherAccount.RunScript("rm -f \"$2\"; ln -s \"$1\" \"$2\"", target, lockFile);

                var report = service.Fail(Operation.Deploy, DiagnosticCatalog.PathNotTrusted);

                Assert.Contains(lockFile, report.Findings[0].Message, StringComparison.Ordinal);
                Assert.StartsWith("mv ", report.Advice, StringComparison.Ordinal);
            }

            Assert.Equal("untouched", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken));
            Assert.False(Path.Exists(made));
            File.Delete(lockFile);
        }

        service.Succeed(Operation.Deploy);
    }

    [Fact]
    public async Task Planted_named_pipe_does_not_block_status_or_deploy()
    {
        await using var service = NewService();
        service.Succeed(Operation.Deploy);
        foreach (var (name, operation) in new[]
            { ("under-way.json", Operation.Status), ("under-way.json", Operation.Deploy), ("verified", Operation.Status), ("verified", Operation.Deploy) })
        {
            OpenState(service);
            OtherAccount.RunScript("rm -f \"$1\"; mkfifo \"$1\"", Path.Combine(State(service), service.Name, name));

            var report = await Task.Run(() => service.Run(operation), TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

            Assert.True(report.Outcome is Outcome.Unchanged or Outcome.Changed, string.Join('\n', ReportText.Details(report)));
        }
    }

    [Fact]
    public async Task State_folder_is_reported_and_not_changed_by_a_status()
    {
        await using var service = NewService();
        service.Succeed(Operation.Deploy);
        OpenState(service);

        var report = service.Succeed(Operation.Status);

        var finding = Assert.Single(report.Findings);
        Assert.Equal((DiagnosticCatalog.PathNotTrusted, Severity.Warning), (finding.Descriptor, finding.Severity));
        Assert.Equal(All, File.GetUnixFileMode(State(service)));
    }

    [Fact]
    public async Task Lock_file_cannot_be_locked_by_another_account()
    {
        await using var service = NewService();
        service.Succeed(Operation.Deploy);

        foreach (var name in new[] { service.Unit, service.Unit + ".next" })
            Assert.NotEqual(0, OtherAccount.Try("flock", "--nonblock", Path.Combine(State(service), ".locks", name), "true").Code);
        // An earlier version created folders of mode 0755, which are repaired as well.
        File.SetUnixFileMode(State(service), PublicFolder);
        File.SetUnixFileMode(Path.Combine(State(service), ".locks"), PublicFolder);
        foreach (var name in new[] { service.Unit, service.Unit + ".next" })
            Assert.NotEqual(0, OtherAccount.Try("flock", "--nonblock", Path.Combine(State(service), ".locks", name), "true").Code);
    }

    [Fact]
    public async Task Drop_in_owned_by_another_account_is_refused_before_it_runs()
    {
        await using var service = NewService();
        var folder = Directory.CreateDirectory(service.UnitPath + ".d").FullName;
        var (dropIn, pwned) = (Path.Combine(folder, "e.conf"), Path.Combine(service.Scratch, "pwned"));
        await File.WriteAllTextAsync(dropIn, $"[Service]\nExecStartPre=/bin/touch '{pwned}'\n", TestContext.Current.CancellationToken);
        FileOwner.GiveToNobody(dropIn);

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.PathNotTrusted);

        Assert.StartsWith($"{dropIn} (mode 0644, owner nobody) is not trusted: it belongs to nobody", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.False(File.Exists(pwned) || File.Exists(service.UnitPath));
        Assert.Contains(
            service.Succeed(Operation.Status).Findings, finding => finding.Descriptor == DiagnosticCatalog.PathNotTrusted);
        File.Delete(dropIn);
        service.Succeed(Operation.Deploy);
    }

    [Fact]
    public async Task Unit_file_owned_by_another_account_with_foreign_directives_is_refused()
    {
        await using var service = NewService();
        Directory.CreateDirectory(Path.GetDirectoryName(service.UnitPath)!);
        await File.WriteAllTextAsync(
            service.UnitPath, "[Service]\nExecStart=/bin/true\nExecStartPre=/bin/true\n", TestContext.Current.CancellationToken);
        FileOwner.GiveToNobody(service.UnitPath);

        service.Fail(Operation.Deploy, DiagnosticCatalog.PathNotTrusted);

        Assert.DoesNotContain(service.Runner.Verbs, verb => verb != "show");
        FileOwner.Give(service.UnitPath, 0, 0);
        service.Succeed(Operation.Deploy);
    }

    [Fact]
    public async Task Folder_of_another_account_within_the_state_folder_is_refused()
    {
        await using var service = NewService();
        service.Succeed(Operation.Deploy);
        FileOwner.GiveToNobody(Path.Combine(State(service), service.Name));
        service.Input = service.Input with { Arguments = ["changed"] };

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.PathNotTrusted);

        Assert.StartsWith("mv ", report.Advice, StringComparison.Ordinal);
    }

    [Fact, Trait("Scope", "user")]
    public async Task State_folder_behind_a_link_in_the_home_of_another_account_is_refused()
    {
        await using var service = NewService();
        var (sticky, home) = (Path.Combine(service.Scratch, "sticky"), Path.Combine(service.Scratch, "home"));
        Directory.CreateDirectory(sticky);
        File.SetUnixFileMode(sticky, (UnixFileMode)0b001_111_111_111);
        Directory.CreateDirectory(home);
        FileOwner.GiveToNobody(home);
        OtherAccount.RunScript("mkdir -p \"$2/.local/state\"; ln -s \"$1\" \"$2/.local/state/hermes-gateway\"", sticky, home);
        service.Host = service.Host with { StateHome = Path.Combine(home, ".local", "state") };

        service.Fail(Operation.Deploy, DiagnosticCatalog.HomeOfAnother);

        Assert.Empty(Directory.GetFileSystemEntries(sticky));
        Assert.False(File.Exists(service.UnitPath));
    }

    // Has a state folder of its own, below folders that every account can enter.
    private static SystemdService NewService()
    {
        var service = new SystemdService();
        File.SetUnixFileMode(service.Scratch, PublicFolder);
        var state = Path.Combine(service.Scratch, "state");
        service.Host = service.Host with { StateHome = state, MachineState = Path.Combine(state, "hermes-gateway") };
        return service;
    }

    private static string State(SystemdService service) => service.Host.StateFolder(Manager.Scope);

    // The modes that a deploy of root by an earlier version created under a umask of 000.
    private static void OpenState(SystemdService service)
    {
        foreach (var folder in Directory.GetDirectories(State(service), "*", SearchOption.AllDirectories).Append(State(service)))
            if (Path.GetFileName(folder) is not (".history" or ".written")) File.SetUnixFileMode(folder, All);
        foreach (var file in Directory.GetFiles(Path.Combine(State(service), ".locks")))
            if (new FileInfo(file).LinkTarget is null) File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
    }
}
