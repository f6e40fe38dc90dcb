using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Input;

public sealed class FingerprintCacheTests : IDisposable
{
    private const int Large = 5 << 20;
    private readonly TemporaryFolder _scratch = new();
    private readonly TimeProvider _later = new Later();

    public FingerprintCacheTests() => Directory.CreateDirectory(State);

    private string State => _scratch.At("state");

    private string Kept => Path.Combine(State, FingerprintCache.FileName);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_is_kept_is_the_fingerprint_of_the_content()
    {
        var program = Build(Large);

        Assert.Equal(ProgramFingerprint.Of(program, null), Ask(program));
        Assert.Equal(ProgramFingerprint.Of(program, null), Ask(program));
        Assert.Single(File.ReadAllLines(Kept));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Kept));
    }

    [Fact]
    public void A_large_program_that_did_not_change_is_not_read_again()
    {
        var program = Build(Large);
        Ask(program);
        Pretend("0123456789abcdef");

        Assert.Equal("0123456789abcdef", Ask(program));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_change_is_seen_although_size_and_time_of_writing_are_as_before(bool ofCompanion)
    {
        var program = Build(Large);
        var changed = ofCompanion ? program + ".dll" : program;
        Ask(program);
        Pretend("0123456789abcdef");
        var written = File.GetLastWriteTimeUtc(changed);
        AwaitTick(written);
        var content = File.ReadAllBytes(changed);
        content[^1]++;
        File.WriteAllBytes(changed, content);
        File.SetLastWriteTimeUtc(changed, written);

        Assert.Equal(ProgramFingerprint.Of(program, null), Ask(program));
    }

    [Fact]
    public void A_file_more_or_less_is_seen()
    {
        var program = Build(Large);
        Ask(program);
        Pretend("0123456789abcdef");

        File.Delete(program + ".dll");

        Assert.Equal(ProgramFingerprint.Of(program, null), Ask(program));
    }

    [Fact]
    public void What_changed_just_now_is_in_doubt_and_not_kept()
    {
        var program = Build(Large);

        new FingerprintCache(State, new At(File.GetLastWriteTimeUtc(program + ".dll"))).Of(program, null);

        Assert.False(File.Exists(Kept));
    }

    [Fact]
    public void What_is_small_is_read_each_time()
    {
        var program = Build(1 << 10);

        Assert.Equal(ProgramFingerprint.Of(program, null), Ask(program));
        Assert.False(File.Exists(Kept));
    }

    [Fact]
    public void Nothing_is_made_where_no_state_is_kept()
    {
        var program = Build(Large);

        Assert.Equal(ProgramFingerprint.Of(program, null), new FingerprintCache(null, _later).Of(program, null));
        new FingerprintCache(_scratch.At("missing"), _later).Of(program, null);

        Assert.False(Directory.Exists(_scratch.At("missing")));
    }

    [Fact]
    public void A_file_of_anything_else_does_no_harm_and_is_replaced()
    {
        var program = Build(Large);
        File.WriteAllText(Kept, "no fingerprints\n\0\n");

        Assert.Equal(ProgramFingerprint.Of(program, null), Ask(program));
        Assert.Equal(ProgramFingerprint.Of(program, null), Ask(program));
    }

    [Fact]
    public void It_does_not_grow_for_ever()
    {
        for (var i = 0; i < 70; i++) Ask(Build(Large, $"p{i}"));

        Assert.Equal(64, File.ReadAllLines(Kept).Length);
    }

    // Another call each time.
    private string Ask(string program) => new FingerprintCache(State, _later).Of(program, null);

    private void Pretend(string fingerprint) =>
        File.WriteAllText(Kept, string.Join(' ', [.. File.ReadAllText(Kept).Split(' ')[..2], fingerprint]) + "\n");

    // Until the file system's clock has gone on: what is written before that bears the same time.
    private void AwaitTick(DateTime written) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            File.WriteAllText(_scratch.At("tick"), "");
            return File.GetLastWriteTimeUtc(_scratch.At("tick")) > written;
        },
        Bounds.Test));

    private string Build(int size, string name = "program")
    {
        var program = _scratch.At(name);
        File.WriteAllBytes(program, new byte[size]);
        File.WriteAllBytes(program + ".dll", [1, 2, 3]);
        return program;
    }

    private sealed class At(DateTimeOffset moment) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => moment;
    }

    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddMinutes(1);
    }
}
