using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Systemd;

namespace Hermes.Gateway.Integration.Tests.Robustness.Hostile;

/// <summary>Deploys generated arguments and variables, and on systemd paths. Each must reach the process byte for byte, or be refused
/// before anything is written. A property list must also have them for Python's <c>plistlib</c>.</summary>
[Trait("Campaign", "hostile")]
public sealed class HostileValues(ITestOutputHelper output)
{
    private const int ArgumentsAtOnce = 120;
    private const int VariablesAtOnce = 80;

    private readonly HostileTextGenerator _words = new(output);
    private int _refused;

    [Fact]
    public async Task Each_value_reaches_the_process_unchanged_or_is_refused()
    {
        var (start, values, paths) = (Stopwatch.GetTimestamp(), 0, 0);
        await using var service = ServiceUnderTest.New();
        while (values < Campaign.Size(200, 5000))
        {
            if (service is SystemdService) paths += UsePaths(service);
            string[] arguments = [.. Possible(ArgumentsAtOnce, word => service.Input with { Arguments = [word] })];
            string[] variables =
            [
                .. Possible(VariablesAtOnce, word => service.Input with { Environment = [$"HOSTILE={word}"] })
                    .Select((word, i) => string.Create(CultureInfo.InvariantCulture, $"HOSTILE_{i}={word}")),
            ];
            service.Input = service.Input with { Arguments = [.. arguments], Environment = [.. variables] };

            service.Succeed(Operation.Deploy);

            var process = service.ProcessId!.Value;
            AssertSame(["/bin/sh", service.Input.Program, .. arguments], Strings(process, "cmdline"));
            AssertSame(variables, Numbered(Strings(process, "environ")));
            if (service is SystemdService)
            {
                Assert.Equal(service.Input.WorkingDirectory, Manager.WorkingDirectory(process));
                AssertSame(["FROM_FILE=" + Hex(service.Input.EnvironmentFile)], Strings(process, "environ").Where(entry => Starts(entry, "FROM_FILE=")));
            }
            else
            {
                AssertPropertyList(service, arguments, variables);
            }

            // The values in the definition are read back without drift.
            Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
            values += arguments.Length + variables.Length;
        }

        Campaign.Report(ServiceUnderTest.IsOnLaunchd ? "hostile-launchd" : "hostile-systemd", string.Create(CultureInfo.InvariantCulture,
            $"{values} values and {paths} paths arrived, {_refused} refused, as expected; seed {_words.Seed}; {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"), output);
    }

    // Some of these are possible in a property list.
    [Fact, Trait("Manager", "systemd")]
    public async Task Refused_value_writes_no_definition()
    {
        await using var service = ServiceUnderTest.New();
        var before = service.Input;
        foreach (var input in new[]
        {
            before with { Arguments = ["a\0b"] }, before with { Arguments = ["\uD800"] }, before with { Environment = ["A=\0"] },
            before with { Environment = ["A=\uFFFE"] }, before with { Environment = ["A B=c"] }, before with { Program = "/bin/a\nb" },
            before with { Program = "/bin/a\"b" }, before with { WorkingDirectory = "/tmp/\u0001" }, before with { EnvironmentFile = "/etc/\r" },
            before with { Name = "a/b" }, before with { Name = "a\nb" }, before with { Name = "-" }, before with { Name = new string('a', 300) },
        })
        {
            var (requests, problems) = RequestReader.Read([input], HostContext.Resolve(_ => null));
            Assert.Empty(requests);
            Assert.All(problems, problem => Assert.DoesNotContain('\n', problem.Message));
            Assert.NotEmpty(problems);
        }

        Assert.False(File.Exists(service.DefinitionPath));
    }

