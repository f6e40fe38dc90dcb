using System.Collections.Immutable;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class DefinitionOnDisk : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Is_missing_without_a_file()
    {
        Assert.Equal(InstalledKind.Missing, Read("f").Kind);
        Assert.Equal(InstalledKind.Missing, Read("no/folder/f").Kind);
    }

    [Fact]
    public void Is_present_with_its_text_when_it_can_be_parsed()
    {
        File.WriteAllText(_scratch.At("source"), "");
        File.WriteAllText(_scratch.At("f"), _scratch.At("source"));
        var facts = Read("f");

        Assert.Equal((InstalledKind.Present, _scratch.At("source")), (facts.Kind, facts.Text));
        Assert.NotNull(facts.Content);
        Assert.True(facts.SourceExists);
    }

    [Fact]
    public void Reports_that_its_project_was_deleted()
    {
        File.WriteAllText(_scratch.At("f"), _scratch.At("gone"));
        Assert.False(Read("f").SourceExists);
    }

    [Fact]
    public void Is_unreadable_with_its_text_when_it_cannot_be_parsed()
    {
        File.WriteAllText(_scratch.At("f"), "?");
        var facts = Read("f");
        Assert.Equal((InstalledKind.Unreadable, "?"), (facts.Kind, facts.Text));
    }

    [Fact]
    public async Task Is_unreadable_without_waiting_when_it_is_a_pipe()
    {
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [_scratch.At("f")])) await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        var facts = await Task.Run(() => Read("f"), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal((InstalledKind.Unreadable, "no regular file"), (facts.Kind, facts.Evidence));
    }

    [Fact]
    public void Is_unreadable_when_it_is_a_folder()
    {
        Directory.CreateDirectory(_scratch.At("f"));
        Assert.Equal(InstalledKind.Unreadable, Read("f").Kind);
    }

    [Fact]
    public void Is_not_present_below_a_file()
    {
        File.WriteAllText(_scratch.At("f"), "x");
        Assert.NotEqual(InstalledKind.Present, Read("f/g").Kind);
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/nowhere/at/all")]
    [InlineData("sibling")]
    public void Is_linked_when_it_is_a_symbolic_link_to_anything(string target)
    {
        File.WriteAllText(_scratch.At("sibling"), "x");
        File.CreateSymbolicLink(_scratch.At("f"), target);
        var facts = Read("f");

        Assert.Equal(InstalledKind.Linked, facts.Kind);
        Assert.Null(facts.Content);
        Assert.Contains(target, facts.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_unreadable_when_it_is_huge()
    {
        using (var file = File.Create(_scratch.At("f"))) file.SetLength(1L << 40);
        Assert.Equal(InstalledKind.Unreadable, Read("f").Kind);
    }

    private InstalledFacts Read(string name) => DefinitionFile.Read(_scratch.At(name), text => text == "?"
        ? null
        : new DefinitionContent(ImmutableSortedDictionary<string, string>.Empty, [], null, text));
}
