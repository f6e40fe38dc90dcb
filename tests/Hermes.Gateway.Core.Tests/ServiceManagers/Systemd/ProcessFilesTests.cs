using System.Collections.Immutable;
using System.Diagnostics;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>What is read of a live process.</summary>
[Trait("Os", "linux")]
public sealed class ProcessFilesTests : IDisposable
{
    private const string Text = "1:0123456789abcdef:r1";

    // More than is read at once.
    private static readonly string Long = new('x', 20_000);

    private readonly Process _process;

    public ProcessFilesTests()
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
    public void Of_its_environment_the_stamp_and_what_is_wanted_is_read_whatever_its_value()
    {
        var wanted = Sample.Variables(("FIRST", "a=b"), ("EMPTY", "x"), ("UNICODE", "y"), ("FIRS", ""), ("MISSING", ""));

        var environment = ProcessFiles.ReadEnvironment(_process.Id, wanted)!;

        Assert.Equal(
            Sample.Variables(("EMPTY", ""), ("FIRST", "a=b"), (Stamp.Variable, Text), ("UNICODE", "日本 é")),
            environment.ToImmutableSortedDictionary(StringComparer.Ordinal));
        Assert.Same(wanted["FIRST"], environment["FIRST"]);
    }

    [Fact]
    public void A_long_value_is_read_whole() => Assert.Equal(
        Long, ProcessFiles.ReadEnvironment(_process.Id, Sample.Variables(("UNWANTED", "")))!["UNWANTED"]);

    [Fact]
    public void A_process_with_nothing_that_is_wanted_is_read_all_the_same() => Assert.Equal(
        [Stamp.Variable], ProcessFiles.ReadEnvironment(_process.Id, Sample.Variables())!.Keys);

    [Fact]
    public void Nothing_is_known_of_a_process_that_is_not_there()
    {
        Assert.Null(ProcessFiles.ReadEnvironment(int.MaxValue, Sample.Variables()));
        Assert.Null(ProcessFiles.ReadCommand(int.MaxValue));
        Assert.False(ProcessFiles.HasEnded(int.MaxValue));
    }
}
