using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Accounts, root rights and health checks as another account, which exist in system scope only.</summary>
public class ServiceInSystemScope
{
    public ServiceInSystemScope() => Requires.Systemd();

    [Fact, Trait("Scope", "system")]
    public async Task State_directory_belongs_to_the_account_of_the_service()
    {
        await using var service = new SystemdService($"#!/bin/sh\necho 1 >> \"$STATE_DIRECTORY/rows\"\n{ServiceUnderTest.LongRunningProgram}");
        OpenToAllAccounts(service);
        var data = Path.Combine("/var/lib", service.Name);
        service.Input = service.Input with { User = "nobody", StateDirectory = service.Name };
        try
        {
            service.Succeed(Operation.Deploy);

            Assert.Equal("nobody 700", Manager.RunCommand("stat", "-c", "%U %a", data).Trim());
            await Manager.UntilAsync(() => File.Exists(Path.Combine(data, "rows")), "the program has written");
            Manager.RunCommand("chown", "root", data);
            service.Fail(Operation.Verify, DiagnosticCatalog.StateDirectoryUnusable);
            service.Fail(Operation.Deploy, DiagnosticCatalog.StateDirectoryUnusable);
        }
        finally
        {
            if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
        }
    }

    [Fact, Trait("Scope", "system")]
    public async Task Process_runs_as_the_configured_account()
    {
        await using var service = new SystemdService();
        OpenToAllAccounts(service);
        service.Input = service.Input with { User = "nobody" };

        service.Succeed(Operation.Deploy);

        var status = File.ReadAllLines($"/proc/{Manager.MainProcess(service.Unit)}/status");
        var user = status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.Equal(Manager.RunCommand("id", "-u", "nobody").Trim(), user);
    }

    [Fact, Trait("Scope", "system")]
    public async Task Missing_account_is_refused_before_any_change()
    {
        await using var service = new SystemdService();
        service.Input = service.Input with { User = "hgw-no-such-account" };

        service.Fail(Operation.Deploy, DiagnosticCatalog.AccountMissing);

        Assert.False(File.Exists(service.UnitPath));
    }

    [Fact, Trait("Scope", "system")]
    public async Task Account_without_access_to_the_program_is_refused_before_any_change()
    {
        await using var service = new SystemdService();
        service.Input = service.Input with { User = "nobody" };

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.AccountHasNoAccess);

        Assert.Contains($"{service.Scratch} (mode 0700, owner root)", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.False(File.Exists(service.UnitPath));
        Assert.DoesNotContain(service.Runner.Verbs, verb => verb != "show");
        OpenToAllAccounts(service);
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }

    [Fact, Trait("Scope", "system")]
    public async Task Account_that_DynamicUser_creates_at_the_start_is_accepted()
    {
        await using var service = new SystemdService();
        OpenToAllAccounts(service);
        service.Input = service.Input with { User = "hgw-dynamic" };
        // DynamicUser= implies PrivateTmp=, so the service does not see the program, which is below /tmp.
        AddDropIn(service, "DynamicUser=yes\nWorkingDirectory=/\nExecStart=\nExecStart=/bin/sleep 1000");

        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }

    [Theory, Trait("Scope", "system")]
    [InlineData("WorkingDirectory=/hgw-nowhere", "200 (CHDIR")]
    [InlineData("ExecStart=\nExecStart=/etc/hostname", "203 (EXEC")]
    [InlineData("User=hgw-no-such-account", "217 (USER")]
    public async Task Drop_in_that_prevents_the_start_is_reported_with_the_exit_status_of_systemd(string directives, string exit)
    {
        await using var service = new SystemdService();
        OpenToAllAccounts(service);
        service.Input = service.Input with { User = "nobody" };
        AddDropIn(service, directives);

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.CrashLooping);

