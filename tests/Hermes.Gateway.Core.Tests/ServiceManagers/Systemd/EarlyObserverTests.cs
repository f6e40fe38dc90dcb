using System.Collections.Immutable;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public class EarlyObserverTests
{
    private static readonly ImmutableArray<DesiredService> Services =
        [.. Enumerable.Range(0, 5).Select(i => Sample.Desired(Sample.Definition($"service-{i}")))];

    private static string Block(int i) => $"Id=service-{i}.service\nMainPID={i}\n\n";

    private static ServiceObservation Of(DesiredService service, ImmutableDictionary<string, string> block) =>
        Seen.AllCurrent(service) with { DefinitionPath = block["Id"] };

    [Fact]
    public async Task A_service_is_observed_before_the_next_one_is_printed()
    {
        using var seen = new SemaphoreSlim(0);
        var early = new EarlyObserver(Services, (service, block) =>
        {
            seen.Release();
            return Of(service, block);
        });

        for (var i = 0; i < Services.Length; i++)
        {
            early.Add(Block(i));
            Assert.True(await seen.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
        }

        Bounds.Within(() => early.Complete());
        Assert.True(early.IsAnswer);
        Assert.Equal(
            Services.Select(service => service.Definition.UnitName),
            Enumerable.Range(0, Services.Length).Select(i => early.Seen(i)!.DefinitionPath));
    }

    [Fact]
    public async Task Who_prints_never_waits_for_who_observes()
    {
        using var gate = new ManualResetEventSlim();
        var early = new EarlyObserver(Services, (service, block) =>
        {
            gate.Wait(Bounds.Test);
            return Of(service, block);
        });

        await Task.Run(() => early.Add(string.Concat(Enumerable.Range(0, Services.Length).Select(Block))), TestContext.Current.CancellationToken)
            .WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);
        gate.Set();
        Bounds.Within(() => early.Complete());

        Assert.All(Services, (_, i) => Assert.NotNull(early.Seen(i)));
    }

    [Fact]
    public void What_cannot_be_observed_yet_is_left_with_its_block()
    {
        var early = new EarlyObserver(Services, (service, block) => block["MainPID"] == "2" ? null : Of(service, block));

        early.Add(string.Concat(Enumerable.Range(0, Services.Length).Select(Block)));
        Bounds.Within(() => early.Complete());

        Assert.All(Services, (_, i) => Assert.Equal(i == 2, early.Seen(i) is null));
        Assert.Equal("service-2.service", early.Left(2)["Id"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(6)]
    public void Another_number_of_blocks_is_no_answer(int count)
    {
        var early = new EarlyObserver(Services, Of);

        early.Add(string.Concat(Enumerable.Range(0, count).Select(Block)));
        Bounds.Within(() => early.Complete());

        Assert.False(early.IsAnswer);
    }

    [Fact]
    public void A_defect_while_observing_is_thrown_as_it_is()
    {
        var early = new EarlyObserver(Services, (service, block) =>
            block["MainPID"] == "1" ? throw new InvalidDataException("a defect") : Of(service, block));

        early.Add(string.Concat(Enumerable.Range(0, Services.Length).Select(Block)));

        Assert.Throws<InvalidDataException>(() => Bounds.Within(() => early.Complete()));
    }

    [Fact]
    public async Task What_is_dropped_is_not_observed_any_more()
    {
        using var begun = new SemaphoreSlim(0);
        using var gate = new ManualResetEventSlim();
        var count = 0;
        var early = new EarlyObserver(Services, (service, block) =>
        {
            Interlocked.Increment(ref count);
            begun.Release();
            gate.Wait(Bounds.Test);
            return Of(service, block);
        });

        early.Add(string.Concat(Enumerable.Range(0, Services.Length).Select(Block)));
        Assert.True(await begun.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
        var dropping = new Thread(early.Drop);
        dropping.Start();
        // It has taken the rest out of the queue, and waits for the first observation.
        await Bounds.UntilAsync(() => dropping.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin));
        gate.Set();
        Assert.True(dropping.Join(Bounds.Test));

        Assert.Equal(1, count);
    }
}
