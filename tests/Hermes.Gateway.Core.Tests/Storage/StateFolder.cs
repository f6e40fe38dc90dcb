using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

public sealed class StateFolder : IDisposable
{
    private const UnixFileMode All = (UnixFileMode)0b111_111_111;

    private readonly TemporaryFolder _scratch = new();
    private readonly StateFolders _folders;

    public StateFolder()
    {
        Directory.CreateDirectory(At("home"));
        _folders = new StateFolders(At("home"));
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Is_created_private_below_public_parents()
    {
        _folders.MakePrivate(At("home/.local/state/ours"), At("home/.local/state/ours/service/backups"));

        Assert.All(
            new[] { "ours", "ours/service", "ours/service/backups" },
            name => Assert.Equal(StateFolders.Private, ModeOf($"home/.local/state/{name}")));
        Assert.All(new[] { ".local", ".local/state" }, name => Assert.Equal(StateFolders.Public, ModeOf($"home/{name}")));
        Assert.Empty(_folders.TakeRepairs());
    }

    [Fact]
    public void Is_made_private_and_reported_once_when_others_could_write_to_it()
    {
        Directory.CreateDirectory(At("home/ours/service"));
        foreach (var name in new[] { "home/ours", "home/ours/service" }) File.SetUnixFileMode(At(name), All);

        _folders.MakePrivate(At("home/ours"), At("home/ours/service"));

        Assert.Equal((StateFolders.Private, StateFolders.Private), (ModeOf("home/ours"), ModeOf("home/ours/service")));
        var repairs = _folders.TakeRepairs();
        Assert.Equal([At("home/ours"), At("home/ours/service")], repairs.Select(repair => repair.Path));
        Assert.All(repairs, repair => Assert.True(repair.WasWritable));
        Assert.Equal($"{At("home/ours")} (mode 0777, now 0700)", repairs[0].ToString());
        Assert.Empty(_folders.TakeRepairs());
    }

    [Fact]
    public void Is_made_private_and_reported_as_not_writable_when_others_could_only_read_it()
    {
        Directory.CreateDirectory(At("home/ours"), StateFolders.Public);

        _folders.MakePrivate(At("home/ours"), At("home/ours"));

        Assert.False(Assert.Single(_folders.TakeRepairs()).WasWritable);
    }

    [Fact]
    public void Has_world_writable_parents_below_the_home_repaired()
    {
        Directory.CreateDirectory(At("home/.config/systemd/user"));
        foreach (var name in new[] { ".config", ".config/systemd", ".config/systemd/user" }) File.SetUnixFileMode(At($"home/{name}"), All);

        Assert.Null(_folders.FindUnrepairable(At("home/.config/systemd/user")));
        _folders.MakePublic(At("home/.config/systemd/user"));

        Assert.All(
            new[] { ".config", ".config/systemd", ".config/systemd/user" }, name => Assert.Equal(StateFolders.Public, ModeOf($"home/{name}")));
        Assert.Equal(3, _folders.TakeRepairs().Count);
    }

    [Theory]
    [InlineData("home")]
    [InlineData("elsewhere")]
    public void Is_refused_in_a_world_writable_home_and_elsewhere_with_the_command_that_repairs_it(string open)
    {
        Directory.CreateDirectory(At(open));
        File.SetUnixFileMode(At(open), All);

        var refusal = Assert.Throws<UntrustedPathException>(() => _folders.MakePublic(At($"{open}/definitions")));

        Assert.Equal($"chmod go-w {At(open)}", refusal.Repair);
        Assert.Equal(refusal.Message, _folders.FindUnrepairable(At($"{open}/definitions"))?.Message);
        Assert.Throws<UntrustedPathException>(() => _folders.MakePrivate(At($"{open}/state"), At($"{open}/state")));
        Assert.False(Path.Exists(At($"{open}/definitions")) || Path.Exists(At($"{open}/state")));
    }

    [Fact]
    public void Is_refused_when_it_belongs_to_another_account()
    {
        Requires.Root();
        Directory.CreateDirectory(At("home/ours/service"), StateFolders.Private);
        FileOwner.GiveToNobody(At("home/ours/service"));

        var refusal = Assert.Throws<UntrustedPathException>(() => _folders.MakePrivate(At("home/ours"), At("home/ours/service")));

        Assert.Equal($"mv {At("home/ours/service")} {At("home/ours/service")}.untrusted", refusal.Repair);
    }

    [Fact]
    public void Is_refused_when_a_folder_in_it_is_a_symbolic_link()
    {
        Directory.CreateDirectory(At("home/ours"), StateFolders.Private);
        Directory.CreateSymbolicLink(At("home/ours/service"), At("home"));

        Assert.Throws<UntrustedPathException>(() => _folders.MakePrivate(At("home/ours"), At("home/ours/service")));
    }

    [Fact]
    public void Is_made_private_behind_a_symbolic_link_of_the_caller()
    {
        Directory.CreateDirectory(At("disk"), StateFolders.Public);
        Directory.CreateSymbolicLink(At("home/ours"), At("disk"));

        _folders.MakePrivate(At("home/ours"), At("home/ours/service"));

        Assert.Equal(StateFolders.Private, ModeOf("disk"));
        Assert.True(Directory.Exists(At("disk/service")));
    }

    [Fact]
    public void Is_created_again_after_it_was_deleted()
    {
        _folders.MakePrivate(At("home/ours"), At("home/ours/service"));
        Directory.Delete(At("home/ours/service"));

        _folders.MakePrivate(At("home/ours"), At("home/ours/service"));

        Assert.Equal(StateFolders.Private, ModeOf("home/ours/service"));
    }

    [Fact]
    public void Is_refused_without_changes_behind_a_symbolic_link_of_another_account()
    {
        Requires.Root();
        Directory.CreateDirectory(At("theirs"));
        Directory.CreateDirectory(At("victim"), StateFolders.Public);
        Directory.CreateSymbolicLink(At("theirs/state"), At("victim"));
        FileOwner.GiveToNobody(At("theirs/state"));
        Directory.CreateSymbolicLink(At("home/ours"), At("theirs/state"));

        Assert.Throws<UntrustedPathException>(() => _folders.MakePrivate(At("home/ours"), At("home/ours")));

        Assert.Equal(StateFolders.Public, ModeOf("victim"));
    }

    [Fact]
    public void Is_refused_with_the_advice_to_list_a_parent_of_another_account()
    {
        Requires.Root();
        Directory.CreateDirectory(At("home/theirs"));
        FileOwner.GiveToNobody(At("home/theirs"));

        Assert.Equal($"ls -ld {At("home/theirs")}", _folders.FindUnrepairable(At("home/theirs/units"))?.Repair);
    }

    private UnixFileMode ModeOf(string name) => File.GetUnixFileMode(At(name));

    private string At(string name) => _scratch.At(name);
}
