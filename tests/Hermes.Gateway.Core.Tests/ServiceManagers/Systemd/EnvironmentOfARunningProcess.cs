using System.Collections.Immutable;
using System.Diagnostics;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

[Trait("Os", "linux")]
public sealed class EnvironmentOfARunningProcess : IDisposable
{
    private const string Text = "1:0123456789abcdef:r1";

    // Longer than one read of /proc returns.
    private static readonly string Long = new('x', 20_000);

    private readonly Process _process;

    public EnvironmentOfARunningProcess()
    {
        var start = new ProcessStartInfo("/bin/sleep", ["1000"]);
        start.Environment.Clear();
        start.Environment["FIRST"] = "a=b";
        start.Environment["UNWANTED"] = Long;
        start.Environment["EMPTY"] = "";
        start.Environment["UNICODE"] = "日本 é";
        start.Environment[Stamp.Variable] = Text;
        _process = Process.Start(start)!;
        // The kernel makes a program's arguments known a moment before its environment.
        Assert.True(SpinWait.SpinUntil(
            () => ProcessFiles.ReadCommand(_process.Id) == "/bin/sleep 1000"
                && File.ReadAllBytes($"/proc/{_process.Id}/environ").Length > 0,
            Processes.Bounds.Test));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [Fact]
    public void Contains_only_the_desired_variables_and_the_stamp_variable_of_the_definition()
    {
        var wanted = Sample.Variables(("FIRST", "a=b"), ("EMPTY", "x"), ("UNICODE", "y"), ("FIRS", ""), ("MISSING", ""));

        var environment = ProcessFiles.ReadEnvironment(_process.Id, wanted)!;

        Assert.Equal(
            Sample.Variables(("EMPTY", ""), ("FIRST", "a=b"), (Stamp.Variable, Text), ("UNICODE", "日本 é")),
            environment.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    [Fact]
    public void Contains_the_whole_value_of_a_long_variable() => Assert.Equal(
        Long, ProcessFiles.ReadEnvironment(_process.Id, Sample.Variables(("UNWANTED", "")))!["UNWANTED"]);

    [Fact]
    public void Contains_the_stamp_variable_of_the_definition_when_no_variable_is_desired() => Assert.Equal(
        [Stamp.Variable], ProcessFiles.ReadEnvironment(_process.Id, Sample.Variables())!.Keys);

    [Fact]
    public void Is_unknown_for_a_missing_process()
    {
        Assert.Null(ProcessFiles.ReadEnvironment(int.MaxValue, Sample.Variables()));
        Assert.Null(ProcessFiles.ReadCommand(int.MaxValue));
        Assert.False(ProcessFiles.HasEnded(int.MaxValue));
    }
}
