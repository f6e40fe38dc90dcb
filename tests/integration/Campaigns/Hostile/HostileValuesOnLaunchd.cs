using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Launchd;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Hostile;

/// <summary>Deploys generated arguments and variables to the simulated launchd. Each must be read back unchanged from the property
/// list by Python's <c>plistlib</c> and reach the process unchanged, or be refused because XML cannot contain it.</summary>
[Trait("Campaign", "hostile")]
public sealed class HostileValuesOnLaunchd(ITestOutputHelper output)
{
    private const string Reader =
        "import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))";

    private const int ArgumentsAtOnce = 120;
    private const int VariablesAtOnce = 80;

    private readonly HostileTextGenerator _words = new(output);
    private int _refused;

    [Fact]
    public void Each_value_reaches_the_process_unchanged_or_is_refused()
    {
        Requires.PlistLib();
        var (start, values) = (Stopwatch.GetTimestamp(), 0);
        using var agent = new CoreAgent();
        while (values < Campaign.Size(200, 5000))
        {
            // The last argument is not empty, so that the end of the list is visible in the process.
            string[] arguments = [.. Possible(ArgumentsAtOnce, word => agent.Input with { Arguments = [word] }), "end"];
            string[] variables =
            [
                .. Possible(VariablesAtOnce, word => agent.Input with { Environment = [$"HOSTILE={word}"] })
                    .Select((word, i) => string.Create(CultureInfo.InvariantCulture, $"HOSTILE_{i}={word}")),
            ];
            agent.Input = agent.Input with { Arguments = [.. arguments], Environment = [.. variables] };

            var report = agent.Succeed(Operation.Deploy);

            Assert.Equal(["/bin/sh", agent.Program, .. arguments], CoreAgent.Arguments(report));
            Assert.Superset(variables.ToHashSet(), CoreAgent.Variables(report).ToHashSet());
            AssertFile(report.DefinitionPath, [agent.Program, .. arguments], variables);
            Assert.Equal(Outcome.Unchanged, agent.Succeed(Operation.Deploy).Outcome);
            values += arguments.Length + variables.Length;
        }

        Campaign.Report("hostile-launchd", string.Create(CultureInfo.InvariantCulture,
            $"{values} values arrived, {_refused} refused, as expected; seed {_words.Seed}; {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"), output);
    }

    private static void AssertFile(string path, string[] arguments, string[] variables)
    {
        using var document = JsonDocument.Parse(Manager.RunCommand("python3", "-c", Reader, path));
        var list = document.RootElement;
        Assert.Equal(arguments, list.GetProperty("ProgramArguments").EnumerateArray().Select(word => word.GetString()));
        var environment = list.GetProperty("EnvironmentVariables");
        Assert.All(variables.Select(entry => entry.Split('=', 2)), entry =>
            Assert.Equal(entry[1], environment.GetProperty(entry[0]).GetString()));
    }

    private IEnumerable<string> Possible(int count, Func<string, ServiceInput> use)
    {
        for (var i = 0; i < count; i++)
        {
            var word = _words.Word();
            var isAccepted = RequestReader.Read([use(word)], HostContext.Resolve(_ => null)).Problems.IsEmpty;
            Assert.True(isAccepted == IsPossible(word), $"{(isAccepted ? "accepted" : "refused")}: {Convert.ToHexString(Encoding.Unicode.GetBytes(word))}");
            if (isAccepted) yield return word;
            else _refused++;
        }
    }

    // The production Char of XML 1.0, which allows three C0 control characters.
    private static bool IsPossible(string word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (!Rune.TryGetRuneAt(word, i, out var rune)) return false;
            if (rune.Value is < 0x20 and not ('\t' or '\n' or '\r') or 0xFFFE or 0xFFFF) return false;
            if (rune.Utf16SequenceLength == 2) i++;
        }

        return true;
    }
}
