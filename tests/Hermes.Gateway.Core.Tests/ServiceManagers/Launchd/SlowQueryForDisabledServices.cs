using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public sealed class SlowQueryForDisabledServices : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Half_of_the_time_is_left_for_the_query_of_the_job()
    {
        var clock = new ManualClock();
        var runner = new FakeRunner(request =>
        {
            if (request.Arguments[0] == "print-disabled") clock.Advance(request.Timeout);
            return FakeRunner.Exit(request, 1);
        });
        var manager = new LaunchdManager(Sample.Host(_scratch.At(".")), runner, ServiceScope.User, "/bin/launchctl");

        manager.Observe(
            [manager.Describe(Sample.Job())], new Deadline(clock, TimeSpan.FromSeconds(10)), TestContext.Current.CancellationToken);

        var prints = runner.Requests.Where(request => request.Arguments[0] == "print").ToList();
        Assert.NotEmpty(prints);
        Assert.All(prints, request => Assert.InRange(request.Timeout, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5)));
    }
}
