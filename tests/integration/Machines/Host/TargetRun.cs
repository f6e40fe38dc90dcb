using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>One run of a target on a machine: what a person saw, and what automation got.</summary>
/// <param name="Result">The command and its output.</param>
/// <param name="Services">The target's items; none when the input was refused.</param>
internal sealed partial record TargetRun(ExecResult Result, IReadOnlyList<ServiceAnswer> Services)
{
    /// <summary>The only service.</summary>
    public ServiceAnswer Service => Services.Count == 1 ? Services[0] : throw new InvalidOperationException(Result.ToString());

    /// <summary>The codes of all errors, each once, in order.</summary>
    public IReadOnlyList<string> Errors => Codes("error");

    /// <summary>The codes of all warnings, likewise.</summary>
    public IReadOnlyList<string> Warnings => Codes("warning");

    /// <summary>Everything that was printed.</summary>
    public string Text => Result.Output + Result.Errors;

    /// <summary>Reads what <c>-getTargetResult</c> wrote.</summary>
    public static TargetRun Read(ExecResult result, string? json, string target)
    {
        if (json is null) return new TargetRun(result, []);
        using var document = JsonDocument.Parse(json);
        var items = document.RootElement.GetProperty("TargetResults").GetProperty(target).GetProperty("Items");
        return new TargetRun(result, [.. items.EnumerateArray().Select(item => new ServiceAnswer(
            item.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!)))]);
    }

    /// <summary>Asserts that it succeeded.</summary>
    public TargetRun Succeeded()
    {
        Assert.True(Result.ExitCode == 0, Result.ToString());
        return this;
    }

    /// <summary>Asserts that it failed with just these errors, and that its exit status says so.</summary>
    public TargetRun FailedWith(params string[] codes)
    {
        Assert.True(codes.SequenceEqual(Errors), $"expected {string.Join(", ", codes)}, got {string.Join(", ", Errors)}\n{Result}");
        Assert.NotEqual(0, Result.ExitCode);
        return this;
    }

    private IReadOnlyList<string> Codes(string severity) =>
    [
        .. CodeOfALine().Matches(Text).Where(match => match.Groups[1].Value == severity)
            .Select(match => match.Groups[2].Value).Distinct().Order(StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"\b(error|warning) ([A-Z]+[0-9]{4})\b")]
    private static partial Regex CodeOfALine();
}

/// <summary>One result item.</summary>
/// <param name="Metadata">All that automation gets of it.</param>
internal sealed record ServiceAnswer(IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>How the operation ended.</summary>
    public string Outcome => Metadata["Outcome"];

    /// <summary>The live process; null when there is none.</summary>
    public int? ProcessId =>
        Metadata["ProcessId"] is { Length: > 0 } id ? int.Parse(id, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    /// <summary>Installed, loaded and running.</summary>
    public string Layers => $"{Metadata["Installed"]}, {Metadata["Loaded"]}, {Metadata["Running"]}";

    /// <summary>The whole report.</summary>
    public JsonElement Report => JsonDocument.Parse(Metadata["Report"]).RootElement;

    /// <summary>The last lines that the program wrote; empty when nothing is wrong.</summary>
    public IReadOnlyList<string> Log => [.. Report.GetProperty("log").EnumerateArray().Select(line => line.GetString()!)];

    /// <summary>The time that the operation itself took, without the build around it.</summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(Report.GetProperty("milliseconds").GetDouble());
}
