using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class AppendedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_appended_begins_on_a_line_of_its_own()
    {
        var path = _folder.At("summary.md");
        Append(path, "# One\n");
        Assert.Equal("# One\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        await File.AppendAllTextAsync(path, "no line break", TestContext.Current.CancellationToken);

        Append(path, "# Two é\n");

        Assert.Equal("# One\nno line break\n# Two é\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Many_that_append_at_once_lose_nothing()
    {
        var path = _folder.At("summary.md");
        var texts = Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 5000)).ToList();

        await Task.WhenAll(texts.Select(text => Bounds.Begin(() => Append(path, text + "\n"))))
            .WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);

        Assert.Equal(
            texts, (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)).Where(line => line.Length > 0).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_that_another_holds_all_the_time_is_given_up()
    {
        var path = _folder.At("summary.md");
        await using var held = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

        Assert.Throws<IOException>(() =>
            Bounds.Within(() => AppendedFile.Append(path, "x", TimeSpan.FromMilliseconds(50), TimeProvider.System)));
    }

    [Fact]
    public async Task A_symbolic_link_is_refused_and_its_target_stays_as_it_is()
    {
        await File.WriteAllTextAsync(_folder.At("target"), "old", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("target"));

        var refused = Assert.Throws<IOException>(() => Append(_folder.At("link"), "x"));

        Assert.Contains($"a symbolic link to {_folder.At("target")}", refused.Message, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(_folder.At("target"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_new_file_is_not_created_through_a_dangling_link()
    {
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("new"));

        Assert.Throws<IOException>(() => Append(_folder.At("link"), "x"));

        Assert.False(File.Exists(_folder.At("new")));
    }

    private static void Append(string path, string text) =>
        AppendedFile.Append(path, text, TimeSpan.FromSeconds(30), TimeProvider.System);
}
