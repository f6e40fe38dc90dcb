namespace Hermes.Gateway.Tasks;

/// <summary>Installs or repairs definitions; with <see cref="Start"/>, also (re)starts services that have drifted and verifies that they
/// run.</summary>
[MSBuildMultiThreadableTask]
public sealed class InstallGatewayService : GatewayTask
{
    /// <summary>Also start the services, and restart those whose process is not current. Default: false.</summary>
    public bool Start { get; set; }

    private protected override Operation Operation => Start ? Operation.Deploy : Operation.Install;

    private protected override bool ReadsBuild => true;
}
