using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.HermesAgent;

public sealed class RevisionOfAHermesAgentCheckout : IDisposable
{
    private const string One = "1111111111111111111111111111111111111111";
    private const string Two = "2222222222222222222222222222222222222222";

    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Detached_HEAD_is_read_as_its_commit()
    {
        Write("c/.git/HEAD", One + "\n");
        Assert.Equal(One, AgentRevision.HeadOf(_scratch.At("c")));
    }

    [Fact]
    public void Branch_is_resolved_to_the_commit_in_its_ref_file()
    {
        Write("c/.git/HEAD", "ref: refs/heads/feature/x\n");
        Write("c/.git/refs/heads/feature/x", One + "\n");
        Assert.Equal(One, AgentRevision.HeadOf(_scratch.At("c")));
    }

    [Fact]
    public void Branch_in_packed_refs_is_matched_by_its_full_ref_name()
    {
        Write("c/.git/HEAD", "ref: refs/heads/main\n");
        Write("c/.git/packed-refs", $"# pack-refs with: peeled\n{Two} refs/remotes/origin/refs/heads/main\n{Two} refs/heads/not-main\n{One} refs/heads/main\n^{Two}\n");
        Assert.Equal(One, AgentRevision.HeadOf(_scratch.At("c")));
    }

    [Fact]
    public void HEAD_of_a_worktree_is_resolved_with_the_branches_of_the_main_repository()
    {
        Write("c/.git", $"gitdir: {_scratch.At("main/.git/worktrees/c")}\n");
        Write("main/.git/HEAD", Two + "\n");
        Write("main/.git/worktrees/c/HEAD", "ref: refs/heads/side\n");
        Write("main/.git/worktrees/c/commondir", "../..\n");
        Write("main/.git/refs/heads/side", One + "\n");
        Assert.Equal(One, AgentRevision.HeadOf(_scratch.At("c")));
    }

    [Fact]
    public void HEAD_is_the_branch_name_before_the_first_commit_and_null_without_git()
    {
        Write("c/.git/HEAD", "ref: refs/heads/main\n");
        Assert.Equal("ref: refs/heads/main", AgentRevision.HeadOf(_scratch.At("c")));
        Assert.Null(AgentRevision.HeadOf(_scratch.At("elsewhere")));
    }

    [Fact]
    public void Revision_depends_on_commit_interpreter_and_environment_but_not_on_the_folder()
    {
        Make("a");
        Make("b");
        var first = Of("a");
        Assert.Equal(first, Of("b"));

        Write("b/.git/HEAD", Two);
        var second = Of("b");
        Write("b/venv/bin/python", "another");
        var third = Of("b");
        Write("b/venv/pyvenv.cfg", "version = 2");
        Assert.Equal(4, new[] { first, second, third, Of("b") }.Distinct().Count());
        // Uncommitted changes are found only by running git.
        Write("a/hermes_cli/main.py", "changed");
        Assert.Equal(first, Of("a"));
    }

    [Fact]
    public void Revision_depends_on_pyproject_toml_without_git()
    {
        Write("c/venv/bin/python", "python");
        Write("c/pyproject.toml", "version = 1");
        var before = Of("c");
        Write("c/pyproject.toml", "version = 2");
        Assert.NotEqual(before, Of("c"));
    }

    private void Make(string name)
    {
        Write($"{name}/.git/HEAD", One);
        Write($"{name}/venv/bin/python", "python");
        Write($"{name}/venv/pyvenv.cfg", "version = 1");
    }

    private string Of(string name) => AgentRevision.Of(_scratch.At(name), _scratch.At($"{name}/venv/bin/python"));

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch.At(name))!);
        File.WriteAllText(_scratch.At(name), text);
    }
}
