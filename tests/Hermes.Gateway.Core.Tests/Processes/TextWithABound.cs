using System.Text;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed class TextWithABound
{
    private static BoundedText Of(int limit, params string[] pieces)
    {
        var text = new BoundedText(limit);
        foreach (var piece in pieces)
            text.Append(piece);
        return text;
    }

    [Fact]
    public void Is_empty_without_input()
    {
        Assert.Equal("", Of(0).ToString());
        Assert.Equal("", Of(10, "").ToString());
        Assert.False(Of(0, "").IsTruncated);
    }

    [Fact]
    public void Keeps_beginning_and_end_however_it_is_appended()
    {
        var random = new Random(42);
        for (var i = 0; i < 2000; i++)
        {
            var whole = string.Concat(Enumerable.Range(0, random.Next(200)).Select(n => (char)('0' + (n % 75))));
            var limit = random.Next(1, 100);

            var text = Of(limit, Cut(whole, random));

            AssertTwoEnds(whole, limit, text);
        }
    }

    [Fact]
    public void Reports_the_omitted_length_for_a_bound_of_zero()
    {
        var text = Of(0, "abc", "de");

        Assert.True(text.IsTruncated);
        Assert.Contains("5", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_never_cut_within_a_surrogate_pair()
    {
        var kept = Of(4, "a𝄞-----𝄞z").ToString();

        Assert.StartsWith("a\n", kept, StringComparison.Ordinal);
        Assert.EndsWith("\nz", kept[^2..], StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept)));
    }

    [Fact]
    public void Uses_memory_in_proportion_to_the_bound()
    {
        var text = new BoundedText(1000);
        var block = new string('x', 5000);
        text.Append(block);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 10_000; i++)
        {
            text.Append(block);
            text.Append("xy");
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000 * 5000 / 10);
    }

    private static string[] Cut(string whole, Random random)
    {
        var pieces = new List<string>();
        for (var start = 0; start < whole.Length; start += pieces[^1].Length)
            pieces.Add(whole.Substring(start, random.Next(1, Math.Min(60, whole.Length - start) + 1)));
        return [.. pieces];
    }

    private static void AssertTwoEnds(string whole, int limit, BoundedText text)
    {
        Assert.Equal(whole.Length > limit, text.IsTruncated);
        if (!text.IsTruncated)
        {
            Assert.Equal(whole, text.ToString());
            return;
        }

        Assert.StartsWith(whole[..(limit / 2)] + "\n", text.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\n" + whole[^(limit - (limit / 2))..], text.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{whole.Length - limit}", text.ToString(), StringComparison.Ordinal);
    }
}
