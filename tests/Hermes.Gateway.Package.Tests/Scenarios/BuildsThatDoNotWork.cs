using System.Runtime.InteropServices;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>Deploys a new build that does not work. The previous release must run again, and be healthy. <see cref="PublishShapes"/> has
/// the build that throws at once.</summary>
[Collection(PackageCollection.Name)]
public sealed class BuildsThatDoNotWork(PackageFixture package)
{
    // Every run has the executable; the others take long.
    private static readonly string[] ShapesInEveryRun = ["executable"];

    // Those that need an installed runtime, and say so in a file beside the program.
    private static readonly string[] FrameworkDependent = ["executable", "assembly started by dotnet", "ReadyToRun"];

    public static TheoryData<string> Names => [.. Choose(PublishShapes.Shapes.Select(shape => shape.Name))];

    public static TheoryData<string> NamesWithExecutable => [.. Choose(PublishShapes.Shapes.Select(shape => shape.Name).Where(name => name != "assembly started by dotnet"))];

    public static TheoryData<string> FrameworkDependentNames => [.. Choose(FrameworkDependent)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Program_that_ends_after_a_second_is_taken_back(string shape) => AssertTakenBackAsync(
        shape, sandbox => sandbox.Write("Worker/Program.cs", $"{Listening("2", sandbox)}await Task.Delay(TimeSpan.FromSeconds(1));\nreturn 3;"), "HGW4006");

    [Theory]
    [MemberData(nameof(Names))]
    public Task Program_that_does_not_answer_its_health_check_is_taken_back(string shape) => AssertTakenBackAsync(
        shape, sandbox => sandbox.Write("Worker/Program.cs", Projects.WorkerCode), "HGW4007", "-p:HermesGatewayTimeoutSeconds=15");

    [Theory]
    [MemberData(nameof(FrameworkDependentNames))]
    public Task Program_for_a_runtime_that_is_not_installed_is_taken_back(string shape) => AssertTakenBackAsync(
        shape,
        sandbox => sandbox.Write(
            "Worker/replaced/Worker.runtimeconfig.json",
            """{ "runtimeOptions": { "framework": { "name": "Microsoft.NETCore.App", "version": "99.0.0" } } }"""),
        "HGW4006");

    [Theory]
    [MemberData(nameof(NamesWithExecutable))]
    public Task Program_for_another_processor_is_taken_back(string shape) => AssertTakenBackAsync(
        shape,
        sandbox =>
        {
            // The header of an ELF file (elf(5)): e_machine is at offset 18, 0xB7 is AArch64, 0x3E is x86-64.
            var program = File.ReadAllBytes(sandbox.PathOf("Worker", "obj", "Debug", "net10.0", RuntimeInformation.RuntimeIdentifier, "hermes-gateway", "Worker"));
            program[18] = (byte)(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 0xB7 : 0x3E);
            var replaced = sandbox.Write("Worker/replaced/Worker", "");
            File.WriteAllBytes(replaced, program);
            File.SetUnixFileMode(replaced, (UnixFileMode)0b111_101_101);
        },
        "HGW3006");

    private Task AssertTakenBackAsync(string shape, Action<Sandbox> breakIt, string code, params string[] options) =>
        package.InSandboxAsync(Requires.Systemd, async sandbox =>
        {
            // Runtimes and compilers come from the sources that the machine is configured with.
            sandbox.Write("nuget.config", "<configuration />\n");
            var service = sandbox.NewService();
            var port = FreePort.Find();
            var project = sandbox.WriteWorker(
                service,
                $"""
                <HermesGatewayTimeoutSeconds>60</HermesGatewayTimeoutSeconds>
                <HermesGatewayStabilitySeconds>3</HermesGatewayStabilitySeconds>
                <HermesGatewayHealthCheck>tcp://127.0.0.1:{port}</HermesGatewayHealthCheck>
                <HermesGatewayArguments>{port}</HermesGatewayArguments>
                <RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>
                {PublishShapes.Shapes.Single(one => one.Name == shape).Properties}
                """,
                """
                <Target Name="ReplacePublishedFile" AfterTargets="Publish">
                  <ItemGroup><Replaced Include="replaced/*" /></ItemGroup>
                  <Copy SourceFiles="@(Replaced)" DestinationFolder="$(PublishDir)" />
                </Target>
                """);
            sandbox.Write("Worker/Program.cs", Listening("1", sandbox) + Projects.WorkerCode);
            var first = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded().Service.Metadata["Release"];
            breakIt(sandbox);

            var broken = await sandbox.TargetAsync("build", project, "Deploy", options);

            Assert.NotEqual(0, broken.ExitCode);
            Assert.Contains(code, broken.Errors.Select(error => error.Code));
            Assert.Equal(("rolled-back", "true"), (broken.Service.Outcome, broken.Service.Metadata["Changed"]));
            Assert.Equal(first, new FileInfo($"/proc/{UserManager.Show(service, "MainPID")}/cwd").LinkTarget);
            // Accepted by the program that is back.
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
            Assert.Equal("version 1", await File.ReadAllTextAsync(sandbox.PathOf("output"), TestContext.Current.CancellationToken));
        });

    private static string Listening(string version, Sandbox sandbox) => $"""
        new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, int.Parse(args[0])).Start();
        File.WriteAllText("{sandbox.PathOf("output")}", "version {version}");

        """;

    private static IEnumerable<string> Choose(IEnumerable<string> shapes) =>
        Environment.GetEnvironmentVariable("HERMES_CAMPAIGN") == "long" ? shapes : ShapesInEveryRun;
}
