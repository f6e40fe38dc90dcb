using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class ServiceStoreTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceStore _store;

    public ServiceStoreTests() => _store = new ServiceStore(Sample.Host(_scratch.At(".")), _clock);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_new_definition_needs_no_folder_and_no_copy()
    {
        Assert.Null(Write("a/b/f.service", "new", null));
        Assert.Equal("new", File.ReadAllText(_scratch.At("a/b/f.service")));
    }

    [Fact]
    public void What_was_there_is_kept_as_it_was()
    {
        var copy = Write("f.service", "new", "old\r\n# mine");

        Assert.Equal("old\r\n# mine", File.ReadAllText(copy!));
        Assert.StartsWith(_store.FolderOf(Sample.Definition()), copy, StringComparison.Ordinal);
        Assert.EndsWith("f.service", copy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ten_latest_copies_are_kept()
    {
        for (var i = 0; i < 25; i++)
        {
            Write("f.service", $"{i + 1}", $"{i}");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            Enumerable.Range(15, 10).Select(i => $"{i}"),
            Directory.GetFiles(_store.BackupsOf(Sample.Definition())).Order(StringComparer.Ordinal).Select(File.ReadAllText));
    }

    [Fact]
    public void A_write_that_fails_leaves_what_was_there()
    {
        Directory.CreateDirectory(_scratch.At("f.service"));

        var thrown = Record.Exception(() => Write("f.service", "new", "old"));

        Assert.True(thrown is IOException or UnauthorizedAccessException, $"{thrown}");
        Assert.True(Directory.Exists(_scratch.At("f.service")));
    }

    [Fact]
    public void What_could_not_be_read_again_is_not_written()
    {
        File.WriteAllText(_scratch.At("f.service"), "old");

        Assert.Throws<IOException>(() => Write("f.service", new string('#', 5 << 20), "old"));

        Assert.Equal("old", File.ReadAllText(_scratch.At("f.service")));
    }

    [Fact]
    public void A_proof_is_read_back()
    {
        var (one, other) = (Sample.Definition("one"), Sample.Definition("other"));
        Assert.Null(_store.ReadVerifiedStart(one));

        _store.WriteVerifiedStart(one, new Proof("i1", "1:0123456789abcdef:r1"));
        _store.WriteVerifiedStart(one, new Proof("i2", "1:0123456789abcdef:r2"));

        Assert.Equal(new Proof("i2", "1:0123456789abcdef:r2"), _store.ReadVerifiedStart(one));
        Assert.Null(_store.ReadVerifiedStart(other));

        foreach (var overrides in new[] { "", "0123456789abcdef" })
        {
            _store.WriteVerifiedStart(one, new Proof("i2", "1:0123456789abcdef:r2", overrides));
            Assert.Equal(overrides, _store.ReadVerifiedStart(one)?.Overrides);
        }
    }

    [Fact]
    public void A_broken_proof_proves_nothing()
    {
        _store.WriteVerifiedStart(Sample.Definition(), new Proof("i", "s"));
        var file = Directory.GetFiles(_store.FolderOf(Sample.Definition())).Single();
        foreach (var text in new[] { "", "i", "i\ns\nmore\nmore\n", new string((char)0, 70) })
        {
            File.WriteAllText(file, text);
            Assert.Null(_store.ReadVerifiedStart(Sample.Definition()));
        }
    }

    [Fact]
    public void A_proof_that_cannot_be_kept_is_no_failure()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_store.FolderOf(Sample.Definition()))!);
        File.WriteAllText(_store.FolderOf(Sample.Definition()), "a file where a folder is needed");

        _store.WriteVerifiedStart(Sample.Definition(), new Proof("i", "s"));

        Assert.Null(_store.ReadVerifiedStart(Sample.Definition()));
    }

    [Theory]
    [InlineData("my-gateway")]
    [InlineData("locks")]
    [InlineData("backups")]
    public void Forgetting_one_service_leaves_the_locks_of_the_others(string name)
    {
        using var held = _store.Lock(Sample.Desired(Sample.Definition("another")), TimeSpan.Zero, TestContext.Current.CancellationToken);
        _store.WriteVerifiedStart(Sample.Definition(name), new Proof("i", "s"));

        _store.DeleteState(Sample.Definition(name));

        Assert.False(Directory.Exists(_store.FolderOf(Sample.Definition(name))));
        Assert.Throws<LockHeldException>(() =>
            _store.Lock(Sample.Desired(Sample.Definition("another")), TimeSpan.Zero, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void What_others_wrote_is_kept_for_good()
    {
        for (var i = 0; i < 12; i++)
        {
            Write("f.service", "new", $"{i}", isOthers: true);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _store.DeleteState(Sample.Definition());

        Assert.Equal(12, Directory.GetFiles(_store.OriginalsOf(Sample.Definition())).Length);
    }

    [Fact]
    public void What_an_operator_keeps_private_stays_private_with_every_copy_of_it()
    {
        File.WriteAllText(_scratch.At("f.service"), "old");
        File.SetUnixFileMode(_scratch.At("f.service"), AtomicFile.Private);

        var copy = Write("f.service", "new", "old");

        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(_scratch.At("f.service")));
        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(copy!));
        Assert.True(ServiceStore.RestoreDefinition(new GoodState(_scratch.At("f.service"), "old", null, null, false), "new"));
        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(_scratch.At("f.service")));
    }

    [Fact]
    public void A_definition_that_the_manager_would_not_load_otherwise_is_readable_to_all()
    {
        File.WriteAllText(_scratch.At("f.service"), "old");
        File.SetUnixFileMode(_scratch.At("f.service"), AtomicFile.Private);
        Rules = new ManagerRules();

        Write("f.service", "new", "old");

        Assert.True(File.GetUnixFileMode(_scratch.At("f.service")).HasFlag(UnixFileMode.OtherRead));
    }

    private ManagerRules Rules { get; set; } = Sample.Desired().Rules;

    private string? Write(string name, string text, string? old, bool isOthers = false) => _store.WriteDefinition(
        Sample.Desired() with { Rules = Rules }, _scratch.At(name), text,
        new InstalledFacts(old is null ? InstalledKind.Missing : InstalledKind.Present, old, null, false, ""), isOthers);
}
