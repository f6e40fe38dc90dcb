using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>A project that is deployed as releases of what it publishes.</summary>
[Collection(PackageCollection.Name)]
public sealed class ReleasesOfAProject(PackageFixture package)
{
    private const string Page = "<h1>hello</h1>";

    [Fact]
    public Task Web_project_serves_its_page_and_a_build_that_throws_is_taken_back() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var port = FreePort.Find();
        var project = WriteWeb(sandbox, service, port, "");

        // Deployed from the build output, a page of wwwroot is not found.
        var first = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded().Service;
        Assert.Equal(Page, await GetAsync(port));
        Assert.Equal(first.Metadata["Release"], ReadLink(UserManager.Show(service, "MainPID")));

        var again = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded().Service;
        Assert.Equal("unchanged", again.Outcome);

        WriteWeb(sandbox, service, port, "throw new InvalidOperationException(\"as told\");");
        var broken = await sandbox.TargetAsync("build", project, "Deploy");
        broken.FailedWith("HGW4006");
        Assert.Equal("rolled-back", broken.Service.Outcome);
        Assert.Equal(Page, await GetAsync(port));
        Assert.Equal(first.Metadata["Release"], ReadLink(UserManager.Show(service, "MainPID")));

        // Neither a clean nor a removed build output changes what runs.
        Assert.Equal(0, sandbox.Dotnet("clean", project).ExitCode);
        (await sandbox.TargetAsync("msbuild", project, "RestartGateway")).Succeeded();
        Assert.Equal(Page, await GetAsync(port));
        Directory.Delete(sandbox.PathOf("Web", "bin"), recursive: true);
        Directory.Delete(sandbox.PathOf("Web", "obj", "Debug"), recursive: true);
        (await sandbox.TargetAsync("msbuild", project, "RestartGateway")).Succeeded();
        Assert.Equal(Page, await GetAsync(port));
        (await sandbox.TargetAsync("msbuild", project, "VerifyGateway")).FailedWith("HGW2021");

        // A build from nothing of the same source is the same release.
        WriteWeb(sandbox, service, port, "");
        var rebuilt = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded().Service;
        Assert.Equal(("unchanged", first.Metadata["Release"]), (rebuilt.Outcome, rebuilt.Metadata["Release"]));

