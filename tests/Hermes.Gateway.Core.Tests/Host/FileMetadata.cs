using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>Compares with stat(1).</summary>
public sealed class FileMetadata : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("file", nameof(FileType.Regular))]
    [InlineData("folder", nameof(FileType.Folder))]
    [InlineData("link", nameof(FileType.SymbolicLink))]
    [InlineData("fifo", nameof(FileType.Fifo))]
    [InlineData("/dev/null", nameof(FileType.CharacterDevice))]
    [InlineData("/etc/passwd", nameof(FileType.Regular))]
    public void Describes_the_entry_itself_and_not_the_target_of_a_link(string name, string type)
    {
        var path = Make(name);

        Assert.Equal((type, Stat(path, "")), (FileEntry.EntryOf(path)!.Value.Type.ToString(), FileEntry.EntryOf(path)!.Value.Rights));
    }

    [Fact]
    public void Describes_the_target_of_a_symbolic_link_when_links_are_followed()
    {
        var link = Make("link");

        Assert.Equal(Stat(link, "-L"), FileEntry.RightsOf(link));
        Assert.True(FileEntry.IsRegularFile(link));
        Assert.False(FileEntry.IsRegularFile(Make("fifo")));
    }

    [Fact]
    public void Describes_an_open_file_after_it_was_moved()
    {
        var path = Make("file");
        using var file = File.OpenHandle(path);
        File.Move(path, path + ".moved");

        Assert.Equal((FileType.Regular, Stat(path + ".moved", "")), FileEntry.EntryOf(file));
    }

    [Fact]
    public void Is_null_for_a_missing_file()
    {
        Assert.Null(FileEntry.EntryOf("/nowhere"));
        Assert.Null(FileEntry.RightsOf("/nowhere"));
        Assert.Null(FileEntry.IsRegularFile("/nowhere"));
    }

    private string Make(string name)
    {
        var path = name.StartsWith('/') ? name : _scratch.At(name);
        if (name == "file") File.WriteAllText(path, "");
        else if (name == "folder") Directory.CreateDirectory(path);
        else if (name == "fifo") Run("mkfifo", path);
        else if (name == "link") File.CreateSymbolicLink(path, Make("file"));
        // Includes bits beyond the usual nine.
        if (name is "file" or "folder") File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("6751", 8));
        return path;
    }

    // stat(1) of GNU and BusyBox has another format option than that of macOS.
    private static FileRights Stat(string path, string option)
    {
        string[] arguments = OperatingSystem.IsMacOS() ? ["-f", "%Mp%Lp %u %g"] : ["-c", "%a %u %g"];
        if (option.Length > 0) arguments = [option, .. arguments];
        var fields = Run("stat", [.. arguments, path]).Split(' ');
        return new FileRights(
            Convert.ToInt32(fields[0], 8), uint.Parse(fields[1], CultureInfo.InvariantCulture), uint.Parse(fields[2], CultureInfo.InvariantCulture));
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
