using System.Diagnostics;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed class SystemProcessRunnerTests : ProcessRunnerContract
{
    protected override IProcessRunner CreateRunner(Func<ProcessStartInfo>? newStartInfo = null, TimeProvider? time = null) =>
        new SystemProcessRunner(newStartInfo, time);
}
