using System.Runtime.InteropServices;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

/// <summary>Runs alone, because the umask belongs to the whole process.</summary>
[Collection(ProcessCollection.Name)]
public sealed class AtomicWrite : IDisposable
{
    private const UnixFileMode Mode0644 =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(0x3F)] // 077
    [InlineData(0x1FF)] // 0777
    public void Creates_a_file_that_everyone_may_read_whatever_the_umask(uint mask)
    {
        var before = umask(mask);
        try
        {
            AtomicFile.Write(_scratch.At("f"), "text");
        }
        finally
        {
            _ = umask(before);
        }

        Assert.Equal(Mode0644, File.GetUnixFileMode(_scratch.At("f")));
    }

    [Theory]
    [InlineData(0x12, 0b110_100_100)] // 022
    [InlineData(0x3F, 0b110_000_000)] // 077
    [InlineData(0, 0b110_110_110)]
    public void Applies_the_umask_to_new_and_replaced_files_without_a_mode(uint mask, int expected)
    {
        File.WriteAllText(_scratch.At("old"), "old");
        File.SetUnixFileMode(_scratch.At("old"), UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        var before = umask(mask);
        try
        {
            AtomicFile.WriteRegular(_scratch.At("new"), "text", mode: null);
            AtomicFile.WriteRegular(_scratch.At("old"), "text", mode: null);
            AppendedFile.Append(_scratch.At("appended"), "text", TimeSpan.Zero, TimeProvider.System);
        }
        finally
        {
            _ = umask(before);
        }

        Assert.All(new[] { "new", "old", "appended" }, name =>
            Assert.Equal((UnixFileMode)expected, File.GetUnixFileMode(_scratch.At(name))));
    }

    [Fact]
    public void Accepts_the_longest_file_name()
    {
        var path = _scratch.At(new string('n', 255));
        AtomicFile.Write(path, "text");

        Assert.Equal("text", File.ReadAllText(path));
    }

    [Fact]
    public void Deletes_old_temporary_files_of_killed_writers_and_keeps_recent_ones()
    {
        var (old, young) = (_scratch.At(".hermes-gateway.old.tmp"), _scratch.At(".hermes-gateway.young.tmp"));
        foreach (var file in new[] { old, young, _scratch.At("f.tmp") }) File.WriteAllText(file, "half");
        foreach (var file in new[] { old, _scratch.At("f.tmp") }) File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));

        AtomicFile.Write(_scratch.At("f"), "text");

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
        Assert.True(File.Exists(_scratch.At("f.tmp")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain\n")]
    [InlineData("日本 é\r\n😀")]
    public void Replaces_the_text_in_UTF8_without_a_byte_order_mark(string text)
    {
        AtomicFile.Write(_scratch.At("f"), "something longer that was there before");
        AtomicFile.Write(_scratch.At("f"), text);

        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(text), File.ReadAllBytes(_scratch.At("f")));
        Assert.Equal(["f"], Names());
    }

    [Fact]
    public void Keeps_the_old_entry_and_no_temporary_file_on_failure()
    {
        Directory.CreateDirectory(_scratch.At("f"));
        File.WriteAllText(Path.Combine(_scratch.At("f"), "inside"), "old");

        var thrown = Record.Exception(() => AtomicFile.Write(_scratch.At("f"), "new"));

        Assert.True(thrown is IOException or UnauthorizedAccessException, $"{thrown}");
        Assert.Equal("old", File.ReadAllText(Path.Combine(_scratch.At("f"), "inside")));
        Assert.Equal(["f"], Names());
    }

    [Fact]
    public void Fails_for_a_missing_folder() =>
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(_scratch.At("no/f"), "text"));

    [Fact]
    public async Task Shows_readers_the_old_or_the_new_text_and_never_a_part()
    {
        var texts = new[] { new string('a', 300_000), new string('b', 200_000) };
        AtomicFile.Write(_scratch.At("f"), texts[0]);
        using var done = new CancellationTokenSource(Bounds.Test);
        var reader = Task.Run(() =>
        {
            for (var reads = 0; reads < 20 || !done.IsCancellationRequested; reads++)
                Assert.Contains(File.ReadAllText(_scratch.At("f")), texts);
        }, TestContext.Current.CancellationToken);

        for (var i = 0; i < 40; i++) AtomicFile.Write(_scratch.At("f"), texts[i % 2]);
        await done.CancelAsync();
        await reader;
    }

    private IEnumerable<string?> Names() => Directory.GetFileSystemEntries(_scratch.At(".")).Select(Path.GetFileName);

    // The BCL has no other way to set the umask.
#pragma warning disable SYSLIB1054
    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint umask(uint mask);
#pragma warning restore SYSLIB1054
}
