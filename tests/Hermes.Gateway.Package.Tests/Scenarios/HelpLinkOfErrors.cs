using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>Every error links to the section of its code on the page in the package, whoever raises it.</summary>
[Collection(PackageCollection.Name)]
public sealed class HelpLinkOfErrors(PackageFixture package)
{
    [Fact]
    public Task Leads_to_the_section_of_a_task_error() =>
        AssertAsync("HGW2021", sandbox => sandbox.WriteWorker(sandbox.NewService()));

    [Fact]
    public Task Leads_to_the_section_of_a_target_error() =>
        AssertAsync("HGW0013", sandbox => sandbox.WriteWorker(sandbox.NewService()), "-p:_HermesGatewayOldestMSBuild=99.0");

    [Fact]
    public Task Leads_to_the_section_of_a_multi_targeting_error() =>
        AssertAsync("HGW0012", sandbox => MultiTargetedProject.Write(sandbox, "net10.0;netstandard2.0"));

    private Task AssertAsync(string code, Func<Sandbox, string> write, params string[] options) => package.InSandboxAsync(async sandbox =>
    {
        var notes = sandbox.PathOf("links");

        sandbox.Dotnet(
            "build", write(sandbox), ["-t:DeployGateway", HelpLinkLogger.Switch(notes), .. options], sandbox.EmptyConfig);

        var link = Assert.Single(HelpLinkLogger.Read(notes), note => note.Code == code).Link;
        Assert.Equal($"#{code.ToLowerInvariant()}", link.Fragment);
        Assert.Equal(Path.Combine(package.Extracted, "docs", "diagnostics.md"), link.LocalPath);
        Assert.True(
            DiagnosticsPage.HasAnchor(await File.ReadAllTextAsync(link.LocalPath), link.Fragment[1..]), $"{link} has no such anchor");
    });
}
