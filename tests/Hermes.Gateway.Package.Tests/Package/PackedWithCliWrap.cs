using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Package;

/// <summary>The opt-in of who builds the library is none of the package, which brings nothing of others.</summary>
public sealed class PackedWithCliWrap
{
    [Fact]
    public async Task It_is_not_packed_and_that_is_said()
    {
        // Without restore, so that it does not matter whether there is a CliWrap to be had.
        var run = await Commands.RunAsync(
            Commands.Dotnet,
            ["pack", Repository.PathOf("src", "Hermes.Gateway.Tasks"), "--no-restore", "--no-build", "-p:UseCliWrap=true"],
            Repository.Root, []);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(
            "error : Hermes.Gateway.Tasks is not packed with UseCliWrap=true", run.StandardOutput, StringComparison.Ordinal);
    }
}
