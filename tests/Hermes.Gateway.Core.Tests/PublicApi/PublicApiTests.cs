namespace Hermes.Gateway.Core.Tests.PublicApi;

public class PublicApiTests
{
    [Fact]
    public void The_public_api_changes_only_on_purpose()
    {
        var accepted = Repository.PathOf("tests", "Hermes.Gateway.Core.Tests", "PublicApi.txt");
        var expected = File.Exists(accepted) ? File.ReadAllText(accepted) : "";
        var seen = string.Join('\n', ApiText.Of(typeof(GatewayServices).Assembly)) + "\n";
        if (expected == seen) return;

        var kept = Repository.PathOf("artifacts", "log", "core-tests", "PublicApi.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        File.WriteAllText(kept, seen);
        var (before, after) = (expected.Split('\n'), seen.Split('\n'));
        Assert.Fail($"""
            The public API of Hermes.Gateway.Core has changed.
            gone: {string.Join("\n      ", before.Except(after))}
            new:  {string.Join("\n      ", after.Except(before))}
            If this is meant: cp {kept} {accepted}
            """);
    }

    [Fact]
    public void The_text_tells_kinds_nullability_and_what_must_be_set()
    {
        var lines = ApiText.Of(typeof(GatewayServices).Assembly).ToList();

        Assert.Contains("sealed record Hermes.Gateway.Core.Diagnostics.Finding", lines);
        Assert.Contains("  new(DiagnosticDescriptor Descriptor, Severity Severity, String Message, String? Advice = default)", lines);
        Assert.Contains("static class Hermes.Gateway.Core.Diagnostics.DiagnosticCatalog", lines);
        Assert.Contains("  static readonly DiagnosticDescriptor NotInstalled", lines);
        Assert.Contains("  const String Default = hermes-gateway", lines);
        Assert.Contains("  static Boolean TryCreate(String value, out ServiceName? name, out String? problem)", lines);
        Assert.Contains("  required String Program { get; init; }", lines);
        Assert.Contains("  Error = 2", lines);
    }
}
