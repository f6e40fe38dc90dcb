using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

public sealed class PathTrustTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public PathTrustTests()
    {
        Directory.CreateDirectory(At("home/state"));
        File.WriteAllText(At("home/state/file"), "");
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_path_of_root_and_the_caller_is_trusted_below_a_sticky_folder() => Assert.Null(Find("home/state/file"));

    [Fact]
    public void A_missing_part_ends_the_search() => Assert.Null(Find("home/none/file"));

    [Theory]
    [InlineData("home", "home/state/file")]
    [InlineData("home/state", "home/state/file")]
    [InlineData("home/state/file", "home/state/file")]
    [InlineData("home/state", "home/state/none")]
    public void The_first_part_that_all_may_write_to_is_found(string open, string path)
    {
        Allow(open, 0b111_111_111);

        var found = Find(path)!;

        Assert.Equal((At(open), false), (found.Path, found.IsOwnerUntrusted));
        Assert.Equal($"{At(open)} (mode 0777, owner {Environment.UserName}) can be written to by others", found.ToString());
    }

    [Fact]
    public void A_folder_with_the_sticky_bit_may_be_writable_to_all_and_a_file_may_not()
    {
        File.SetUnixFileMode(At("home"), (UnixFileMode)0b001_111_111_111);
        Assert.Null(Find("home/state/file"));

        File.SetUnixFileMode(At("home/state/file"), (UnixFileMode)0b001_111_111_111);
        Assert.Equal(At("home/state/file"), Find("home/state/file")?.Path);
    }

    [RootFact]
    public void A_part_of_another_account_is_found()
    {
        FileOwner.GiveToNobody(At("home/state"));

        var found = Find("home/state/file")!;

        Assert.Equal((At("home/state"), true), (found.Path, found.IsOwnerUntrusted));
        Assert.Equal($"{At("home/state")} (mode 0755, owner nobody) belongs to another account", found.ToString());
        Assert.Null(PathTrust.FindUntrusted(At("home/state/file"), new HashSet<uint> { 0, FileOwner.Nobody }));
    }

    [RootFact]
    public void A_link_of_another_account_is_found_though_it_leads_to_a_trusted_folder()
    {
        Directory.CreateSymbolicLink(At("link"), At("home"));
        Assert.Null(Find("link/state/file"));

        FileOwner.GiveToNobody(At("link"));

        Assert.Equal((At("link"), FileKind.Link), (Find("link/state/file")?.Path, Find("link/state/file")?.Kind));
    }

    [Fact]
    public void A_link_of_the_callers_own_is_followed_to_what_others_can_write_to()
    {
        Directory.CreateSymbolicLink(At("home/link"), "../open");
        Directory.CreateDirectory(At("open/state"));
        Allow("open", 0b111_111_111);

        Assert.Equal(At("open"), Find("home/link/state")?.Path);
    }

    [RootFact]
    public void A_group_may_write_only_when_it_is_roots_own()
    {
        Allow("home", 0b111_111_101);
        Assert.Null(Find("home/state"));

        using var chgrp = System.Diagnostics.Process.Start("chgrp", ["daemon", At("home")]);
        chgrp.WaitForExit();

        Assert.Equal(At("home"), Find("home/state")?.Path);
    }

    private UntrustedPart? Find(string path) => PathTrust.FindUntrusted(At(path), PathTrust.RootAndCaller);

    private string At(string name) => _scratch.At(name);

    private void Allow(string path, int mode) => File.SetUnixFileMode(At(path), (UnixFileMode)mode);
}