    private static void AssertPropertyList(ServiceUnderTest service, string[] arguments, string[] variables)
    {
        Requires.PlistLib();
        using var document = JsonDocument.Parse(Manager.RunCommand(
            "python3", "-c", "import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))", service.DefinitionPath));
        var list = document.RootElement;
        Assert.Equal([service.ProgramPath, .. arguments], list.GetProperty("ProgramArguments").EnumerateArray().Select(word => word.GetString()));
        var environment = list.GetProperty("EnvironmentVariables");
        Assert.All(variables.Select(entry => entry.Split('=', 2)), entry => Assert.Equal(entry[1], environment.GetProperty(entry[0]).GetString()));
    }

    // Sets program, working directory and environment file to paths with hostile names that the input accepts; returns their number.
    private int UsePaths(ServiceUnderTest service)
    {
        var folder = Path.Combine(service.Scratch, Guid.NewGuid().ToString("N")[..8]);
        var program = Accepted(name => service.Input with { Program = Path.Combine(folder, name, "app") }, "app");
        var work = Accepted(name => service.Input with { WorkingDirectory = Path.Combine(folder, name) }, "work");
        var file = Accepted(name => service.Input with { EnvironmentFile = Path.Combine(folder, name, "env") }, "env");
        service.Input = service.Input with
        {
            Program = Path.Combine(folder, program, "app"),
            WorkingDirectory = Path.Combine(folder, work),
            EnvironmentFile = Path.Combine(folder, file, "env"),
        };
        foreach (var path in new[] { service.Input.Program, Path.Combine(service.Input.WorkingDirectory, "x"), service.Input.EnvironmentFile })
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(service.Input.Program, ServiceUnderTest.LongRunningProgram);
        File.SetUnixFileMode(service.Input.Program, (UnixFileMode)0b111_101_101);
        File.WriteAllText(service.Input.EnvironmentFile, $"FROM_FILE={Hex(service.Input.EnvironmentFile)}\n");
        return 3;

        string Accepted(Func<string, ServiceInput> use, string suffix)
        {
            while (true)
            {
                var name = _words.Name() + suffix;
                if (RequestReader.Read([use(name)], HostContext.Resolve(_ => null)).Problems.IsEmpty) return name;
                _refused++;
            }
        }
    }

    // Asserts that a word is refused exactly if it is impossible, and returns the accepted ones.
    private IEnumerable<string> Possible(int count, Func<string, ServiceInput> use)
    {
        for (var i = 0; i < count; i++)
        {
            var word = _words.Word();
            var isAccepted = RequestReader.Read([use(word)], HostContext.Resolve(_ => null)).Problems.IsEmpty;
            Assert.True(isAccepted == (ServiceUnderTest.IsOnLaunchd ? HostileTextGenerator.IsPossibleInXml(word) : HostileTextGenerator.IsPossible(word)), $"{(isAccepted ? "accepted" : "refused")}: {Hex(word)}");
            if (isAccepted) yield return word;
            else _refused++;
        }
    }

    private static IEnumerable<string> Numbered(string[] environment) => environment.Where(entry => Starts(entry, "HOSTILE_"))
        .OrderBy(entry => int.Parse(entry["HOSTILE_".Length..entry.IndexOf('=', StringComparison.Ordinal)], CultureInfo.InvariantCulture));

    private static bool Starts(string entry, string name) => entry.StartsWith(name, StringComparison.Ordinal);

    private static string Hex(string text) => Convert.ToHexString(Encoding.Unicode.GetBytes(text));

    // Compares bytes, because different invalid UTF-8 is decoded to the same replacement characters.
    private static void AssertSame(IEnumerable<string> expected, IEnumerable<string> actual) =>
        Assert.Equal(expected.Select(Encoding.UTF8.GetBytes).Select(Convert.ToHexString), actual.Select(Encoding.Latin1.GetBytes).Select(Convert.ToHexString));

    // Latin-1 maps each byte to one character.
    private static string[] Strings(int process, string file) =>
        Encoding.Latin1.GetString(File.ReadAllBytes($"/proc/{process}/{file}")).Split('\0')[..^1];
}
