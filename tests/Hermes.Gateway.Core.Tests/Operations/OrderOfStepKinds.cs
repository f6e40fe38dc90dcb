using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>Steps are applied in the order in which <see cref="StepKind"/> declares their kinds. A kind that is inserted elsewhere
/// must keep these relations.</summary>
public sealed class OrderOfStepKinds
{
    [Theory]
    [InlineData(StepKind.RunWithoutLogin, StepKind.Write)]  // it may start the manager; then services are observed again
    [InlineData(StepKind.Stop, StepKind.Remove)]            // the process is ended while the manager has its definition
    [InlineData(StepKind.Disable, StepKind.Remove)]         // systemctl disable fails for a unit whose file does not exist
    [InlineData(StepKind.Remove, StepKind.Unload)]          // the manager reads that the file is gone
    [InlineData(StepKind.Write, StepKind.Load)]
    [InlineData(StepKind.Enable, StepKind.Load)]            // launchd refuses to load a disabled service
    [InlineData(StepKind.Load, StepKind.ClearFailure)]
    [InlineData(StepKind.ClearFailure, StepKind.Start)]     // the start limit would refuse the start
    [InlineData(StepKind.ClearFailure, StepKind.Restart)]
    public void First_kind_is_declared_before_the_second(StepKind first, StepKind second) => Assert.True(first < second);
}
