using System.Runtime.InteropServices;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>The shapes in which .NET publishes a program. Each is released and runs, and a build that throws is taken back, with the code of
/// the release before.</summary>
[Collection(PackageCollection.Name)]
public sealed class PublishShapes(PackageFixture package)
{
    /// <summary>The name of each shape, whether every run has it (others take long, or download much), and its properties.</summary>
    internal static readonly (string Name, bool IsInEveryRun, string Properties)[] Shapes =
    [
        ("executable", true, ""),
        ("assembly started by dotnet", false, "<UseAppHost>false</UseAppHost>"),
        ("single file", true, "<PublishSingleFile>true</PublishSingleFile><SelfContained>false</SelfContained>"),
        ("self-contained", false, "<SelfContained>true</SelfContained>"),
        ("self-contained single file", false, "<SelfContained>true</SelfContained><PublishSingleFile>true</PublishSingleFile>"),
        ("trimmed", false, "<SelfContained>true</SelfContained><PublishTrimmed>true</PublishTrimmed>"),
        ("ReadyToRun", false, "<SelfContained>false</SelfContained><PublishReadyToRun>true</PublishReadyToRun>"),
        ("native", false, "<SelfContained>true</SelfContained><PublishAot>true</PublishAot>"),
    ];

    public static TheoryData<string> Names =>
        [.. Shapes.Where(shape => shape.IsInEveryRun || Environment.GetEnvironmentVariable("HERMES_CAMPAIGN") == "long").Select(shape => shape.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Is_released_and_a_build_that_throws_is_taken_back(string shape) => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        // Runtimes and compilers come from the sources that the machine is configured with.
        sandbox.Write("nuget.config", "<configuration />\n");
        var service = sandbox.NewService();
        var project = sandbox.WriteWorker(
            service,
            $"""
            <HermesGatewayTimeoutSeconds>60</HermesGatewayTimeoutSeconds>
            <!-- Without code that was compiled ahead of time, a program takes longer until it throws. -->
            <HermesGatewayStabilitySeconds>2</HermesGatewayStabilitySeconds>
            <RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>
            {Shapes.Single(one => one.Name == shape).Properties}
            """);
        sandbox.Write("Worker/Program.cs", Program("1"));
        var first = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded().Service;
        var release = first.Metadata["Release"];
        Assert.Equal(release, Folder(service));
        Assert.Equal("version 1", await ReadOutputAsync(sandbox));

        sandbox.Write("Worker/Program.cs", "throw new InvalidOperationException(\"as told\");");
        var broken = await sandbox.TargetAsync("build", project, "Deploy");

        broken.FailedWith("HGW4006");
        Assert.Equal("rolled-back", broken.Service.Outcome);
        Assert.Equal(release, Folder(service));
        Assert.Equal("version 1", await ReadOutputAsync(sandbox));

        sandbox.Write("Worker/Program.cs", Program("2"));
        Assert.Equal(0, sandbox.Dotnet("publish", project, "-t:Deploy", "-c", "Debug").ExitCode);
        Assert.NotEqual(release, Folder(service));
        Assert.Equal("version 2", await ReadOutputAsync(sandbox));

        string Program(string version) => $"File.WriteAllText(\"{sandbox.PathOf("output")}\", \"version {version}\");\n{Projects.WorkerCode}";
    });

    private static string Folder(string service) => new FileInfo($"/proc/{UserManager.Show(service, "MainPID")}/cwd").LinkTarget!;

    // What the newest process wrote that did not throw.
    private static async Task<string> ReadOutputAsync(Sandbox sandbox) =>
        await File.ReadAllTextAsync(sandbox.PathOf("output"), TestContext.Current.CancellationToken);
}
