using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class StateOfAService : IDisposable
{
    private readonly TemporaryFolder _scratch = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceStore _store;

    public StateOfAService() => _store = new ServiceStore(Sample.Host(_scratch.At(".")), _clock);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Creates_the_folder_of_a_new_definition_and_makes_no_copy()
    {
        Assert.Null(Write("a/b/f.service", "new", null));
        Assert.Equal("new", File.ReadAllText(_scratch.At("a/b/f.service")));
    }

    [Fact]
    public void Keeps_an_exact_copy_of_a_replaced_definition()
    {
        var copy = Write("f.service", "new", "old\r\n# mine");

        Assert.Equal("old\r\n# mine", File.ReadAllText(copy!));
        Assert.StartsWith(_store.FolderOf(Sample.Definition()), copy, StringComparison.Ordinal);
        Assert.EndsWith("f.service", copy, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_the_ten_latest_copies()
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
    public void Keeps_the_old_entry_when_the_write_fails()
    {
        Directory.CreateDirectory(_scratch.At("f.service"));

        var thrown = Record.Exception(() => Write("f.service", "new", "old"));

        Assert.True(thrown is IOException or UnauthorizedAccessException, $"{thrown}");
        Assert.True(Directory.Exists(_scratch.At("f.service")));
    }

    [Fact]
    public void Refuses_a_definition_that_is_too_long_to_be_read_again()
    {
        File.WriteAllText(_scratch.At("f.service"), "old");

        Assert.Throws<IOException>(() => Write("f.service", new string('#', 5 << 20), "old"));

        Assert.Equal("old", File.ReadAllText(_scratch.At("f.service")));
    }

    [Fact]
    public void Returns_the_stored_verified_start()
    {
        var (one, other) = (Sample.Definition("one"), Sample.Definition("other"));
        Assert.Null(_store.ReadVerifiedStart(one));

        _store.WriteVerifiedStart(one, new VerifiedStart("i1", "1:0123456789abcdef:r1"));
        _store.WriteVerifiedStart(one, new VerifiedStart("i2", "1:0123456789abcdef:r2"));

        Assert.Equal(new VerifiedStart("i2", "1:0123456789abcdef:r2"), _store.ReadVerifiedStart(one));
        Assert.Null(_store.ReadVerifiedStart(other));

        foreach (var dropIns in new[] { "", "0123456789abcdef" })
        {
            _store.WriteVerifiedStart(one, new VerifiedStart("i2", "1:0123456789abcdef:r2", dropIns));
            Assert.Equal(dropIns, _store.ReadVerifiedStart(one)?.DropIns);
        }
    }

    [Fact]
    public void Ignores_a_damaged_verified_start()
    {
        _store.WriteVerifiedStart(Sample.Definition(), new VerifiedStart("i", "s"));
        var file = Directory.GetFiles(_store.FolderOf(Sample.Definition())).Single();
        foreach (var text in new[] { "", "i", "i\ns\nmore\nmore\n", new string((char)0, 70) })
        {
            File.WriteAllText(file, text);
            Assert.Null(_store.ReadVerifiedStart(Sample.Definition()));
        }
    }

    [Fact]
    public void Ignores_a_failure_to_store_a_verified_start()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_store.FolderOf(Sample.Definition()))!);
        File.WriteAllText(_store.FolderOf(Sample.Definition()), "a file where a folder is needed");

        _store.WriteVerifiedStart(Sample.Definition(), new VerifiedStart("i", "s"));

        Assert.Null(_store.ReadVerifiedStart(Sample.Definition()));
    }

    [Theory]
    [InlineData("my-gateway")]
    [InlineData("locks")]
    [InlineData("backups")]
    public void Is_deleted_without_the_locks_of_other_services(string name)
    {
        using var held = _store.Lock(Sample.Desired(Sample.Definition("another")), TimeSpan.Zero, TestContext.Current.CancellationToken);
        _store.WriteVerifiedStart(Sample.Definition(name), new VerifiedStart("i", "s"));

        _store.DeleteState(Sample.Definition(name));

        Assert.False(Directory.Exists(_store.FolderOf(Sample.Definition(name))));
        Assert.Throws<LockHeldException>(() =>
            _store.Lock(Sample.Desired(Sample.Definition("another")), TimeSpan.Zero, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Keeps_all_copies_of_definitions_that_Hermes_Gateway_did_not_write()
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
    public void Keeps_a_private_definition_and_its_copies_private()
    {
        File.WriteAllText(_scratch.At("f.service"), "old");
        File.SetUnixFileMode(_scratch.At("f.service"), AtomicFile.Private);

        var copy = Write("f.service", "new", "old");

        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(_scratch.At("f.service")));
        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(copy!));
        Assert.True(ServiceStore.RestoreDefinition(new RestorableState(_scratch.At("f.service"), "old", null, null, false), "new"));
        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(_scratch.At("f.service")));
    }

    [Fact]
    public void Makes_a_private_definition_public_for_a_manager_that_would_not_load_it()
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
        new InstalledFacts(old is null ? InstalledKind.Missing : InstalledKind.Present, old, null, false, ""), isOthers, keepsTime: false);
}
