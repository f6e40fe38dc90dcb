using System.Diagnostics;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed partial class ExternalCommand
{
    // More than any pipe holds.
    private const int ManyCharacters = 300_000;

    [Fact]
    public void Has_separate_output_and_error_streams()
    {
        var result = Run(Dummy.Shell("echo out; echo err >&2"));

        Assert.Equal("out\n", result.StandardOutput);
        Assert.Equal("err\n", result.StandardError);
        Assert.False(result.OutputTruncated);
    }

    [Theory]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("𝄞")]
    public void Has_its_output_decoded_across_reads(string character)
    {
        var count = ManyCharacters / character.Length;

        var result = Run(Dummy.Request("repeat", character, $"{count}"));

        Assert.Equal(string.Concat(Enumerable.Repeat(character, count)), result.StandardOutput);
        Assert.False(result.OutputTruncated);
    }

    [Fact]
    public void Has_invalid_bytes_replaced_without_affecting_others()
    {
        // a, a lone continuation byte, b, an impossible byte, c, NUL, d, and a character that never ends.
        var result = Run(Dummy.Request("bytes", "61", "80", "62", "FF", "63", "00", "64", "E2", "82"));

        Assert.True(result.Succeeded);
        Assert.Equal("a\uFFFDb\uFFFDc\0d\uFFFD", result.StandardOutput);
        Assert.Equal(result.StandardOutput, result.StandardError);
    }

    [Fact]
    public void Keeps_output_of_exactly_the_bound_whole()
    {
        var result = Run(Dummy.Request("repeat", "x", "1000") with { MaxOutputCharacters = 1000 });

        Assert.Equal(new string('x', 1000), result.StandardOutput);
        Assert.False(result.OutputTruncated);
    }

    [Fact]
    public void Keeps_the_beginning_and_the_end_of_longer_output()
    {
        var result = Run(Dummy.Request("flood", "1") with { MaxOutputCharacters = 1000 });

        Assert.True(result.Succeeded);
        Assert.True(result.OutputTruncated);
        Assert.All([result.StandardOutput, result.StandardError], text =>
        {
            Assert.StartsWith("BEGINx", text, StringComparison.Ordinal);
            Assert.EndsWith("xEND", text, StringComparison.Ordinal);
            Assert.Contains($"{(1 << 20) + "BEGINEND".Length - 1000}", text, StringComparison.Ordinal);
            Assert.InRange(text.Length, 1000, 1100);
        });
    }

    [Fact]
    public void Can_write_huge_output_on_both_streams_in_bounded_memory()
    {
        const int Megabytes = 300;
        using var self = Process.GetCurrentProcess();
        var before = self.PeakWorkingSet64;

        var result = Run(Dummy.Request("flood", $"{Megabytes}"));

        self.Refresh();
        Assert.True(result.Succeeded);
        Assert.EndsWith("END", result.StandardOutput, StringComparison.Ordinal);
        Assert.EndsWith("END", result.StandardError, StringComparison.Ordinal);
        Assert.InRange(self.PeakWorkingSet64 - before, 0, Megabytes << 19);
    }

    [Fact]
    public async Task Is_not_delayed_by_a_child_that_keeps_the_output_open()
    {
        using var witness = new ProcessWitness();

        var result = Run(Dummy.Request("leave-grandchild", witness.Address));

        Assert.True(result.Succeeded, result.StandardError);
        Assert.Equal("left behind\n", result.StandardOutput);
        Assert.InRange(result.Duration, TimeSpan.Zero, Bounds.Soon);
        await witness.ReadyAsync();
        Assert.False(await witness.DiesWithinAsync(TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public void Loses_no_output_written_just_before_its_exit()
    {
        for (var i = 0; i < 200; i++)
            Assert.Equal("last words\n", OutputOf(Dummy.Shell("echo last words")));
    }
}
