using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class ServiceLockTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_lock_that_was_given_back_can_be_taken_again()
    {
        Take(TimeSpan.Zero).Dispose();
        Take(TimeSpan.Zero).Dispose();
    }

    [Fact]
    public void A_lock_that_stays_taken_is_an_error_that_names_its_holder()
    {
        using var held = Take(TimeSpan.Zero);
        var thrown = Assert.Throws<LockHeldException>(() => Take(TimeSpan.FromMilliseconds(120)));
        Assert.StartsWith($"process {Environment.ProcessId} of {Environment.UserName}, since ", thrown.Holder, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_it_back_and_wants_it_again_at_once_waits_behind_the_one_who_waits()
    {
        var held = Take(TimeSpan.Zero);
        var patient = Bounds.Begin(() => Take(Bounds.Test));
        await SomebodyIsNextAsync();

        held.Dispose();
        var again = Bounds.Begin(() => Take(Bounds.Test));

        Assert.Same(patient, await Task.WhenAny(patient, again).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
        (await patient).Dispose();
        (await again.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public void Who_waits_and_gives_up_keeps_nobody_waiting()
    {
        var held = Take(TimeSpan.Zero);
        Assert.Throws<LockHeldException>(() => Take(TimeSpan.FromMilliseconds(1)));
        held.Dispose();

        Take(TimeSpan.Zero).Dispose();
    }

    [Fact]
    public async Task The_second_waits_and_gets_it()
    {
        var held = Take(TimeSpan.Zero);
        var second = Bounds.Begin(() => Take(Bounds.Test));
        await SomebodyIsNextAsync();
        Assert.False(second.IsCompleted);

        held.Dispose();

        (await second.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task Of_many_at_once_one_at_a_time_holds_it()
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
    public async Task Waiting_for_it_can_be_cancelled()
    {
        using var held = Take(TimeSpan.Zero);
        using var cancellation = new CancellationTokenSource();
        var second = Bounds.Begin(() => ServiceLock.Take(_scratch.At("lock"), Bounds.Never, TimeProvider.System, cancellation.Token));
        await SomebodyIsNextAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Another_process_holds_it_and_nothing_is_left_when_that_is_killed()
    {
        // flock(1) takes the same lock as we do; the dummy that it becomes tells when it holds it.
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
    public void A_folder_that_is_missing_is_an_error_and_not_a_wait() => Assert.ThrowsAny<IOException>(() =>
        Bounds.Within(() => ServiceLock.Take(_scratch.At("no/lock"), Bounds.Never, TimeProvider.System, TestContext.Current.CancellationToken)));

    [Fact]
    public async Task A_holder_that_has_ended_is_not_named_as_the_present_one()
    {
        // As another process holds it, which has not signed yet, and the one before left its signature.
        using var held = Take(TimeSpan.Zero);
        using var ended = System.Diagnostics.Process.Start("true");
        await ended.WaitForExitAsync(TestContext.Current.CancellationToken);
        var signature = $"process {ended.Id} of somebody, since 2020-01-01 00:00:00Z";
        await File.WriteAllTextAsync(_scratch.At("signature"), signature + "\n", TestContext.Current.CancellationToken);
        // In place: a new file would not be locked.
        using (var copy = System.Diagnostics.Process.Start("sh", ["-c", "cat \"$0\" > \"$1\"", _scratch.At("signature"), _scratch.At("lock")]))
            await copy.WaitForExitAsync(TestContext.Current.CancellationToken);

        var thrown = Assert.Throws<LockHeldException>(() => Take(TimeSpan.Zero));

        Assert.Equal($"another process; last held by {signature}, which has ended", thrown.Holder);
    }

    [Fact]
    public async Task A_process_id_that_was_given_again_is_not_the_holder()
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
    public async Task A_lock_file_that_is_a_link_is_refused_and_what_it_leads_to_is_neither_written_nor_made(string name)
    {
        await File.WriteAllTextAsync(_scratch.At("victim"), "untouched", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(_scratch.At(name), _scratch.At("victim"));
        Assert.Throws<UntrustedPathException>(() => Take(TimeSpan.Zero));
        Assert.Equal("untouched", await File.ReadAllTextAsync(_scratch.At("victim"), TestContext.Current.CancellationToken));

        File.Delete(_scratch.At("victim"));
        Assert.Throws<UntrustedPathException>(() => Take(TimeSpan.Zero));
        Assert.False(File.Exists(_scratch.At("victim")));
    }

    private Task SomebodyIsNextAsync() => Bounds.UntilAsync(() => ServiceLock.IsHeld(_scratch.At("lock.next")));

    private ServiceLock Take(TimeSpan atMost) =>
        ServiceLock.Take(_scratch.At("lock"), atMost, TimeProvider.System, TestContext.Current.CancellationToken);
}
