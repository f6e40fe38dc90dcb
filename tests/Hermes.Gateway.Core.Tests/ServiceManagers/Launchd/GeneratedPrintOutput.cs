using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.ServiceManagers.Launchd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

/// <summary>The output of <c>launchctl print</c> for definitions whose texts imitate such output.</summary>
/// <remarks>Not tested, because the output does not show it: where an imitating argument or value ends if it is not
/// expected, and whether an output that ends behind a brace in an argument is truncated.</remarks>
[Properties(MaxTest = 1000, EndSize = 15)]
public class GeneratedPrintOutput
{
    private static readonly string[] Imitations =
    [
        "a", "é", " ", "", "\n", "\n\n", "\r\n", "\t", "}", "\n}", "\n}\n", "\n\t}", "\n\t}\n", "=", " = ", " => ", "{",
        "\n\tpid = 1\n", "\tpid = 1", "\tstate = running", "\n\tstate = running\n", "\n\truns = 99\n",
        "\n\tlast exit code = 3\n", "\n\tlast terminating signal = Killed: 9\n", "\n\tworking directory = /forged\n",
        "\n\tstdout path = /forged", "\n\targuments = {\n", "\n\tenvironment = {\n", "\n\t\tA => forged\n",
        "\n\t\tMODE => 1",
        "\n\t}\n\n\tenvironment = {\n\t\tA => forged\n\t}\n\n\tdomain = gui/501 [1]\n\tpid = 1\n}\n",
        "\n\t}\n\n\tdomain = gui/501 [100012]\n\tminimum runtime = 1\n\truns = 99\n\tpid = 1\n\tlast exit code = 3\n",
        "gui/501/net.example.gateway = {\n\tstate = running\n\tpid = 1\n",
    ];

    private static Gen<string> Texts => Gen.Elements(Imitations).ListOf().Select(string.Concat);

    private static Gen<Truth> Truths =>
        from arguments in Texts.ListOf()
        from variables in
            (from name in Gen.Elements("A", "b_2", "MODE", "XPC_FLAGS", "OSLogRateLimit")
             from value in Texts
             select (name, value)).ListOf()
        from state in Gen.Elements("running", "not running", "spawn scheduled", "SIGTERMed")
        from processId in Gen.Elements<int?>(null, 2, 4242)
        from runs in Gen.Choose(0, 3)
        from end in Gen.Elements(
            "last exit code = (never exited)", "last exit code = 78: EX_CONFIG", "last terminating signal = Hangup: 1",
            "")
        from folder in Gen.Elements(null, "/true")
        select new Truth(
            [.. arguments],
            variables.DistinctBy(pair => pair.name).ToDictionary(pair => pair.name, pair => pair.value),
            state, processId, runs, end, folder);

    [Property]
    public Property Job_with_a_known_definition_is_read_exactly() => ForAll(Truths, truth =>
    {
        var job = PrintedJob.TryParse(truth.Print(), truth.Arguments, truth.Environment)!;

        AssertFields(truth, job);
        Assert.Equal(truth.Folder, job.WorkingDirectory);
        Assert.Null(job.StandardOutPath);
        Assert.Equal(truth.Arguments, job.Arguments.AsEnumerable());
        Assert.Equal(truth.Environment, job.Environment.Remove("XPC_SERVICE_NAME"));
        Assert.True(job.HasArguments(truth.Arguments));
        Assert.All(truth.Environment, pair => Assert.True(job.HasVariable(pair.Key, pair.Value)));
    });

    [Property]
    public Property Unknown_definition_cannot_forge_head_and_tail_fields() =>
        ForAll(Truths, truth => AssertFields(truth, PrintedJob.TryParse(truth.Print())!));

    [Property]
    public Property Wrong_expectations_do_not_change_head_and_tail_fields() => ForAll(
        from truth in Truths from other in Truths select (truth, other),
        pair => AssertFields(
            pair.truth, PrintedJob.TryParse(pair.truth.Print(), pair.other.Arguments, pair.other.Environment)!));

