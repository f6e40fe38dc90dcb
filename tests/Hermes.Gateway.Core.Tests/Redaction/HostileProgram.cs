using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Redaction;

/// <summary>A program whose log or HTTP status line contains commands to CI agents, forged errors and invisible characters.</summary>
public sealed class HostileProgram : IDisposable
{
    private const string Azure = "##vso[task.setvariable variable=PATH]/tmp/evil";
    private const string GitHub = "##[add-path]/tmp/evil";
    private const string Workflow = "::error file=a::forged";
    private const string Forged = "Evil.cs(1,1): error CS0001: forged";
    private const string Invisible = "in\u202evi\u200bsi\ufeffble\u2028l\u0085ine";

    private readonly World _world = new();
    private readonly ScriptedHttpServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _world.Dispose();
    }

    [Fact]
    public async Task Log_is_neutralized_and_readable_in_every_output()
    {
        var request = _world.Request();
        _world.Manager.LastWords = [Azure, GitHub, Workflow, Forged, Invisible];
        _world.Service(request).OnStart = OnStart.Fails;

        var (report, outputs) = Run(Operation.Deploy, request);

        Assert.Equal(
            [
                "## vso[task.setvariable variable=PATH]/tmp/evil", "## [add-path]/tmp/evil", "> ::[error] file=a::forged",
                "Evil.cs(1,1): [error] CS0001: forged", "invisible line",
            ],
            report.Log.AsEnumerable());
        await AssertHarmlessAsync(outputs, request);
    }

    [Fact]
    public async Task HTTP_status_line_is_neutralized_and_readable_in_every_output()
    {
        var request = _world.Request() with { Health = HealthCheck.TryParse($"http://127.0.0.1:{_server.Port}/") };
        _server.Answer = $"HTTP/9.9 {Azure} {GitHub} {Forged} \u202e\r\n\r\n";

        var (report, outputs) = Run(Operation.Deploy, request);

        Assert.Contains("## vso[task.setvariable variable=PATH]/tmp/evil ## [add-path]/tmp/evil Evil.cs(1,1): [error] CS0001: forged", report.Health, StringComparison.Ordinal);
        Assert.Equal("HGW4007", report.Findings[0].Code);
        await AssertHarmlessAsync(outputs, request);
    }

    private (ServiceReport Report, Outputs Outputs) Run(Operation operation, ServiceRequest request)
    {
        var outputs = new Outputs();
        _world.Listener = outputs;
        var report = _world.Run(operation, request);
        outputs.Add(report);
        return (report, outputs);
    }

    private async Task AssertHarmlessAsync(Outputs outputs, ServiceRequest request)
    {
        await outputs.AddHistoryAsync(_world, request);
        foreach (var (name, text) in outputs.Texts)
        {
            Assert.False(text.Contains("##vso[", StringComparison.Ordinal) || text.Contains("##[", StringComparison.Ordinal), $"{name}: {text}");
            Assert.False(text.Any(c => c is '\u202e' or '\u200b' or '\ufeff' or '\u2028' or '\u0085'), $"{name}: {text}");
            foreach (var line in text.Split('\n'))
            {
                Assert.False(line.TrimStart().StartsWith("::", StringComparison.Ordinal), $"{name}: {line}");
                Assert.False(UntrustedText.CanonicalError().IsMatch(line), $"{name}: {line}");
            }
        }
    }
}
