using System.Collections.Immutable;
using System.Diagnostics;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

[Trait("Os", "linux")]
public sealed class LiveProcess : IDisposable
{
    private const string Text = "1:0123456789abcdef:r1";

    // Longer than one read of /proc returns.
    private static readonly string Long = new('x', 20_000);

    private readonly Process _process;

    public LiveProcess()
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
    public void Has_only_the_stamp_and_the_wanted_variables_read()
    {
        var wanted = Sample.Variables(("FIRST", "a=b"), ("EMPTY", "x"), ("UNICODE", "y"), ("FIRS", ""), ("MISSING", ""));

        var environment = ProcessFiles.ReadEnvironment(_process.Id, wanted)!;

        Assert.Equal(
            Sample.Variables(("EMPTY", ""), ("FIRST", "a=b"), (Stamp.Variable, Text), ("UNICODE", "日本 é")),
            environment.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    [Fact]
    public void Has_a_long_variable_read_completely() => Assert.Equal(
        Long, ProcessFiles.ReadEnvironment(_process.Id, Sample.Variables(("UNWANTED", "")))!["UNWANTED"]);

    [Fact]
    public void Has_the_stamp_read_when_no_variable_is_wanted() => Assert.Equal(
        [Stamp.Variable], ProcessFiles.ReadEnvironment(_process.Id, Sample.Variables())!.Keys);

    [Fact]
    public void Is_unknown_when_it_does_not_exist()
    {
        Assert.Null(ProcessFiles.ReadEnvironment(int.MaxValue, Sample.Variables()));
        Assert.Null(ProcessFiles.ReadCommand(int.MaxValue));
        Assert.False(ProcessFiles.HasEnded(int.MaxValue));
    }
}
