using System.Globalization;
using System.Net;
using Hermes.Gateway.Package.Tests.Infra;
using Microsoft.Build.Logging.StructuredLogger;
using Task = System.Threading.Tasks.Task;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>Deploy, ask, deploy again, uninstall: the same in every way to build and in every kind of project.</summary>
[Collection(PackageCollection.Name)]
public sealed class DeployStatusRedeployUninstall(PackageFixture package)
{
    [Theory]
    [InlineData("-m")]
    [InlineData("-mt")]
    [InlineData("-tl:on")]
    [InlineData("-tl:off")]
    public Task Succeeds_with_the_switch(string option) =>
        package.WithBuiltWorkerAsync(Requires.Systemd, (sandbox, project) => WalkAsync(sandbox, project, [option], isRestored: true));

    [Theory]
    [InlineData("tr_TR.UTF-8")]
    [InlineData("de_DE.UTF-8")]
    public Task Succeeds_in_the_locale(string language) =>
        package.WithBuiltWorkerAsync(Requires.Systemd, (sandbox, project) => WalkAsync(sandbox, project, [], language, isRestored: true));

    [Fact]
    public Task Succeeds_in_a_folder_with_spaces_and_non_Latin_letters() => package.InSandboxAsync(Requires.Systemd, sandbox =>
        WalkAsync(sandbox, sandbox.WriteWorker(service: null, name: "Göteborg café 100% (ギリシャ) & $HOME/My Worker"), []));

    [Fact]
    public Task Succeeds_without_an_apphost() => package.InSandboxAsync(Requires.Systemd, sandbox =>
        WalkAsync(sandbox, sandbox.WriteWorker(service: null, "<UseAppHost>false</UseAppHost>"), []));

    [Fact]
    public Task Succeeds_for_the_web_sample() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("samples", "HelloGateway")))
            sandbox.Write(Path.Combine("HelloGateway", Path.GetFileName(file)), await File.ReadAllTextAsync(file));
        var port = FreePort.Find();

        var project = sandbox.PathOf("HelloGateway", "HelloGateway.csproj");
        await WalkAsync(sandbox, project, [$"-p:HelloGatewayPort={port}"], whileRunning: async () =>
        {
            using var client = new HttpClient();
            Assert.Equal("healthy", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/health")));
        });
    });

    private static async Task WalkAsync(
        Sandbox sandbox, string project, string[] options, string? language = null, bool isRestored = false, Func<Task>? whileRunning = null)
    {
        var service = sandbox.NewService();
        var recorder = new SystemctlRecorder(sandbox, service);
        options = [.. options, $"-p:HermesGatewayName={service}"];
        List<KeyValuePair<string, string?>> environment = language is null ? [] : [KeyValuePair.Create("LANG", (string?)language)];

        string[] withoutRestore = [.. options, "--no-restore"];
        var deployed = (await sandbox.TargetAsync("build", project, "Deploy", isRestored ? withoutRestore : options, environment)).Succeeded();
        var process = deployed.Service.ProcessId;
        Assert.Equal((service, "changed"), (deployed.Service.Name, deployed.Service.Outcome));
        Assert.Equal("current, current, current", deployed.Service.Layers);
        Assert.Equal("active", UserManager.Show(service, "ActiveState"));
        Assert.Equal(process.ToString(CultureInfo.InvariantCulture), UserManager.Show(service, "MainPID"));
        AssertShownByTerminalLogger(deployed, project);
        if (whileRunning is not null) await whileRunning();

        var asked = (await sandbox.TargetAsync("msbuild", project, "GatewayStatus", options, environment)).Succeeded();
        Assert.Equal(("unchanged", "current, current, current"), (asked.Service.Outcome, asked.Service.Layers));

        var again = (await sandbox.TargetAsync("build", project, "Deploy", withoutRestore, [.. environment, recorder.Variable])).Succeeded();
        Assert.Equal(("unchanged", process), (again.Service.Outcome, again.Service.ProcessId));
        Assert.StartsWith("--user show ", Assert.Single(recorder.Calls), StringComparison.Ordinal);

        var removed = (await sandbox.TargetAsync("msbuild", project, "UninstallGateway", options, environment)).Succeeded();
        Assert.Equal("changed", removed.Service.Outcome);
        UserManager.AssertAbsent(service);
        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    // It shows of all messages only those of this shape, which it takes for the path of what was built.
    private static void AssertShownByTerminalLogger(BuildRun run, string project) =>
        Assert.Contains(run.Nodes<Message>(), message => message.Text.StartsWith(
            $"{Path.GetFileNameWithoutExtension(project)} -> deploy of {run.Service.Name}: ", StringComparison.Ordinal));
}