        var loop = report.Findings.First(finding => finding.Descriptor == DiagnosticCatalog.CrashLooping);
        Assert.Contains(exit, loop.Message, StringComparison.Ordinal);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.DropIns);
    }

    [Fact, Trait("Scope", "system")]
    public async Task Caller_without_root_rights_is_refused_before_any_change()
    {
        await using var service = new SystemdService();
        service.Host = service.Host with { UserId = 1000 };

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.NotRoot);

        Assert.False(File.Exists(service.UnitPath));
        Assert.StartsWith("sudo dotnet msbuild ", report.Advice, StringComparison.Ordinal);
        Assert.Equal(ServiceScope.System, report.Definition.Scope);
    }

    [Fact, Trait("Scope", "system")]
    public async Task Health_check_program_runs_as_the_account_of_the_service_without_the_callers_environment()
    {
        await using var service = new SystemdService();
        OpenToAllAccounts(service);
        var (check, folder) = (Path.Combine(service.Scratch, "check.sh"), Path.Combine(service.Scratch, "answers"));
        WriteScript(check, $"id -u > '{folder}/user'\nid -G > '{folder}/groups'\npwd > '{folder}/folder'\nenv > '{folder}/environment'\n");
        Directory.CreateDirectory(folder);
        Manager.RunCommand("chown", "nobody", folder);
        service.Input = service.Input with { User = "nobody", HealthCheck = $"exec:{check}" };
        Environment.SetEnvironmentVariable("HGW_TEST_SECRET", "hunter2");

        foreach (var operation in new[] { Operation.Deploy, Operation.Status, Operation.Verify })
        {
            foreach (var file in Directory.GetFiles(folder)) File.Delete(file);
            var report = service.Succeed(operation);

            Assert.Equal($"healthy: exec:{check} exit 0", report.Health);
            Assert.Equal(Manager.RunCommand("id", "-u", "nobody"), File.ReadAllText(Path.Combine(folder, "user")));
            Assert.Equal(Manager.RunCommand("id", "-G", "nobody"), File.ReadAllText(Path.Combine(folder, "groups")));
            Assert.Equal("/\n", File.ReadAllText(Path.Combine(folder, "folder")));
            var variables = File.ReadAllLines(Path.Combine(folder, "environment"));
            Assert.Contains("USER=nobody", variables);
            // PWD, OLDPWD, SHLVL and _ are set by the shell that runs the check.
            Assert.Empty(variables.Select(line => line.Split('=')[0])
                .Except(["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LC_ALL", "PWD", "OLDPWD", "SHLVL", "_"]));
        }
    }

    [Fact, Trait("Scope", "system")]
    public async Task Health_check_program_that_only_root_can_execute_fails_with_the_reason()
    {
        await using var service = new SystemdService();
        OpenToAllAccounts(service);
        var check = Path.Combine(service.Scratch, "check.sh");
        WriteScript(check, "exit 0\n");
        File.SetUnixFileMode(check, (UnixFileMode)0b111_000_000);
        service.Input = service.Input with { User = "nobody", HealthCheck = $"exec:{check}", TimeoutSeconds = "3" };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains($"not started: {check} (mode 0700, owner root) cannot be executed by nobody", report.Health, StringComparison.Ordinal);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.Unhealthy);
    }

    [Fact, Trait("Scope", "system")]
    public async Task Health_check_of_another_account_is_not_run_by_a_caller_without_root_rights()
    {
        await using var service = new SystemdService();
        OpenToAllAccounts(service);
        service.Input = service.Input with { User = "nobody", HealthCheck = "exec:/bin/true" };
        service.Succeed(Operation.Deploy);
        service.Host = service.Host with { UserId = 1000 };

        var status = service.Succeed(Operation.Status);
        var verified = service.Run(Operation.Verify);

        Assert.Equal("not asked: it runs as nobody, which only root can do", status.Health);
        Assert.Equal(Outcome.Failed, verified.Outcome);
        Assert.Contains(verified.Findings, finding => finding.Descriptor == DiagnosticCatalog.HealthCheckAccountUnusable);
        Assert.DoesNotContain(service.Runner.Requests, request => request.Program == "/bin/true" || request.Arguments.Contains("/bin/true"));
    }

    [Fact, Trait("Scope", "system")]
    public async Task Program_owned_by_another_account_is_a_warning()
    {
        await using var service = new SystemdService();
        OpenToAllAccounts(service);
        Manager.RunCommand("chown", "nobody", service.ProgramPath);

        var asRoot = service.Succeed(Operation.Deploy);
        service.Input = service.Input with { User = "nobody" };
        var asNobody = service.Succeed(Operation.Deploy);

        var warning = Assert.Single(asRoot.Findings, finding => finding.Descriptor == DiagnosticCatalog.WritableByOthers);
        Assert.Equal(Severity.Warning, warning.Severity);
        Assert.Contains($"the program {service.ProgramPath} (mode 0755, owner nobody): it belongs to nobody", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(asNobody.Findings, finding => finding.Descriptor == DiagnosticCatalog.WritableByOthers);
    }

    private static void WriteScript(string path, string text)
    {
        File.WriteAllText(path, "#!/bin/sh\n" + text);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    private static void AddDropIn(SystemdService service, string directives)
    {
        var folder = Directory.CreateDirectory(service.UnitPath + ".d").FullName;
        File.WriteAllText(Path.Combine(folder, "operator.conf"), $"[Service]\n{directives}\n");
    }

    private static void OpenToAllAccounts(SystemdService service) =>
        File.SetUnixFileMode(service.Scratch, (UnixFileMode)0b111_101_101);
}
