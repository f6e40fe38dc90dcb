using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

/// <summary>The contract of <see cref="IProcessRunner"/>, with real processes.</summary>
[Collection(ProcessCollection.Name)]
public sealed partial class ExternalCommand
{
    private static readonly string[] HostileTextList =
    [
        "", " ", "two words", "'", "\"", "\\", "\\\"", "a'b\"c\\", "$HOME", "${HOME}", "`id`", "$(id)", "%h %%",
        "&;|<>()", "*", "?", "[a-z]", "~", "#no", "!!", "-n", "--", "=", "a=b", "line\nbreak", "\r\n\t", "\u0001\u007f",
        "trailing\\", "trailing\n", "émigré", "日本語", "𝄞", "e\u0301",
    ];

    public static TheoryData<string> HostileTexts { get; } = [.. HostileTextList];

    private static CliWrapProcessRunner CreateRunner(Func<ProcessStartInfo>? newStartInfo = null, TimeProvider? time = null) =>
        new(newStartInfo, time);

    private static CommandResult Run(CommandRequest request, CancellationToken? cancellationToken = null) =>
        Bounds.Within(() => CreateRunner().Run(request, cancellationToken ?? TestContext.Current.CancellationToken));

    private static string OutputOf(CommandRequest request)
    {
        var result = Run(request);
        Assert.True(result.Succeeded, result.StandardError);
        return result.StandardOutput;
    }

    private static Dictionary<string, string?> EnvironmentGiven(params (string Name, string? Value)[] changes)
    {
        var environment = changes.ToImmutableDictionary(change => change.Name, change => change.Value);
        var output = OutputOf(Dummy.Request("environment") with { Environment = environment });
        return JsonSerializer.Deserialize<Dictionary<string, string?>>(output)!;
    }

    [Fact]
    public void Receives_its_exact_arguments()
    {
        var output = OutputOf(Dummy.Request(["arguments", .. HostileTextList]));

        Assert.Equal(HostileTextList, JsonSerializer.Deserialize<string[]>(output)!);
    }

    [Fact]
    public void Inherits_the_environment_except_the_locale()
    {
        var environment = EnvironmentGiven();

        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), environment["PATH"]);
        Assert.Equal("C", environment["LC_ALL"]);
    }

    [Fact]
    public void Inherits_no_variable_when_inheritance_is_turned_off()
    {
        // The dummy needs .NET, which may not be in its default place.
        var root = Environment.GetEnvironmentVariable("DOTNET_ROOT");
        var given = ImmutableDictionary<string, string?>.Empty.Add("HGW_TEST", "1");
        if (root is not null) given = given.Add("DOTNET_ROOT", root);
        var output = OutputOf(Dummy.Request("environment") with { InheritsEnvironment = false, Environment = given });

        var environment = JsonSerializer.Deserialize<Dictionary<string, string?>>(output)!;
        Assert.Equal(given.Keys.Order(StringComparer.Ordinal), environment.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Receives_its_exact_variables()
    {
        var changes = HostileTextList.Select((text, i) => ($"HGW_TEST_{i}", (string?)text)).ToArray();

        var environment = EnvironmentGiven(changes);

        Assert.All(changes, change => Assert.Equal(change.Item2, environment[change.Item1]));
    }

    [Fact]
    public void Runs_with_changed_and_removed_variables()
    {
        var environment = EnvironmentGiven(("PATH", null), ("HGW_NO_SUCH", null), ("LC_ALL", "C.UTF-8"));

        Assert.DoesNotContain("PATH", environment.Keys);
        Assert.DoesNotContain("HGW_NO_SUCH", environment.Keys);
        Assert.Equal("C.UTF-8", environment["LC_ALL"]);
    }

    [Fact]
    public void Does_not_change_the_environment_of_the_caller()
    {
        var before = Environment.GetEnvironmentVariable("LC_ALL");

        EnvironmentGiven(("HGW_TEST", "leaked"));

        Assert.Null(Environment.GetEnvironmentVariable("HGW_TEST"));
        Assert.Equal(before, Environment.GetEnvironmentVariable("LC_ALL"));
    }

    [Fact]
    public void Has_an_empty_standard_input() =>
        Assert.Equal("0", OutputOf(Dummy.Request("input")));

    [Fact]
    public void Runs_in_the_root_folder_by_default()
    {
        var request = Dummy.Request("working-directory");

        Assert.Equal("/", OutputOf(request));
        Assert.Equal("/dev", OutputOf(request with { WorkingDirectory = "/dev" }));
    }

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void Can_have_special_characters_in_its_program_and_working_directory(string name)
    {
        using var folder = new TemporaryFolder();
        var odd = Directory.CreateDirectory(folder.At($"d{name}")).FullName;
        var program = Path.Combine(odd, $"p{name}");
        File.CreateSymbolicLink(program, "/bin/sh");
        var command = Dummy.Shell("echo ok; pwd -P >&2");

        var result = Run(command with { Program = program, WorkingDirectory = odd });

        Assert.True(result.Succeeded, result.StandardError);
        Assert.Equal("ok\n", result.StandardOutput);
        Assert.EndsWith($"/d{name}\n", result.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(113)]
    [InlineData(255)]
    public void Is_reported_with_its_exit_code(int code)
    {
        var request = Dummy.Request("exit", $"{code}");

        var result = Run(request);

        Assert.Equal(CommandEnd.Exited, result.End);
        Assert.Equal(code, result.ExitCode);
        Assert.Equal(code == 0, result.Succeeded);
        Assert.Same(request, result.Request);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(15)]
    public void Is_reported_with_128_plus_the_signal_that_ended_it(int signal)
    {
        var result = Run(Dummy.Shell($"kill -{signal} $$"));

        Assert.Equal(CommandEnd.Exited, result.End);
        Assert.Equal(128 + signal, result.ExitCode);
    }

    [Fact]
    public void Is_reported_with_its_duration()
    {
        var result = Run(Dummy.Shell("sleep 0.2"));

        Assert.InRange(result.Duration, TimeSpan.FromSeconds(0.19), Bounds.Soon);
    }

    [Fact]
    public async Task Has_its_own_result_when_many_run_at_once()
    {
        var runner = CreateRunner();
        var runs = Enumerable.Range(0, 60)
            .Select(i => Dummy.Shell($"echo out{i}; echo err{i} >&2; exit {i}"))
            .Select(request => Bounds.Begin(() => runner.Run(request, TestContext.Current.CancellationToken)));

        var results = await Task.WhenAll(runs).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);

        Assert.All(results, (result, i) =>
        {
            Assert.Equal(i, result.ExitCode);
            Assert.Equal($"out{i}\n", result.StandardOutput);
            Assert.Equal($"err{i}\n", result.StandardError);
        });
    }
}
