using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>A path whose parts belong to root, to one trusted account or to another one.</summary>
public sealed class PathThatOthersCouldChange : IDisposable
{
    private const int Open = 0b111_101_101;
    private const int Sticky = 0b001_111_111_111;
    private const uint Friend = 54320;
    private const uint Stranger = 54321;

    private static readonly HashSet<uint> Trusted = [Friend];

    private readonly TemporaryFolder _folder = new();
    private readonly string _program;

    public PathThatOthersCouldChange()
    {
        _program = _folder.At("app/bin/run");
        Directory.CreateDirectory(_folder.At("app/bin"));
        File.WriteAllText(_program, "");
        foreach (var path in new[] { ".", "app", "app/bin", "app/bin/run" }) Allow(path, Open);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_not_reported_for_parts_of_root_and_of_a_trusted_account()
    {
        Requires.Root();
        Assert.Null(Find());

        Give("app/bin", Friend);
        Give("app/bin/run", Friend);

        Assert.Null(Find());
    }

    [Fact]
    public void Is_reported_with_the_first_folder_of_another_account()
    {
        Requires.Root();
        Give("app/bin", Stranger);
        Give("app/bin/run", Stranger);

        Assert.Equal(("app/bin", FileType.Folder, "it belongs to user id 54321", true), Found());
    }

    [Fact]
    public void Is_reported_for_a_file_of_another_account()
    {
        Requires.Root();
        Give("app/bin/run", Stranger);

        Assert.Equal(("app/bin/run", FileType.Regular, "it belongs to user id 54321", true), Found());
    }

    [Fact]
    public void Is_reported_for_a_file_and_a_folder_that_everyone_can_write_to()
    {
        Requires.Root();
        Allow("app/bin/run", 0b111_111_111);
        Assert.Equal(("app/bin/run", FileType.Regular, "everyone can write to it", false), Found());

        Allow("app", 0b111_111_111);
        Assert.Equal(("app", FileType.Folder, "everyone can write to it", false), Found());
        Assert.StartsWith("mode 0777, owner ", Find()!.Rights.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_reported_in_a_sticky_folder_only_for_entries_of_another_account()
    {
        Requires.Root();
        Allow("app", Sticky);
        Assert.Null(Find());

        Give("app/bin", Stranger);
        Assert.Equal(("app/bin", FileType.Folder, "it belongs to user id 54321", true), Found());
    }

    [Fact]
    public void Is_reported_for_a_sticky_folder_of_another_account()
    {
        Requires.Root();
        Allow("app", Sticky);
        Give("app", Stranger);

        Assert.Equal(("app", FileType.Folder, "it belongs to user id 54321", true), Found());
    }

    [Fact]
    public void Is_reported_for_the_folder_of_a_missing_entry_unless_it_is_sticky()
    {
        Requires.Root();
        Allow("app", Sticky);
        Assert.Null(PathTrust.FindUntrusted(_folder.At("app/missing/run"), Trusted));

        Allow("app", 0b111_111_111);
        Assert.Equal(_folder.At("app"), PathTrust.FindUntrusted(_folder.At("app/missing/run"), Trusted)?.Path);
    }

    [Fact, Trait("Os", "linux")]
    public void Is_reported_for_group_writable_folders_except_of_root_and_of_private_groups_of_trusted_accounts()
    {
        Requires.Root();
        Allow("app", 0b111_111_101);
        Assert.Null(Find());

        // The members of a group without an entry are unknown.
        Give("app", 0, Stranger);
        Assert.Equal("the group 54321 can write to it", Find()?.Reason);

        // On Debian, daemon is the private group of the account daemon; nogroup is the primary group of nobody, but not private.
        var daemon = Accounts.Find("daemon")!;
        Give("app", 0, daemon.GroupId);
        Assert.Equal("the group daemon can write to it", Find()?.Reason);
        Assert.Null(PathTrust.FindUntrusted(_program, new HashSet<uint> { daemon.UserId }));
        var nobody = Accounts.Find("nobody")!;
        Give("app", 0, nobody.GroupId);
        Assert.Matches("^the group (nogroup|nobody) can write to it$", PathTrust.FindUntrusted(_program, new HashSet<uint> { nobody.UserId })?.Reason);
    }

    [Fact]
    public void Is_reported_for_the_targets_and_the_owners_of_symbolic_links()
    {
        Requires.Root();
        Directory.CreateDirectory(_folder.At("other"));
        Allow("other", Open);
        Directory.CreateSymbolicLink(_folder.At("current"), "app");
        File.CreateSymbolicLink(_folder.At("other/run"), "../current/bin/run");
        var path = _folder.At("other/run");
        Assert.Null(PathTrust.FindUntrusted(path, Trusted));

        Allow("app/bin", 0b111_111_111);
        Assert.Equal(_folder.At("app/bin"), PathTrust.FindUntrusted(path, Trusted)?.Path);

        Give("current", Stranger);
        var link = PathTrust.FindUntrusted(path, Trusted)!;
        Assert.Equal((_folder.At("current"), FileType.SymbolicLink), (link.Path, link.Type));
    }

    [Fact]
    public void Is_not_reported_for_circular_links_missing_paths_and_devices()
    {
        File.CreateSymbolicLink(_folder.At("a"), _folder.At("b"));
        File.CreateSymbolicLink(_folder.At("b"), _folder.At("a"));
        var me = new HashSet<uint> { NativeMethods.EffectiveUserId };

        Assert.Null(PathTrust.FindUntrusted(_folder.At("a"), me));
        Assert.Null(PathTrust.FindUntrusted("/no/such/file", me));
        Assert.Null(PathTrust.FindUntrusted("/dev/null", me));
    }

    [Fact]
    public void Is_reported_for_an_access_control_list_that_lets_others_write()
    {
        AccessList.Require();
        AccessList.AddTo(_program);

        var part = PathTrust.FindUntrusted(_program, new HashSet<uint> { NativeMethods.EffectiveUserId })!;

        Assert.Equal((_program, "its access control list lets others write to it"), (part.Path, part.Reason));
    }

    private UntrustedPart? Find() => PathTrust.FindUntrusted(_program, Trusted);

    private (string Path, FileType Type, string Reason, bool IsOwner)? Found() => Find() is { } part
        ? (Path.GetRelativePath(_folder.At("."), part.Path), part.Type, part.Reason, part.IsOwner)
        : null;

    private void Allow(string name, int mode) => File.SetUnixFileMode(_folder.At(name), (UnixFileMode)mode);

    private void Give(string name, uint user, uint group = 0) =>
        FileOwner.Give(_folder.At(name), user, group);
}
