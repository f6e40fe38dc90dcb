using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Docs;

/// <summary>A reader follows a page to the letter.</summary>
[Collection(PackageCollection.Name)]
public sealed class TheSnippets(PackageFixture package)
{
    public static TheoryData<string> Names => [.. MarkdownPage.Names.Where(HasSnippets)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Do_what_the_page_says(string name) => package.InSandboxAsync(async sandbox =>
    {
        using var launchd = new LaunchdSimulator();
        await new Reader(sandbox, launchd).FollowAsync(MarkdownPage.Read(name));
    });

    private static bool HasSnippets(string name) =>
        MarkdownPage.Read(name).Snippets.Any(snippet => snippet.Language != "text" && !snippet.Has(Snippet.NotRun));
}