    [Property]
    public Property Truncated_output_has_no_process_and_no_wrong_state() => ForAll(
        from truth in Truths from length in Gen.Choose(0, truth.Print().Length - 2) select (truth, length),
        pair =>
        {
            var text = pair.truth.Print()[..pair.length];
            if (text.Split('\n').LastOrDefault(line => line.Length > 0) == "}") return;

            var job = PrintedJob.TryParse(text);
            if (job is null) return;
            Assert.Null(job.ProcessId);
            Assert.Contains(job.State, new[] { "", pair.truth.State });
        });

    [Property]
    public Property Parser_never_throws() => ForAll(
        from text in Gen.Elements([.. Imitations, "\n\tproperties = {\n", "\tdomain = ", "\r\n", " = {\n"]).ListOf()
        from expected in Texts.ListOf()
        select (Text: string.Concat(text), Expected: expected.ToArray()),
        pair =>
        {
            var variables = pair.Expected.Distinct().ToDictionary(text => text, text => text);
            var job = PrintedJob.TryParse("a = {\n\tactive count = 1\n" + pair.Text, pair.Expected, variables);
            Assert.NotNull(job);
            PrintedJob.TryParse(pair.Text, pair.Expected, variables);
        });

    private static void AssertFields(Truth truth, PrintedJob job)
    {
        Assert.Equal((truth.State, truth.ProcessId, truth.Runs), (job.State, job.ProcessId, job.Runs));
        Assert.Equal(truth.End.Contains("never", StringComparison.Ordinal), job.HasNeverExited);
        Assert.Equal(truth.End.EndsWith("CONFIG", StringComparison.Ordinal) ? "78: EX_CONFIG" : null, job.LastExitCode);
        Assert.Equal(truth.End.EndsWith("Hangup: 1", StringComparison.Ordinal) ? "Hangup: 1" : null, job.LastSignal);
        Assert.Equal(["runatload"], job.Properties.AsEnumerable());
        Assert.Equal(("/plist", "/bin/sh"), (job.Path, job.Program));
    }

    private static Property ForAll<T>(Gen<T> values, Action<T> assert) => Prop.ForAll(values.ToArbitrary(), assert);

    /// <summary>A job and its output as launchd prints it, with the definition's texts unescaped.</summary>
    private sealed record Truth(
        string[] Arguments,
        Dictionary<string, string> Environment,
        string State,
        int? ProcessId,
        int Runs,
        string End,
        string? Folder)
    {
        public string Print()
        {
            var text = new StringBuilder("gui/501/net.example.gateway = {\n\tactive count = 1\n\tpath = /plist\n");
            text.Append("\ttype = LaunchAgent\n\tstate = ").Append(State);
            text.Append("\n\n\tprogram = /bin/sh\n\targuments = {\n");
            foreach (var argument in Arguments) text.Append("\t\t").Append(argument).Append('\n');
            text.Append("\t}\n\n");
            if (Folder is not null) text.Append("\tworking directory = ").Append(Folder).Append("\n\n");
            if (Environment.Count > 0)
            {
                text.Append("\tinherited environment = {\n\t\tA => inherited\n\t}\n\n\tenvironment = {\n");
                foreach (var (name, value) in Environment)
                    text.Append("\t\t").Append(name).Append(" => ").Append(value).Append('\n');
                text.Append("\t\tXPC_SERVICE_NAME => net.example.gateway\n\t}\n\n");
            }

            text.Append("\tdomain = gui/501 [100012]\n\tminimum runtime = 10\n\truns = ").Append(Runs).Append('\n');
            if (ProcessId is not null) text.Append("\tpid = ").Append(ProcessId).Append('\n');
            if (End.Length > 0) text.Append('\t').Append(End).Append('\n');
            text.Append("\n\tresource coalition = {\n\t\tstate = active\n\t\tpid = 1\n\t}\n\n");
            return text.Append("\tproperties = runatload\n}\n").ToString();
        }
    }
}
