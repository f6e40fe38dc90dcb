using System.Diagnostics;
using System.Text;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class PrivateFileTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_missing_file_is_returned_as_null()
    {
        Assert.Null(PrivateFile.ReadAll(At("file"), 10));
        Assert.Null(PrivateFile.OpenForWriting(At("file")));
        Assert.Null(PrivateFile.ReadAll(At("file/file"), 10));
    }

    [Fact]
    public void A_new_file_is_its_owners_alone()
    {
        PrivateFile.OpenOrCreate(At("file")).Dispose();

        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(At("file")));
    }

    [Fact]
    public void A_file_is_read_whole_and_never_beyond_the_bound()
    {
        Write("file", "text");

        Assert.Equal("text", Encoding.UTF8.GetString(PrivateFile.ReadAll(At("file"), 4)!));
        Assert.Throws<IOException>(() => PrivateFile.ReadAll(At("file"), 3));
    }

    [Fact]
    public void A_link_is_refused_and_what_it_leads_to_stays_as_it_is()
    {
        Write("victim", "untouched");
        File.CreateSymbolicLink(At("file"), At("victim"));
        File.CreateSymbolicLink(At("dangling"), At("new"));

        foreach (var name in new[] { "file", "dangling" })
        {
            Assert.Throws<UntrustedPathException>(() => PrivateFile.ReadAll(At(name), 100));
            var refusal = Assert.Throws<UntrustedPathException>(() => PrivateFile.OpenOrCreate(At(name)));
            Assert.Equal($"mv {At(name)} {At(name)}.untrusted", refusal.Repair);
        }

        Assert.Equal("untouched", File.ReadAllText(At("victim")));
        Assert.False(File.Exists(At("new")));
    }

    [Fact]
    public async Task A_pipe_without_another_end_is_refused_at_once()
    {
        using var mkfifo = Process.Start("mkfifo", [At("pipe")]);
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        await Task.Run(() =>
        {
            Assert.Throws<UntrustedPathException>(() => PrivateFile.ReadAll(At("pipe"), 100));
            Assert.Throws<UntrustedPathException>(() => PrivateFile.OpenOrCreate(At("pipe")));
        }, TestContext.Current.CancellationToken).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_folder_and_a_device_are_refused()
    {
        Assert.Throws<UntrustedPathException>(() => PrivateFile.ReadAll(At("."), 100));
        Assert.Throws<UntrustedPathException>(() => PrivateFile.OpenOrCreate("/dev/null"));
    }

    [Fact]
    public void A_file_that_others_can_write_to_is_not_read_and_a_lock_that_they_can_write_to_is_closed()
    {
        Write("file", "text");
        File.SetUnixFileMode(At("file"), AtomicFile.Private | UnixFileMode.OtherWrite);
        Assert.Throws<UntrustedPathException>(() => PrivateFile.ReadAll(At("file"), 100));

        PrivateFile.OpenOrCreate(At("file")).Dispose();

        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(At("file")));
        Assert.NotNull(PrivateFile.ReadAll(At("file"), 100));
    }

    [Fact]
    public void A_file_of_another_account_is_refused()
    {
        Requires.Root();
        Write("file", "planted");
        FileOwner.GiveToNobody(At("file"));

        Assert.Throws<UntrustedPathException>(() => PrivateFile.ReadAll(At("file"), 100));
        var refusal = Assert.Throws<UntrustedPathException>(() => PrivateFile.OpenOrCreate(At("file")));
        Assert.Equal($"{At("file")} (mode 0600, owner nobody) is not trusted: it belongs to nobody", refusal.Message);
    }

    private void Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        File.SetUnixFileMode(At(name), AtomicFile.Private);
    }

    private string At(string name) => _scratch.At(name);
}
