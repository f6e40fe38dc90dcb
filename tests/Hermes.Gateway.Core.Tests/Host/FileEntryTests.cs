using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>Compares with stat(1).</summary>
public sealed class FileEntryTests : IDisposable
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
    public void Type_mode_and_owners_are_those_of_the_entry_itself(string name, string type)
    {
        var path = Make(name);

        Assert.Equal((type, Stat(path, "")), (FileEntry.EntryOf(path)!.Value.Type.ToString(), FileEntry.EntryOf(path)!.Value.Rights));
    }

    [Fact]
    public void A_link_is_followed_where_the_target_is_asked_for()
    {
        var link = Make("link");

        Assert.Equal(Stat(link, "-L"), FileEntry.RightsOf(link));
        Assert.True(FileEntry.IsRegularFile(link));
        Assert.False(FileEntry.IsRegularFile(Make("fifo")));
    }

    [Fact]
    public void An_open_file_has_the_entry_that_its_path_had()
    {
        var path = Make("file");
        using var file = File.OpenHandle(path);
        File.Move(path, path + ".moved");

        Assert.Equal((FileType.Regular, Stat(path + ".moved", "")), FileEntry.EntryOf(file));
    }

    [Fact]
    public void A_missing_file_has_no_entry()
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
        // Bits beyond the usual nine, too.
        if (name is "file" or "folder") File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("6751", 8));
        return path;
    }

    // GNU's and busybox's stat(1) have a format, macOS's has another one.
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
