namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>Several services as <see cref="SleepService"/> for one run of a target, in system scope: items that a build
/// imports beside the project. Disposing leaves nothing of them.</summary>
/// <param name="host">The machine.</param>
/// <param name="group">What all their names begin with: <c>GROUP-NAME</c>.</param>
internal sealed class SleepServices(SystemdHost host, string group) : IAsyncDisposable
{
    private readonly string _file = $"/srv/{group}/services.targets";

    /// <summary>What every run has to be told.</summary>
    public string[] Arguments => [$"-p:CustomAfterMicrosoftCommonTargets={_file}"];

    /// <summary>Says what the services are.</summary>
    /// <param name="services">The name of each, and metadata as attributes of an item.</param>
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

    /// <summary>One of them.</summary>
    public SleepService Of(string name) => new(host, Login.Root, $"{group}-{name}", isUserUnit: false);

    /// <summary>All units of their names in the folders where systemd looks, with what is in them.</summary>
    public Task<string> ReadUnitsAsync() => host.ShellAsync(
        $"find /etc/systemd /run/systemd -path '*/{group}-*' -printf '%p %y %l\\n' | sort; "
        + $"find /etc/systemd /run/systemd -path '*/{group}-*' -type f | sort | xargs --no-run-if-empty head --lines=99");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What is failed or waits to be started again is found by its pattern too.
        await host.ExecAsync(Login.Root, "systemctl", "stop", $"{group}-*");
        await host.ShellAsync($"find /etc/systemd /run/systemd -depth -path '*/{group}-*' -delete");
        await host.RunAsync("systemctl", "daemon-reload");
        await host.ExecAsync(Login.Root, "systemctl", "reset-failed", $"{group}-*");
        Assert.Equal("running", await host.RunAsync("systemctl", "is-system-running"));
    }
}
