using System.Diagnostics;
using System.Text;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class PrivateStateFile : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Is_null_when_it_is_missing()
    {
        Assert.Null(PrivateFile.ReadAll(At("file"), 10));
        Assert.Null(PrivateFile.OpenForWriting(At("file")));
        Assert.Null(PrivateFile.ReadAll(At("file/file"), 10));
    }

    [Fact]
    public void Is_created_for_its_owner_only()
    {
        PrivateFile.OpenOrCreate(At("file")).Dispose();

        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(At("file")));
    }

    [Fact]
    public void Is_read_whole_and_refused_beyond_the_bound()
    {
        Write("file", "text");

        Assert.Equal("text", Encoding.UTF8.GetString(PrivateFile.ReadAll(At("file"), 4)!));
        Assert.Throws<IOException>(() => PrivateFile.ReadAll(At("file"), 3));
    }

    [Fact]
    public void Is_refused_when_it_is_a_symbolic_link_whose_target_is_unchanged()
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
    public async Task Is_refused_without_waiting_when_it_is_a_pipe()
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
    public void Is_refused_when_it_is_a_folder_or_a_device()
    {
        Assert.Throws<UntrustedPathException>(() => PrivateFile.ReadAll(At("."), 100));
        Assert.Throws<UntrustedPathException>(() => PrivateFile.OpenOrCreate("/dev/null"));
    }

    [Fact]
    public void Is_refused_for_reading_and_repaired_for_locking_when_others_can_write_to_it()
    {
        Write("file", "text");
        File.SetUnixFileMode(At("file"), AtomicFile.Private | UnixFileMode.OtherWrite);
        Assert.Throws<UntrustedPathException>(() => PrivateFile.ReadAll(At("file"), 100));

        PrivateFile.OpenOrCreate(At("file")).Dispose();

        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(At("file")));
        Assert.NotNull(PrivateFile.ReadAll(At("file"), 100));
    }

    [Fact]
    public void Is_refused_when_it_belongs_to_another_account()
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
