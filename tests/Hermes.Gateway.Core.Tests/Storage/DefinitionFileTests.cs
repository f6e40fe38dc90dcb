using System.Collections.Immutable;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class DefinitionFileTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void No_file_is_missing()
    {
        Assert.Equal(InstalledKind.Missing, Read("f").Kind);
        Assert.Equal(InstalledKind.Missing, Read("no/folder/f").Kind);
    }

    [Fact]
    public void A_file_that_can_be_understood_is_present_with_its_text()
    {
        File.WriteAllText(_scratch.At("source"), "");
        File.WriteAllText(_scratch.At("f"), _scratch.At("source"));
        var facts = Read("f");

        Assert.Equal((InstalledKind.Present, _scratch.At("source")), (facts.Kind, facts.Text));
        Assert.NotNull(facts.Content);
        Assert.True(facts.SourceExists);
    }

    [Fact]
    public void That_the_project_it_names_is_gone_is_told()
    {
        File.WriteAllText(_scratch.At("f"), _scratch.At("gone"));
        Assert.False(Read("f").SourceExists);
    }

    [Fact]
    public void A_file_that_cannot_be_understood_is_unreadable_with_its_text()
    {
        File.WriteAllText(_scratch.At("f"), "?");
        var facts = Read("f");
        Assert.Equal((InstalledKind.Unreadable, "?"), (facts.Kind, facts.Text));
    }

    [Fact]
    public async Task A_pipe_is_unreadable_and_is_not_waited_for()
    {
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [_scratch.At("f")])) await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        var facts = await Task.Run(() => Read("f"), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal((InstalledKind.Unreadable, "no regular file"), (facts.Kind, facts.Evidence));
    }

    [Fact]
    public void A_folder_is_unreadable()
    {
        Directory.CreateDirectory(_scratch.At("f"));
        Assert.Equal(InstalledKind.Unreadable, Read("f").Kind);
    }

    [Fact]
    public void A_path_through_a_file_is_not_a_definition()
    {
        File.WriteAllText(_scratch.At("f"), "x");
        Assert.NotEqual(InstalledKind.Present, Read("f/g").Kind);
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/nowhere/at/all")]
    [InlineData("sibling")]
    public void A_link_is_a_link_wherever_it_leads(string target)
    {
        File.WriteAllText(_scratch.At("sibling"), "x");
        File.CreateSymbolicLink(_scratch.At("f"), target);
        var facts = Read("f");

        Assert.Equal(InstalledKind.Linked, facts.Kind);
        Assert.Null(facts.Content);
        Assert.Contains(target, facts.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_file_is_not_read()
    {
        using (var file = File.Create(_scratch.At("f"))) file.SetLength(1L << 40);
        Assert.Equal(InstalledKind.Unreadable, Read("f").Kind);
    }

    private InstalledFacts Read(string name) => DefinitionFile.Read(_scratch.At(name), text => text == "?"
        ? null
        : new DefinitionContent(ImmutableSortedDictionary<string, string>.Empty, [], null, text));
}
