using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>The result of a target on a machine: the printed output and the result items.</summary>
/// <param name="Result">The command and its output.</param>
/// <param name="Services">The result items; empty if the input was refused.</param>
internal sealed partial record TargetRun(ExecResult Result, IReadOnlyList<ServiceResult> Services)
{
    /// <summary>The result of the only service.</summary>
    public ServiceResult Service => Services.Count == 1 ? Services[0] : throw new InvalidOperationException(Result.ToString());

    /// <summary>The distinct codes of all errors, sorted.</summary>
    public IReadOnlyList<string> Errors => Codes("error");

    /// <summary>The distinct codes of all warnings, sorted.</summary>
    public IReadOnlyList<string> Warnings => Codes("warning");

    /// <summary>Standard output and standard error.</summary>
    public string Text => Result.Output + Result.Errors;

    /// <summary>Parses the output of <c>-getTargetResult</c>.</summary>
    public static TargetRun Read(ExecResult result, string? json, string target)
    {
        if (json is null) return new TargetRun(result, []);
        using var document = JsonDocument.Parse(json);
        var items = document.RootElement.GetProperty("TargetResults").GetProperty(target).GetProperty("Items");
        return new TargetRun(result, [.. items.EnumerateArray().Select(item => new ServiceResult(
            item.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!)))]);
    }

    /// <summary>Asserts that the exit code is 0.</summary>
    public TargetRun Succeeded()
    {
        Assert.True(Result.ExitCode == 0, Result.ToString());
        return this;
    }

    /// <summary>Asserts that these are all errors, and that the exit code is not 0.</summary>
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

/// <summary>A result item, which describes one service.</summary>
/// <param name="Metadata">The metadata of the item.</param>
internal sealed record ServiceResult(IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The outcome of the operation.</summary>
    public string Outcome => Metadata["Outcome"];

    /// <summary>The process of the service; null without one.</summary>
    public int? ProcessId =>
        Metadata["ProcessId"] is { Length: > 0 } id ? int.Parse(id, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    /// <summary>The states of the installed, loaded and running layers.</summary>
    public string Layers => $"{Metadata["Installed"]}, {Metadata["Loaded"]}, {Metadata["Running"]}";

    /// <summary>The report as JSON.</summary>
    public JsonElement Report => JsonDocument.Parse(Metadata["Report"]).RootElement;

    /// <summary>The last lines of the log of the program; empty without a problem.</summary>
    public IReadOnlyList<string> Log => [.. Report.GetProperty("log").EnumerateArray().Select(line => line.GetString()!)];

    /// <summary>The duration of the operation, without the build.</summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(Report.GetProperty("milliseconds").GetDouble());
}
