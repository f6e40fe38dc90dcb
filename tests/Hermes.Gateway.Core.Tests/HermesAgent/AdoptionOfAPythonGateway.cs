using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.HermesAgent;

/// <summary>Replaces definitions of the Python gateway.</summary>
public sealed class AdoptionOfAPythonGateway : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("the Python gateway's definition", "/v/bin/python", "-m", "hermes_cli.main", "gateway", "run", "--replace")]
    [InlineData("the Python gateway's definition", "/v/bin/python", "-m", "hermes_cli.main", "--profile", "p", "gateway", "run")]
    [InlineData("the Python gateway's definition, started through osascript",
        "/usr/bin/osascript", "-l", "JavaScript", "-e", "$.system(\"exec '/v/bin/python' -m hermes_cli.main gateway run\")")]
    [InlineData("the Python gateway's definition, started through the wrapper 'env'",
        "/usr/bin/env", "-i", "/v/bin/python", "-m", "hermes_cli.main", "gateway", "run")]
    [InlineData("the Python gateway's definition, started through the wrapper 'hermes_cli.stderr_timestamp'",
        "/v/bin/python", "-m", "hermes_cli.stderr_timestamp", "--", "/v/bin/python", "-m", "hermes_cli.main", "gateway", "run")]
    [InlineData("a definition of the Python gateway's command 'hermes'", "/home/me/.local/bin/hermes", "gateway", "run")]
    [InlineData(null, "/v/bin/python", "-m", "hermes_cli.main", "chat")]
    [InlineData(null, "/v/bin/python", "-m", "other.main", "gateway", "run")]
    [InlineData(null, "/usr/bin/gateway")]
    [InlineData(null)]
    public void Kind_of_definition_is_recognized_by_its_command(string? kind, params string[] command) =>
        Assert.Equal(kind, new PythonDefinition().Recognize([.. command])?.Description);

    [Fact]
    public void Dropped_settings_are_reported_without_their_values()
    {
        var request = Request();
        var told = Adopt(request, """
            [Service]
            Type=simple
            ExecStart=/usr/bin/env -i API_KEY=hunter2 /old/bin/python -m hermes_cli.main --token=hunter2 gateway run --replace
            WorkingDirectory=/old
            Environment=MODE=hunter2 EXTRA=hunter2
            Restart=always
            RestartForceExitStatus=75
            RestartForceExitStatus=80
            """);

        Assert.Contains("It is the Python gateway's definition, started through the wrapper 'env'.", told, StringComparison.Ordinal);
        Assert.Contains(
            "Dropped: the arguments -i --token --replace, the variables API_KEY of the command, the wrapper env, one more word of the command.",
            told, StringComparison.Ordinal);
        Assert.Contains("Environment[MODE]", told, StringComparison.Ordinal);
        Assert.Contains("RestartForceExitStatus", told, StringComparison.Ordinal);
        Assert.DoesNotContain("EXTRA", told, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropped_settings_of_an_osascript_command_are_reported_without_their_values()
    {
        var told = Adopt(Request(), """
            [Service]
            ExecStart=/usr/bin/osascript -e "$$.system('exec TOKEN=hunter2 /old/python -m hermes_cli.main gateway run --verbose=hunter2')"
            """);

        Assert.Contains("started through osascript", told, StringComparison.Ordinal);
        Assert.Contains("the arguments -e --verbose", told, StringComparison.Ordinal);
        Assert.Contains("the variables TOKEN of the command", told, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Finding_of_a_lossless_adoption_states_that_nothing_is_dropped()
    {
        var request = _world.Request();
        var definition = request.Definition;
        var told = Adopt(request, $"""
            [Service]
            ExecStart={UnitCommand.Render([definition.Program, .. definition.Arguments])}
            Nice=5
            """);

        Assert.Contains("Nothing is dropped.", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Python", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/other/home", false)]
    [InlineData("/other/home", true)]
    public void Gateway_with_another_home_is_replaced_only_with_TakeOver(string home, bool takeOver)
    {
        var request = Request() with { TakeOver = takeOver };
        Write(request, Python(home));

        var report = _world.Run(Operation.Install, request);

        if (takeOver)
        {
            Assert.Equal(Outcome.Changed, report.Outcome);
        }
        else
        {
            var error = Assert.Single(report.Findings, finding => finding.Severity == Severity.Error);
            Assert.Equal(DiagnosticCatalog.OwnedByOther, error.Descriptor);
            Assert.Contains(home, error.Message, StringComparison.Ordinal);
            Assert.Equal(Python(home), File.ReadAllText(_world.PathOf(request)));
        }
    }

    [Theory]
    [InlineData("/wanted/home")]
    [InlineData("/wanted/home/")]
    [InlineData("%%h/.hermes")]
    public void Gateway_with_the_same_or_an_unknown_home_is_replaced(string home)
    {
        var request = Request();
        Write(request, Python(home));
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Install, request).Outcome);
    }

    private static string Python(string home) => $"""
        [Service]
        ExecStart=/v/bin/python -m hermes_cli.main gateway run
        Environment=HERMES_HOME={home}
        """;

    private ServiceRequest Request()
    {
        var request = _world.Request();
        return request with
        {
            Definition = request.Definition with
            {
                Arguments = ["-m", "hermes_cli.main", "gateway", "run"],
                Environment = Sample.Variables(("MODE", "fast"), ("HERMES_HOME", "/wanted/home")),
                RestartExitCodes = [75],
            },
        };
    }

    private string Adopt(ServiceRequest request, string unit)
    {
        Write(request, unit);
        var report = _world.Run(Operation.Install, request);
        return Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.Adopted).Message;
    }

    private void Write(ServiceRequest request, string unit)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_world.PathOf(request))!);
        File.WriteAllText(_world.PathOf(request), unit);
    }
}
