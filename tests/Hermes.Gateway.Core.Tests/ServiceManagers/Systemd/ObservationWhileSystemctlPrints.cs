using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public class ObservationWhileSystemctlPrints
{
    private static readonly DesiredService[] Services =
        [.. Enumerable.Range(0, 5).Select(i => Sample.Desired(Sample.Definition($"service-{i}")))];

    private static string Unit(int i) => $"Id=service-{i}.service\nMainPID={i}\n\n";

    private static ServiceObservation Observe(DesiredService service, UnitProperties unit) =>
        Seen.AllCurrent(service) with { DefinitionPath = unit["Id"] };

    [Fact]
    public async Task Starts_before_the_next_unit_is_printed()
    {
        using var seen = new SemaphoreSlim(0);
        using var observer = new StreamingObserver(Services, (service, unit) =>
        {
            seen.Release();
            return Observe(service, unit);
        });

        for (var i = 0; i < Services.Length; i++)
        {
            observer.Add(Unit(i));
            Assert.True(await seen.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
        }

        Assert.Equal(Services.Length, Complete(observer).Count);
        Assert.Equal(
            Services.Select(service => service.Definition.UnitName),
            Enumerable.Range(0, Services.Length).Select(i => observer.Observation(i)!.DefinitionPath));
    }

    [Fact]
    public async Task Never_delays_reading_the_output()
    {
        using var gate = new ManualResetEventSlim();
        using var observer = new StreamingObserver(Services, (service, unit) =>
        {
            gate.Wait(Bounds.Test);
            return Observe(service, unit);
        });

        await Task.Run(() => observer.Add(string.Concat(Enumerable.Range(0, Services.Length).Select(Unit))), TestContext.Current.CancellationToken)
            .WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);
        gate.Set();
        Bounds.Within(() => observer.Complete());

        Assert.All(Services, (_, i) => Assert.NotNull(observer.Observation(i)));
    }

    [Fact]
    public void Leaves_out_a_service_that_has_to_wait_for_the_end()
    {
        using var observer = new StreamingObserver(Services, (service, unit) => unit["MainPID"] == "2" ? null : Observe(service, unit));

        observer.Add(string.Concat(Enumerable.Range(0, Services.Length).Select(Unit)));

        Assert.Equal("service-2.service", Complete(observer)[2]["Id"]);
        Assert.All(Services, (_, i) => Assert.Equal(i == 2, observer.Observation(i) is null));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(6)]
    public void Gives_all_units_even_if_their_number_differs_from_the_services(int count)
    {
        using var observer = new StreamingObserver(Services, Observe);

        observer.Add(string.Concat(Enumerable.Range(0, count).Select(Unit)));

        Assert.Equal(count, Complete(observer).Count);
    }

    [Fact]
    public void Throws_its_exception_unwrapped()
    {
        using var observer = new StreamingObserver(Services, (service, unit) =>
            unit["MainPID"] == "1" ? throw new InvalidDataException("a defect") : Observe(service, unit));

        observer.Add(string.Concat(Enumerable.Range(0, Services.Length).Select(Unit)));

        Assert.Throws<InvalidDataException>(() => Bounds.Within(() => observer.Complete()));
    }

    [Fact]
    public async Task Stops_after_the_running_service_when_disposed()
    {
        using var begun = new SemaphoreSlim(0);
        using var gate = new ManualResetEventSlim();
        var count = 0;
        using var observer = new StreamingObserver(Services, (service, unit) =>
        {
            Interlocked.Increment(ref count);
            begun.Release();
            gate.Wait(Bounds.Test);
            return Observe(service, unit);
        });

        observer.Add(string.Concat(Enumerable.Range(0, Services.Length).Select(Unit)));
        Assert.True(await begun.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
        var disposing = new Thread(observer.Dispose);
        disposing.Start();
        // It waits for the first observation.
        await Bounds.UntilAsync(() => disposing.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin));
        gate.Set();
        Assert.True(disposing.Join(Bounds.Test));

        Assert.Equal(1, count);
    }

    private static IReadOnlyList<UnitProperties> Complete(StreamingObserver observer) => Bounds.Within(observer.Complete);
}
