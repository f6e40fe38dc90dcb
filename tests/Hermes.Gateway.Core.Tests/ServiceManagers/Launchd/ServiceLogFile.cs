using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public sealed class ServiceLogFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Log => _folder.At("gateway.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Last_lines_are_read_oldest_first()
    {
        File.WriteAllText(Log, "one\ntwo\n\nthree\n");

        Assert.Equal(["two", "three"], LaunchdLogs.ReadTail(Log, 0, 2).ToArray());
    }

    [Fact]
    public void Lines_from_before_the_start_are_left_out()
    {
        File.WriteAllText(Log, "an older life\n");
        var length = LaunchdLogs.LengthOf(Log);
        File.AppendAllText(Log, "this life\n");

        Assert.Equal(["this life"], LaunchdLogs.ReadTail(Log, length, 10).ToArray());
    }

    [Fact]
    public void Replaced_file_is_read_from_its_beginning()
    {
        File.WriteAllText(Log, "new\n");

        Assert.Equal(["new"], LaunchdLogs.ReadTail(Log, 1000, 10).ToArray());
    }

    [Fact]
    public void Last_lines_of_a_large_file_are_read()
    {
        File.WriteAllLines(Log, Enumerable.Range(0, 200_000).Select(i => $"line {i}"));

        Assert.Equal(["line 199998", "line 199999"], LaunchdLogs.ReadTail(Log, 0, 2).ToArray());
    }

    [Fact]
    public void Missing_file_or_folder_has_no_lines()
    {
        Assert.Empty(LaunchdLogs.ReadTail(Log, 0, 10).ToArray());
        Assert.Empty(LaunchdLogs.ReadTail(Path.GetDirectoryName(Log)!, 0, 10));
        Assert.Equal(0, LaunchdLogs.LengthOf(Log));
    }
}
