namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>Several services like <see cref="SleepService"/> in system scope for one run of a target. Their items are in a file that
/// the build imports. Disposing stops them and removes their files.</summary>
/// <param name="host">The machine.</param>
/// <param name="group">The prefix of their names: <c>GROUP-NAME</c>.</param>
internal sealed class SleepServices(SystemdHost host, string group) : IAsyncDisposable
{
    private readonly string _file = $"/srv/{group}/services.targets";

    /// <summary>The arguments of every run, which import the file.</summary>
    public string[] Arguments => [$"-p:CustomAfterMicrosoftCommonTargets={_file}"];

    /// <summary>Writes the file with the items.</summary>
    /// <param name="services">The name of each service, and its metadata as XML attributes.</param>
    public Task WriteAsync(params IEnumerable<(string Name, string Metadata)> services) => host.WriteAsync(_file, $"""
        <Project>
          <PropertyGroup>
            <HermesGatewayScope>system</HermesGatewayScope>
            <HermesGatewayProgram>/bin/sleep</HermesGatewayProgram>
            <HermesGatewayArguments>infinity</HermesGatewayArguments>
          </PropertyGroup>
          <ItemGroup>
            {string.Concat(services.Select(service =>
                $"""<HermesGatewayService Include="{group}-{service.Name}" {service.Metadata} />"""))}
          </ItemGroup>
        </Project>
        """);

    /// <summary>The service with that name.</summary>
    public SleepService Of(string name) => new(host, Login.Root, $"{group}-{name}", isUserUnit: false);

    /// <summary>Lists all files of the services below the unit folders, with types, link targets and contents.</summary>
    public Task<string> ReadUnitsAsync() => host.ShellAsync(
        $"find /etc/systemd /run/systemd -path '*/{group}-*' -printf '%p %y %l\\n' | sort; "
        + $"find /etc/systemd /run/systemd -path '*/{group}-*' -type f | sort | xargs --no-run-if-empty head --lines=99");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The pattern also matches failed units and those that wait for a restart.
        var state = await host.ShellAsync($"""
            systemctl stop '{group}-*' || true
            find /etc/systemd /run/systemd -depth -path '*/{group}-*' -delete
            systemctl daemon-reload
            systemctl reset-failed '{group}-*' || true
            systemctl is-system-running
            """);
        Assert.Equal("running", state);
    }
}
