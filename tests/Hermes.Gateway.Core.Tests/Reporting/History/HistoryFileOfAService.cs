using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Reporting.History;

public sealed class HistoryFileOfAService : IDisposable
{
    private static readonly ServiceName Name = ServiceName.Create("my-gateway");

    private readonly TemporaryFolder _scratch = new();
    private readonly ServiceHistory _history;

    public HistoryFileOfAService() => _history = NewHistory();

    private string File => _scratch.At("state/hermes-gateway/.history/my-gateway.jsonl");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Each_entry_is_one_line_and_is_read_back()
    {
        Add(Entries.Changed(0));
        Add(Entries.Failed(1, "HGW4006"));

        Assert.Equal(["deploy changed 1", "deploy failed 1"], Entries.Format(Read()));
        Assert.Equal(Read().Select(entry => entry.ToLine()), await System.IO.File.ReadAllLinesAsync(File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Service_without_operations_has_an_empty_history() => Assert.Empty(Read());

    [Fact]
    public void Each_service_and_scope_has_its_own_file()
    {
        Add(Entries.Changed(0));

        Assert.Empty(_history.Read(ServiceScope.User, ServiceName.Create("another")));
        Assert.NotEqual(_history.PathOf(ServiceScope.User, Name), _history.PathOf(ServiceScope.System, Name));
    }

    [Fact]
    public void File_is_readable_only_by_its_owner()
    {
        Add(Entries.Changed(0));
        Add(Entries.Changed(1));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            System.IO.File.GetUnixFileMode(Path.GetDirectoryName(File)!));
    }

    [Fact]
    public async Task Damaged_lines_are_skipped_and_the_next_entry_starts_a_new_line()
    {
        Add(Entries.Changed(0));
        await System.IO.File.AppendAllTextAsync(File, "{\"half\": \n\n\u0000\u0000\u0000\nnot json\n", TestContext.Current.CancellationToken);
        await System.IO.File.AppendAllTextAsync(File, Entries.Failed(1, "HGW4006").ToLine()[..40], TestContext.Current.CancellationToken);

        Assert.Equal(["deploy changed 1"], Entries.Format(Read()));
        Add(Entries.Changed(2));

        Assert.Equal(["deploy changed 1", "deploy changed 1"], Entries.Format(Read()));
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_skipped()
    {
        Add(Entries.Changed(0));
        await using (var file = new FileStream(File, FileMode.Append)) file.Write([0xff, 0xfe, 0xc3, (byte)'\n']);

        Assert.Single(Read());
    }

    [Fact]
    public async Task Only_the_end_of_a_huge_file_is_read()
    {
        Add(Entries.Changed(0));
        var filler = new string('x', 4 << 20);
        await System.IO.File.WriteAllTextAsync(
            File, $"{Entries.Changed(1).ToLine()}\n{filler}\n{Entries.Changed(2).ToLine()}\n", TestContext.Current.CancellationToken);

        Assert.Equal(Entries.Minute(2), Assert.Single(Read()).When);
    }

    [Fact]
    public void File_that_would_become_too_large_is_rewritten_with_the_newest_entries()
    {
        var lengths = new List<long>();
        for (var i = 0; i < 40; i++)
        {
            Add(Entries.Changed(i, padding: 60_000));
            lengths.Add(new FileInfo(File).Length);

            Assert.Equal(Entries.Minute(i), Read()[^1].When);
        }

        Assert.InRange(lengths.Max(), ServiceHistory.MaxEntryBytes, ServiceHistory.MaxFileBytes);
        // The file is rewritten several times, but not for each entry.
        Assert.InRange(lengths.Zip(lengths.Skip(1)).Count(pair => pair.Second < pair.First), 2, 4);
    }

    [Fact]
    public void Rewriting_the_file_merges_operations_without_changes()
    {
        Add(Entries.Failed(0, "HGW4006"));
        var count = 0;
        for (var length = 0L; new FileInfo(File).Length >= length; count++)
        {
            length = new FileInfo(File).Length;
            Add(Entries.NoOp(count + 1));
        }

        Assert.Equal(["deploy failed 1", $"deploy unchanged {count}"], Entries.Format(Read()));
        Assert.Equal(2, System.IO.File.ReadAllLines(File).Length);
    }

    [Fact]
    public async Task Concurrent_writers_lose_no_entry()
    {
        // As in separate processes, the writers share only the lock file.
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Bounds.Begin(
            () => NewHistory().Add(ServiceScope.User, Name, Entries.Failed(i, "HGW4006"))))).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 24).Select(Entries.Minute), Read().Select(entry => entry.When).Order());
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(File)!, "*.tmp"));
    }

    [Fact]
    public void Folder_at_the_path_of_the_file_is_an_error_and_is_kept()
    {
        Directory.CreateDirectory(File);

        var thrown = Record.Exception(() => Add(Entries.Changed(0)));

        Assert.True(thrown is IOException or UnauthorizedAccessException, $"{thrown}");
        Assert.True(Directory.Exists(File));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(File)!, "*.tmp"));
    }

    [Fact]
    public void Folder_to_flush_is_returned_only_for_a_new_file()
    {
        var folder = Path.GetDirectoryName(_history.PathOf(ServiceScope.User, Name));

        Assert.Equal(folder, Add(Entries.Changed(0)));
        Assert.Null(Add(Entries.Changed(1)));
        System.IO.File.Delete(File);
        Assert.Equal(folder, Add(Entries.Changed(2)));
    }

    [Fact]
    public async Task Entry_is_appended_to_the_existing_file()
    {
        Add(Entries.Changed(0));
        await using var opened = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(opened);
        var before = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Add(Entries.Failed(1, "HGW4006"));

        Assert.Equal(Entries.Failed(1, "HGW4006").ToLine() + "\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Entries.Changed(0).ToLine() + "\n", before);
    }

    [Fact]
    public void History_is_kept_when_the_state_of_the_service_is_deleted()
    {
        Add(Entries.Changed(0));
        var store = new ServiceStore(Sample.Host(_scratch.At(".")), new ManualClock());
        store.WriteVerifiedStart(Sample.Definition(), new VerifiedStart("i", "s"));

        store.DeleteState(Sample.Definition());

        Assert.Single(Read());
    }

    private ServiceHistory NewHistory() => new(Sample.Host(_scratch.At(".")), TimeProvider.System);

    private string? Add(HistoryEntry entry) => _history.Add(ServiceScope.User, Name, entry);

    private ImmutableArray<HistoryEntry> Read() => _history.Read(ServiceScope.User, Name);
}
