using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

public sealed class AccessOfAnotherAccount : IDisposable
{
    private const int Open = 0b111_101_101;
    private const int OwnersOnly = 0b111_000_000;

    private static readonly Account Stranger = new("stranger", 54321, 54321, "/");

    private readonly TemporaryFolder _folder = new();
    private readonly string _program;
    private readonly AccountAccess _stranger = new(Stranger, new HashSet<uint> { 54321 });

    public AccessOfAnotherAccount()
    {
        Allow(".", Open);
        Directory.CreateDirectory(_folder.At("app/bin"));
        _program = _folder.At("app/bin/gateway");
        File.WriteAllText(_program, "#!/bin/sh\n");
        foreach (var path in new[] { "app", "app/bin", "app/bin/gateway" }) Allow(path, Open);
    }

    public void Dispose()
    {
        foreach (var folder in new[] { "app", "app/bin" }) Allow(folder, Open);
        _folder.Dispose();
    }

    [Fact]
    public void Is_granted_to_files_that_everyone_may_read()
    {
        Assert.Null(_stranger.ToExecute(_program));
        Assert.Null(_stranger.ToRead(_program));
        Assert.Null(_stranger.ToEnter(_folder.At("app")));
    }

    [Fact]
    public void Is_denied_by_the_first_closed_folder_which_is_reported_with_mode_and_owner()
    {
        Allow("app", OwnersOnly);
        Allow("app/bin", OwnersOnly);

        var obstacle = _stranger.ToExecute(_program)!;

        Assert.Equal((_folder.At("app"), "entered"), (obstacle.Path, obstacle.Verb));
        Assert.Equal($"mode 0700, owner {Environment.UserName}", obstacle.Rights.ToString());
        Assert.Equal(obstacle, _stranger.ToEnter(_folder.At("app")));
        Assert.Equal(obstacle, _stranger.ToRead(_program));
    }

    [Fact]
    public void Is_evaluated_from_only_one_of_owner_group_and_others()
    {
        var rights = FileEntry.RightsOf(_program)!;
        var member = new AccountAccess(Stranger, new HashSet<uint> { 54321, rights.GroupId });
        var owner = new AccountAccess(Stranger with { UserId = rights.UserId }, new HashSet<uint> { rights.GroupId });

        Allow("app", 0b000_111_000);
        Assert.Equal((true, false, true), (IsClosed(_stranger), IsClosed(member), IsClosed(owner)));
        Allow("app", 0b000_000_111);
        Assert.Equal((false, true, true), (IsClosed(_stranger), IsClosed(member), IsClosed(owner)));
        Allow("app", 0b111_000_000);
        Assert.Equal((true, true, false), (IsClosed(_stranger), IsClosed(member), IsClosed(owner)));
    }

    [Theory]
    [InlineData("link", "app")]
    [InlineData("links/link", "../app")]
    [InlineData("links/link", null)]
    public void Is_denied_by_a_closed_folder_behind_a_symbolic_link(string name, string? target)
    {
        Directory.CreateDirectory(_folder.At("links"));
        Allow("links", Open);
        Directory.CreateSymbolicLink(_folder.At(name), target ?? _folder.At("app"));
        Assert.Null(_stranger.ToExecute(_folder.At($"{name}/bin/gateway")));
        Allow("app/bin", OwnersOnly);

        Assert.Equal(_folder.At("app/bin"), _stranger.ToExecute(_folder.At($"{name}/bin/gateway"))!.Path);
        Assert.Null(_stranger.ToEnter(_folder.At(name)));
    }

    [Fact]
    public void Is_denied_by_a_closed_folder_that_contains_the_symbolic_link()
    {
        Directory.CreateSymbolicLink(_folder.At("app/link"), "/bin/sh");
        Assert.Null(_stranger.ToExecute(_folder.At("app/link")));
        Allow("app", OwnersOnly);

        Assert.Equal(_folder.At("app"), _stranger.ToExecute(_folder.At("app/link"))!.Path);
    }

    [Fact]
    public void Requires_a_program_to_be_executable_and_a_script_to_be_readable_too()
    {
        Allow("app/bin/gateway", 0b111_001_001);
        Assert.Equal((_program, "read"), (_stranger.ToExecute(_program)!.Path, _stranger.ToExecute(_program)!.Verb));
        Allow("app/bin/gateway", 0b111_100_100);
        Assert.Equal("executed", _stranger.ToExecute(_program)!.Verb);

        File.WriteAllText(_program, "no script");
        Allow("app/bin/gateway", 0b111_001_001);
        Assert.Null(_stranger.ToExecute(_program));
    }

    [Fact]
    public void Is_not_reported_as_denied_for_missing_files_and_circular_links()
    {
        File.CreateSymbolicLink(_folder.At("circle"), _folder.At("circle"));

        Assert.Null(_stranger.ToExecute(_folder.At("missing/gateway")));
        Assert.Null(_stranger.ToRead(_folder.At("circle")));
    }

    [Fact]
    public void Is_not_reported_as_denied_where_an_access_list_may_grant_it_except_to_the_owner()
    {
        AccessList.Require();
        var owner = new AccountAccess(Stranger with { UserId = FileEntry.RightsOf(_program)!.UserId }, new HashSet<uint>());
        AccessList.AddTo(_folder.At("app"));
        Allow("app", 0b000_111_000);

        Assert.Null(_stranger.ToExecute(_program));
        Assert.NotNull(owner.ToExecute(_program));

        Allow("app/bin", OwnersOnly);
        Assert.Equal(_folder.At("app/bin"), _stranger.ToExecute(_program)!.Path);
    }

    private bool IsClosed(AccountAccess account) => account.ToExecute(_program) is not null;

    private void Allow(string name, int mode) => File.SetUnixFileMode(_folder.At(name), (UnixFileMode)mode);
}
