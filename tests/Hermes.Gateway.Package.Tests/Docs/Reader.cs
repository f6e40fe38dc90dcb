using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Docs;

/// <summary>Does what a page says, in its order, as a person would: in one folder, on a machine with a simulated
/// launchd.</summary>
/// <remarks>
/// A project becomes Gateway.csproj; a part of one is put into a small project; C# becomes Program.cs; a property list
/// goes where launchd looks for it; a file under its name is written; commands are run. A project that no command of the
/// page is about is built and planned here.
/// </remarks>
internal sealed partial class Reader(Sandbox sandbox, LaunchdSimulator launchd)
{
    private const string Web = """
        var app = WebApplication.CreateBuilder(args).Build();
        app.MapGet("/health", () => "healthy");
        app.Run();
        """;

    private static readonly string Version =
        XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

    // The pages name one port; here, another program may have it.
    private readonly string _port = FreePort().ToString(CultureInfo.InvariantCulture);

    private CommandResult? _last;
    private Snippet? _unproven;

    private KeyValuePair<string, string?>[] Environment =>
    [
        .. launchd.Environment,
        // MSBuild takes these for properties.
        KeyValuePair.Create("HermesGatewayServiceManager", (string?)"launchd"),
        KeyValuePair.Create("HermesGatewayStabilitySeconds", (string?)"0.2"),
        KeyValuePair.Create("HermesGatewayTimeoutSeconds", (string?)"90"),
        KeyValuePair.Create("MSBUILDTERMINALLOGGER", (string?)"off"),
    ];

    public async Task FollowAsync(MarkdownPage page)
    {
        // What pages speak of, and readers have.
        var script = sandbox.Write("run.sh", "#!/bin/sh\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        sandbox.Write("secrets.env", "TOKEN=abc\n");
        sandbox.Write("Program.cs", Web);
        if (page.Name == "docs/solutions.md")
            sandbox.WriteSolution(WriteGateway("src/Gateway/Gateway.csproj", WorkerWith("")), sandbox.WriteLibrary());

        foreach (var snippet in page.Snippets.Where(snippet => !snippet.Has(Snippet.NotRun))) await DoAsync(snippet);
        await ProveAsync();
    }

    private async Task DoAsync(Snippet snippet)
    {
        var text = snippet.Text.Replace($"\"{Version}\"", "\"$(HermesGatewayTasksVersion)\"", StringComparison.Ordinal)
            .Replace("5080", _port, StringComparison.Ordinal);
        switch (snippet.Language)
        {
            case "xml" or "text" or "html" when snippet.FileName is { } name:
                sandbox.Write(name, text);
                break;
            case "xml":
                await ReadXmlAsync(snippet, text);
                break;
            case "csharp":
                sandbox.Write("Program.cs", text);
                break;
            case "sh":
                Run(snippet, text);
                break;
            case "text" when snippet.Has(Snippet.Output):
                AssertPrinted(snippet);
                break;
        }
    }

    private async Task ReadXmlAsync(Snippet snippet, string text)
    {
        var roots = XDocument.Parse($"<all>{DocumentHead().Replace(text, "")}</all>").Root!.Elements().ToList();
        if (roots is [{ Name.LocalName: "plist" } list])
        {
            var label = list.Descendants("key").Single(key => key.Value == "Label").ElementsAfterSelf().First().Value;
            await File.WriteAllTextAsync(Path.Combine(launchd.LaunchAgents, $"{label}.plist"), text);
            return;
        }

        await ProveAsync();
        sandbox.Write("Gateway.csproj", roots is [{ Name.LocalName: "Project" }] ? text : WorkerWith(text));
        _unproven = snippet;
    }

    private void Run(Snippet snippet, string text)
    {
        _unproven = null;
        _last = sandbox.Shell(text, Environment);
        Assert.True(
            _last.Succeeded != snippet.Has(Snippet.Fails),
            $"{snippet.Place} exits {_last.ExitCode}:\n{snippet.Text}\n{_last.StandardOutput}\n{_last.StandardError}");
    }

    // Nothing on the page runs it: then it is at least built, and planned without a complaint.
    private async Task ProveAsync()
    {
        if (_unproven is not { } snippet) return;
        _unproven = null;
        var project = sandbox.PathOf("Gateway.csproj");
        var plan = await sandbox.TargetAsync("build", project, "Build;PlanGateway", [], Environment);
        Assert.True(plan.ExitCode == 0, $"{snippet.Place} cannot be built or planned:\n{plan.ErrorText}");
        Assert.All(plan.Services, service => Assert.Equal("", service.Metadata["Findings"]));
        Assert.NotEmpty(plan.Services);
    }

    private void AssertPrinted(Snippet snippet)
    {
        var printed = _last!.StandardOutput.Split('\n');
        foreach (var line in snippet.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var pattern = new Regex($"^ *{Regex.Escape(line.Trim()).Replace("…", ".*", StringComparison.Ordinal)}$");
            Assert.True(printed.Any(pattern.IsMatch), $"{snippet.Place}: not printed: {line}\n{_last.StandardOutput}");
        }
    }

    private string WriteGateway(string path, string text)
    {
        sandbox.Write(Path.Combine(Path.GetDirectoryName(path)!, "Program.cs"), Web);
        return sandbox.Write(path, text);
    }

    private static string WorkerWith(string rest) => $"""
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <HermesGatewayName>my-gateway</HermesGatewayName>
            <HermesGatewayArguments>--urls;http://127.0.0.1:0</HermesGatewayArguments>
          </PropertyGroup>
          <ItemGroup>
            {Projects.Reference}
          </ItemGroup>
        {rest}
        </Project>
        """;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>")]
    private static partial Regex DocumentHead();
}
