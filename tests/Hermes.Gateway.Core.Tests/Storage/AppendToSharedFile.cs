using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class AppendToSharedFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Starts_on_a_new_line()
    {
        var path = _folder.At("summary.md");
        Append(path, "# One\n");
        Assert.Equal("# One\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        await File.AppendAllTextAsync(path, "no line break", TestContext.Current.CancellationToken);

        Append(path, "# Two é\n");

        Assert.Equal("# One\nno line break\n# Two é\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Keeps_every_text_of_concurrent_writers()
    {
        var path = _folder.At("summary.md");
        var texts = Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 5000)).ToList();

        await Task.WhenAll(texts.Select(text => Bounds.Begin(() => Append(path, text + "\n"))))
            .WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);

        Assert.Equal(
            texts, (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)).Where(line => line.Length > 0).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Fails_when_another_process_holds_the_file_too_long()
    {
        var path = _folder.At("summary.md");
        await using var held = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

        Assert.Throws<IOException>(() =>
            Bounds.Within(() => AppendedFile.Append(path, "x", TimeSpan.FromMilliseconds(50), TimeProvider.System)));
    }

    [Fact]
    public async Task Refuses_a_symbolic_link_and_keeps_its_target()
    {
        await File.WriteAllTextAsync(_folder.At("target"), "old", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("target"));

        var refused = Assert.Throws<IOException>(() => Append(_folder.At("link"), "x"));

        Assert.Contains($"a symbolic link to {_folder.At("target")}", refused.Message, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(_folder.At("target"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Creates_no_file_through_a_dangling_link()
    {
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("new"));

        Assert.Throws<IOException>(() => Append(_folder.At("link"), "x"));

        Assert.False(File.Exists(_folder.At("new")));
    }

    private static void Append(string path, string text) =>
        AppendedFile.Append(path, text, TimeSpan.FromSeconds(30), TimeProvider.System);
}
