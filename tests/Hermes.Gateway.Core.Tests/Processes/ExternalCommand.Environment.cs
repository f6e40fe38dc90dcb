using System.Collections.Immutable;
using System.Diagnostics;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed partial class ExternalCommand
{
    [Fact]
    public void Inherits_the_environment_of_the_start_information()
    {
        var runner = CreateRunner(() =>
        {
            var start = new ProcessStartInfo();
            start.Environment.Clear();
            start.Environment["HGW_GIVEN"] = "1";
            start.Environment["LC_ALL"] = "de_DE.UTF-8";
            return start;
        });

        var request = Dummy.Shell("exec /usr/bin/env") with
        {
            Environment = ImmutableDictionary<string, string?>.Empty.Add("HGW_ADDED", "2"),
        };
        var result = Bounds.Within(() => runner.Run(request, TestContext.Current.CancellationToken));

        // The shell adds variables.
        var lines = result.StandardOutput.Split('\n');
        Assert.Superset(new HashSet<string> { "HGW_GIVEN=1", "HGW_ADDED=2", "LC_ALL=C" }, lines.ToHashSet());
        Assert.DoesNotContain(lines, line => line.StartsWith("HOME=", StringComparison.Ordinal));
    }

    [Fact]
    public void Is_stopped_at_the_timeout_by_the_given_clock()
    {
        using var witness = new ProcessWitness();
        var runner = CreateRunner(time: new AcceleratedTime());
        var request = Dummy.Request("wait-stubbornly", witness.Address) with
        {
            Timeout = TimeSpan.FromHours(10),
            GracePeriod = TimeSpan.FromHours(1),
        };

        var result = Bounds.Within(() => runner.Run(request, TestContext.Current.CancellationToken));

        Assert.Equal(CommandEnd.TimedOut, result.End);
    }

    /// <summary>A clock by which ten hours last a second and a third.</summary>
    private sealed class AcceleratedTime : TimeProvider
    {
        private const int Factor = 27_000;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / Factor : dueTime, period);
    }
}
