using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>The revision of a release is a hash of the published files.</summary>
public sealed class RevisionOfPublishedFiles : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Same_files_in_another_folder_at_another_time_have_the_same_revision()
    {
        var (one, other) = (Publish("one"), Publish("other"));
        File.SetLastWriteTimeUtc(Path.Combine(other, "App"), DateTime.UtcNow.AddYears(-1));

        Assert.Equal(ReleaseContent.Of(one).Revision, ReleaseContent.Of(other).Revision);
        Assert.True(ReleaseContent.IsRevision(ReleaseContent.Of(one).Revision));
    }

    public static TheoryData<string, Action<string>> Changes => new()
    {
        { "content", folder => File.AppendAllText(Path.Combine(folder, "App.dll"), "x") },
        { "name", folder => File.Move(Path.Combine(folder, "App.dll"), Path.Combine(folder, "Api.dll")) },
        { "folder", folder => Directory.Move(Path.Combine(folder, "wwwroot"), Path.Combine(folder, "static")) },
        { "added file", folder => File.WriteAllText(Path.Combine(folder, "wwwroot", "new.css"), "") },
        { "removed file", folder => File.Delete(Path.Combine(folder, "wwwroot", "index.html")) },
        { "executable bit", folder => File.SetUnixFileMode(Path.Combine(folder, "App"), UnixFileMode.UserRead | UnixFileMode.UserWrite) },
        { "target of a link", folder =>
            {
                File.Delete(Path.Combine(folder, "link"));
                File.CreateSymbolicLink(Path.Combine(folder, "link"), "App.dll");
            }
        },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Changed_file_gives_another_revision(string what, Action<string> change)
    {
        var folder = Publish("one");
        var before = ReleaseContent.Of(folder).Revision;

        change(folder);

        Assert.True(before != ReleaseContent.Of(folder).Revision, what);
    }

    [Fact]
    public void Times_of_compressed_assets_do_not_count_and_their_hashes_do()
    {
        var folder = Publish("one");
        var before = WithAssets("Mon, 30 Nov 2026 19:59:34 GMT", "abc");

        Assert.Equal(before, WithAssets("Mon, 30 Nov 2026 20:11:00 GMT", "abc"));
        Assert.NotEqual(before, WithAssets("Mon, 30 Nov 2026 19:59:34 GMT", "abd"));

        string WithAssets(string time, string hash)
        {
            File.WriteAllText(
                Path.Combine(folder, "App.staticwebassets.endpoints.json"),
                $$"""{"Endpoints":[{"ResponseHeaders":[{"Name":"ETag","Value":"{{hash}}"},{"Name":"Last-Modified","Value":"{{time}}"}]}]}""");
            return ReleaseContent.Of(folder).Revision;
        }
    }

    [Fact]
    public void Pipe_among_the_files_is_an_error_and_is_not_opened()
    {
        var folder = Publish("one");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(folder, "pipe")])) mkfifo.WaitForExit();

        var error = Assert.Throws<IOException>(() => ReleaseContent.Of(folder));

        Assert.Contains("pipe is neither a regular file nor a link to a file", error.Message, StringComparison.Ordinal);
    }

    private string Publish(string name)
    {
        var folder = _scratch.At(name);
        PublishedSample.Write(folder, "1");
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "App");
        return folder;
    }
}