        (await sandbox.TargetAsync("msbuild", project, "UninstallGateway")).Succeeded();
        Assert.Empty(Directory.GetFileSystemEntries(sandbox.ReleaseRoot));
    });

    [Fact]
    public Task Program_that_was_built_and_not_deployed_is_stale_and_is_released_without_a_build() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = sandbox.WriteWorker(service);
        var first = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded().Service;
        var process = UserManager.Show(service, "MainPID");
        sandbox.Write("Worker/Program.cs", $"Console.WriteLine(2);\n{Projects.WorkerCode}");
        Assert.Equal(0, sandbox.Dotnet("build", project).ExitCode);

        (await sandbox.TargetAsync("msbuild", project, "VerifyGateway")).FailedWith("HGW4002");
        Assert.Equal(process, UserManager.Show(service, "MainPID"));
        var second = (await sandbox.TargetAsync("msbuild", project, "DeployGateway")).Succeeded().Service;

        Assert.Equal(("changed", "current"), (second.Outcome, second.Metadata["Released"]));
        Assert.NotEqual(first.Metadata["Release"], second.Metadata["Release"]);
        Assert.Equal(second.Metadata["Release"], ReadLink(UserManager.Show(service, "MainPID")));
        (await sandbox.TargetAsync("msbuild", project, "VerifyGateway")).Succeeded();
    });

    [Fact]
    public Task Moved_project_is_repaired_without_a_build_and_without_a_new_process() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = sandbox.WriteWorker(service);
        var first = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded().Service;
        var process = UserManager.Show(service, "MainPID");
        Directory.Move(sandbox.PathOf("Worker"), sandbox.PathOf("another place"));
        var moved = sandbox.PathOf("another place", "Worker.csproj");

        (await sandbox.TargetAsync("msbuild", moved, "VerifyGateway")).FailedWith("HGW4002");
        var second = (await sandbox.TargetAsync("msbuild", moved, "DeployGateway")).Succeeded().Service;

        Assert.Equal(("changed", first.Metadata["Release"]), (second.Outcome, second.Metadata["Release"]));
        Assert.Equal(process, UserManager.Show(service, "MainPID"));
        (await sandbox.TargetAsync("msbuild", moved, "VerifyGateway")).Succeeded();
    });

    [Fact]
    public Task Files_that_a_deploy_or_the_service_writes_below_the_project_are_not_released() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = WriteWeb(sandbox, service, FreePort.Find(), "");
        string[] folders =
        [
            $"-p:HermesGatewayReleaseRoot={sandbox.PathOf("Web", "releases")}",
            $"-p:HermesGatewayStateDirectory={sandbox.PathOf("Web", "data")}",
            "-p:HermesGatewayReportFile=out/report.json",
        ];
        var first = (await sandbox.TargetAsync("build", project, "Deploy", folders)).Succeeded().Service;
        sandbox.Write("Web/data/rows.json", "{}");
        Assert.True(File.Exists(sandbox.PathOf("Web", "out", "report.json")));

        (await sandbox.TargetAsync("msbuild", project, "VerifyGateway", folders)).Succeeded();
        var second = (await sandbox.TargetAsync("build", project, "Deploy", folders)).Succeeded().Service;

        Assert.Equal(("unchanged", first.Metadata["Release"]), (second.Outcome, second.Metadata["Release"]));
    });

    [Fact]
    public Task Release_root_above_the_project_does_not_hide_its_sources() => package.InSandboxAsync(async sandbox =>
    {
        var project = sandbox.WriteWorker(sandbox.NewService());

        var run = await Task.Run(() => sandbox.Dotnet("build", project, $"-p:HermesGatewayReleaseRoot={sandbox.Root}", $"-p:HermesGatewayStateDirectory={sandbox.Root}"));

        Assert.Equal(0, run.ExitCode);
    });

    [Fact]
    public Task Root_deploys_what_somebody_else_published() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = sandbox.WriteWorker(service);
        KeyValuePair<string, string?>[] sudo = [KeyValuePair.Create("SUDO_USER", (string?)"somebody")];
        Assert.Equal(0, sandbox.Dotnet("build", project).ExitCode);

        var refused = await sandbox.TargetAsync("msbuild", project, "DeployGateway", [], sudo);
        refused.FailedWith("HGW2021");
        Assert.Contains($"dotnet build {project} -t:PublishGateway", Assert.Single(refused.Errors).Text, StringComparison.Ordinal);
        Assert.Equal(0, sandbox.Dotnet("build", project, "-t:PublishGateway").ExitCode);
        Assert.False(Directory.Exists(sandbox.ReleaseRoot));

        (await sandbox.TargetAsync("msbuild", project, "DeployGateway", [], sudo)).Succeeded();
    });

    [Fact]
    public Task Rollback_goes_back_to_the_release_before_without_a_build() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = sandbox.WriteWorker(service);
        var first = (await sandbox.TargetAsync("build", project, "Deploy", "-p:HermesGatewayArguments=old", "-p:SourceRevisionId=4c0ffee")).Succeeded().Service;
        sandbox.Write("Worker/Program.cs", $"Console.WriteLine(2);\n{Projects.WorkerCode}");
        var second = (await sandbox.TargetAsync("build", project, "Deploy", "-p:HermesGatewayArguments=new")).Succeeded().Service;
        Directory.Delete(sandbox.PathOf("Worker", "bin"), recursive: true);

        (await sandbox.TargetAsync("msbuild", project, "RollbackGateway", "-p:HermesGatewayRelease=0123")).FailedWith("HGW2023");
        var back = (await sandbox.TargetAsync("msbuild", project, "RollbackGateway", "-p:HermesGatewayArguments=new")).Succeeded().Service;

        Assert.Equal(("changed", first.Metadata["Release"]), (back.Outcome, back.Metadata["Release"]));
        var process = UserManager.Show(service, "MainPID");
        Assert.Equal(first.Metadata["Release"], ReadLink(process));
        Assert.EndsWith("\0old\0", await File.ReadAllTextAsync($"/proc/{process}/cmdline", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        (await sandbox.TargetAsync("msbuild", project, "VerifyGateway", "-p:HermesGatewayArguments=new")).FailedWith("HGW2024", "HGW4005");
        var file = sandbox.PathOf("releases.json");
        sandbox.Dotnet("msbuild", project, "-t:GatewayHistory", "-getItem:HermesGatewayReleaseOnDisk", $"-getResultOutputFile:{file}");
        using var items = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(
            [(first.Metadata["Release"], "4c0ffee", "true"), (second.Metadata["Release"], "", "false")],
            items.RootElement.GetProperty("Items").GetProperty("HermesGatewayReleaseOnDisk").EnumerateArray().Select(item =>
                (Text(item, "Folder"), Text(item, "SourceRevision"), Text(item, "Current"))));

        static string Text(System.Text.Json.JsonElement item, string name) => item.GetProperty(name).GetString()!;
    });

    [Fact]
    public Task Folder_of_another_program_is_released_and_a_version_that_does_not_start_is_taken_back() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        sandbox.Write("Worker/app/main.sh", "exec sleep infinity\n");
        var project = sandbox.WriteWorker(
            service,
            "<HermesGatewayReleaseFolder>$(MSBuildProjectDirectory)/app</HermesGatewayReleaseFolder><HermesGatewayProgram>/bin/sh</HermesGatewayProgram>"
            + "<HermesGatewayArguments>main.sh</HermesGatewayArguments><HermesGatewayStabilitySeconds>2</HermesGatewayStabilitySeconds>");
        var first = (await sandbox.TargetAsync("msbuild", project, "DeployGateway", "-restore")).Succeeded().Service;
        Assert.Equal(first.Metadata["Release"], ReadLink(UserManager.Show(service, "MainPID")));

        sandbox.Write("Worker/app/main.sh", "exit 3\n");
        (await sandbox.TargetAsync("msbuild", project, "RestartGateway")).Succeeded();
        var broken = await sandbox.TargetAsync("msbuild", project, "DeployGateway");

        Assert.Equal("rolled-back", broken.Service.Outcome);
        Assert.Equal(first.Metadata["Release"], ReadLink(UserManager.Show(service, "MainPID")));
    });

    [Fact]
    public Task Service_with_a_database_beside_its_program_is_not_moved_to_a_release_without_a_word() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = sandbox.WriteWorker(service);
        sandbox.Write("Worker/Program.cs", $"File.AppendAllText(Path.Combine(AppContext.BaseDirectory, \"app.db\"), \"rows\");\n{Projects.WorkerCode}");
        (await sandbox.TargetAsync("build", project, "Deploy", "-p:HermesGatewayReleases=false")).Succeeded();
        var process = UserManager.Show(service, "MainPID");

        (await sandbox.TargetAsync("build", project, "Deploy")).FailedWith("HGW2029");

        Assert.Equal(process, UserManager.Show(service, "MainPID"));
        Assert.False(Directory.Exists(sandbox.ReleaseRoot));
    });

    [Fact]
    public Task What_dotnet_publish_published_is_deployed_and_the_folder_is_not_touched() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = sandbox.WriteWorker(service, "<UseAppHost>false</UseAppHost>");

        var run = sandbox.Dotnet("publish", project, "-t:Deploy");

        Assert.Equal(0, run.ExitCode);
        var published = sandbox.PathOf("Worker", "bin", "Release", "net10.0", "publish");
        var release = ReadLink(UserManager.Show(service, "MainPID"));
        Assert.Equal(
            Directory.GetFiles(published).Select(Path.GetFileName).Append("service.json").Order(),
            Directory.GetFiles(release).Select(Path.GetFileName).Order());
        Assert.False(Directory.Exists(sandbox.PathOf("Worker", "obj", "Release", "net10.0", "hermes-gateway")));
    });

    [Fact]
    public Task Project_with_several_target_frameworks_releases_the_chosen_one() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = MultiTargetedProject.Write(sandbox, "net10.0;netstandard2.0", service);

        var deployed = (await sandbox.TargetAsync(
            "build", project, "Deploy", "-p:HermesGatewayTargetFramework=net10.0")).Succeeded().Service;

        Assert.Equal("current", deployed.Metadata["Released"]);
        Assert.Equal(deployed.Metadata["Release"], ReadLink(UserManager.Show(service, "MainPID")));
    });

    [Fact]
    public Task Project_that_cannot_be_published_is_refused_before_anything_is_written() => package.InSandboxAsync(async sandbox =>
    {
        var project = sandbox.WriteWorker(sandbox.NewService(), "<IsPublishable>false</IsPublishable>");

        var run = await Task.Run(() => sandbox.Dotnet("build", project, ["-t:Deploy"], sandbox.EmptyConfig));

        Assert.Equal("HGW0014", Assert.Single(run.Errors).Code);
        Assert.Empty(sandbox.WrittenFiles);
    });

    private static string WriteWeb(Sandbox sandbox, string service, int port, string fault)
    {
        sandbox.Write("Web/wwwroot/index.html", Page);
        sandbox.Write("Web/Program.cs", $"""
            var app = WebApplication.CreateSlimBuilder(args).Build();
            app.UseDefaultFiles();
            app.UseStaticFiles();
            app.MapGet("/health", () => "healthy");
            {fault}
            app.Run();
            """);
        return sandbox.WriteWebProject("Web/Web", service, port, "/health");
    }

    private static async Task<string> GetAsync(int port)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), TestContext.Current.CancellationToken);
    }

    private static string ReadLink(string process) => new FileInfo($"/proc/{process}/cwd").LinkTarget!;
}
