using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class LockOfAService : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Can_be_taken_again_after_its_release()
    {
        Take(TimeSpan.Zero).Dispose();
        Take(TimeSpan.Zero).Dispose();
    }

    [Fact]
    public void Fails_with_the_name_of_the_holder_while_it_is_held()
    {
        using var held = Take(TimeSpan.Zero);
        var thrown = Assert.Throws<LockHeldException>(() => Take(TimeSpan.FromMilliseconds(120)));
        Assert.StartsWith($"process {Environment.ProcessId} of {Environment.UserName}, since ", thrown.Holder, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_taken_by_the_waiting_operation_before_the_previous_holder()
    {
        var held = Take(TimeSpan.Zero);
        var waiting = Bounds.Begin(() => Take(Bounds.Test));
        await NextInLineWaitsAsync();

        held.Dispose();
        var again = Bounds.Begin(() => Take(Bounds.Test));

        Assert.Same(waiting, await Task.WhenAny(waiting, again).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
        (await waiting).Dispose();
        (await again.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public void Is_free_after_a_waiting_operation_gave_up()
    {
        var held = Take(TimeSpan.Zero);
        Assert.Throws<LockHeldException>(() => Take(TimeSpan.FromMilliseconds(1)));
        held.Dispose();

        Take(TimeSpan.Zero).Dispose();
    }

    [Fact]
    public async Task Is_taken_by_a_waiting_operation_after_the_release()
    {
        var held = Take(TimeSpan.Zero);
        var second = Bounds.Begin(() => Take(Bounds.Test));
        await NextInLineWaitsAsync();
        Assert.False(second.IsCompleted);

        held.Dispose();

        (await second.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task Has_one_holder_at_a_time()
    {
        var holders = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Bounds.Begin(() =>
        {
            using var held = Take(Bounds.Test);
            Assert.Equal(1, Interlocked.Increment(ref holders));
            Thread.Yield();
            Interlocked.Decrement(ref holders);
        }))).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        using var held = Take(TimeSpan.Zero);
        using var cancellation = new CancellationTokenSource();
        var second = Bounds.Begin(() => ServiceLock.Take(_scratch.At("lock"), Bounds.Never, TimeProvider.System, cancellation.Token));
        await NextInLineWaitsAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Is_free_after_the_holding_process_was_killed()
    {
        // flock(1) takes the same lock; the dummy that replaces the shell reports when it holds it.
        using var witness = new ProcessWitness();
        using var kill = new CancellationTokenSource();
        var holder = Bounds.Begin(() => new CliWrapProcessRunner().Run(
            Dummy.Shell("exec 9>\"$1\" && flock -n 9 && exec \"$2\" wait \"$3\"", _scratch.At("lock"), Dummy.Program, witness.Address)
                with { GracePeriod = TimeSpan.Zero },
            kill.Token));
        await witness.ReadyAsync();
        Assert.Throws<LockHeldException>(() => Take(TimeSpan.Zero));

        await kill.CancelAsync();
        await holder.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);

        Take(Bounds.Soon).Dispose();
    }

    [Fact]
    public void Fails_without_waiting_for_a_missing_folder() => Assert.ThrowsAny<IOException>(() =>
        Bounds.Within(() => ServiceLock.Take(_scratch.At("no/lock"), Bounds.Never, TimeProvider.System, TestContext.Current.CancellationToken)));

    [Fact]
    public async Task Reports_an_ended_holder_as_the_last_holder()
    {
        // The state while another process holds the lock and has not signed yet: the signature is that of the last holder.
        using var held = Take(TimeSpan.Zero);
        using var ended = System.Diagnostics.Process.Start("true");
        await ended.WaitForExitAsync(TestContext.Current.CancellationToken);
        var signature = $"process {ended.Id} of somebody, since 2020-01-01 00:00:00Z";
        await File.WriteAllTextAsync(_scratch.At("signature"), signature + "\n", TestContext.Current.CancellationToken);
        // Overwrites the file in place, because a new file would not be locked.
        using (var copy = System.Diagnostics.Process.Start("sh", ["-c", "cat \"$0\" > \"$1\"", _scratch.At("signature"), _scratch.At("lock")]))
            await copy.WaitForExitAsync(TestContext.Current.CancellationToken);

        var thrown = Assert.Throws<LockHeldException>(() => Take(TimeSpan.Zero));

        Assert.Equal($"another process; last held by {signature}, which has ended", thrown.Holder);
    }

    [Fact]
    public async Task Recognizes_a_reused_process_id()
    {
        using var held = Take(TimeSpan.Zero);
        await File.WriteAllTextAsync(
            _scratch.At("signature"), $"process {Environment.ProcessId} of somebody, since 2020-01-01 00:00:00Z\n", TestContext.Current.CancellationToken);
        using (var copy = System.Diagnostics.Process.Start("sh", ["-c", "cat \"$0\" > \"$1\"", _scratch.At("signature"), _scratch.At("lock")]))
            await copy.WaitForExitAsync(TestContext.Current.CancellationToken);

        var thrown = Assert.Throws<LockHeldException>(() => Take(TimeSpan.Zero));

        Assert.StartsWith("another process; last held by ", thrown.Holder, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lock")]
    [InlineData("lock.next")]
    public async Task Is_refused_when_its_file_is_a_symbolic_link_whose_target_is_unchanged(string name)
    {
        await File.WriteAllTextAsync(_scratch.At("victim"), "untouched", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(_scratch.At(name), _scratch.At("victim"));
        Assert.Throws<UntrustedPathException>(() => Take(TimeSpan.Zero));
        Assert.Equal("untouched", await File.ReadAllTextAsync(_scratch.At("victim"), TestContext.Current.CancellationToken));

        File.Delete(_scratch.At("victim"));
        Assert.Throws<UntrustedPathException>(() => Take(TimeSpan.Zero));
        Assert.False(File.Exists(_scratch.At("victim")));
    }

    private Task NextInLineWaitsAsync() => Bounds.UntilAsync(() => ServiceLock.IsHeld(_scratch.At("lock.next")));

    private ServiceLock Take(TimeSpan atMost) =>
        ServiceLock.Take(_scratch.At("lock"), atMost, TimeProvider.System, TestContext.Current.CancellationToken);
}
