using System.Diagnostics;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

/// <summary>Compiled only with <c>-p:UseCliWrap=true</c>.</summary>
public sealed class CliWrapProcessRunnerTests : ProcessRunnerContract
{
    protected override IProcessRunner CreateRunner(Func<ProcessStartInfo>? newStartInfo = null, TimeProvider? time = null) =>
        new CliWrapProcessRunner(newStartInfo, time);
}
