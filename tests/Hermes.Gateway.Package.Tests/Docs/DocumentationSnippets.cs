using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Docs;

/// <summary>A reader follows a page to the letter.</summary>
[Collection(DocumentationCollection.Name)]
public sealed class DocumentationSnippets(PackageFixture package)
{
    public static TheoryData<string> Names => [.. MarkdownPage.Names.Where(HasSnippets)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Run_in_order_with_the_output_that_the_page_shows(string name) => package.InSandboxAsync(async sandbox =>
    {
        using var launchd = new LaunchdSimulator();
        await new Reader(sandbox, launchd).FollowAsync(MarkdownPage.Read(name));
    });

    private static bool HasSnippets(string name) =>
        MarkdownPage.Read(name).Snippets.Any(snippet => snippet.Language != "text" && !snippet.Has(Snippet.NotRun));
}
