using System.Text.RegularExpressions;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Docs;

/// <summary>.github/workflows/tests.yml, as far as it can be held against this checkout without GitHub.</summary>
public sealed partial class GitHubWorkflow
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf(".github", "workflows", "tests.yml"));

    [Fact]
    public void Runs_only_scripts_that_exist_and_are_executable()
    {
        var scripts = Script().Matches(Text).Select(match => match.Value).Distinct().ToList();

        Assert.Equal(["eng/test.sh", "eng/test-macos.sh"], scripts);
        Assert.All(scripts, script => Assert.True(
            (File.GetUnixFileMode(Repository.PathOf(script)) & UnixFileMode.UserExecute) != 0, script));
        Assert.True(File.Exists(Repository.PathOf(Regex.Match(Text, "global-json-file: (.*)").Groups[1].Value)));
    }

    [Fact]
    public void Sets_only_variables_that_scripts_or_tests_read()
    {
        var readers = new[] { "eng", "tests" }.Select(folder => Repository.PathOf(folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".sh" && Path.GetFileName(file) != "GitHubWorkflow.cs")
            .Select(File.ReadAllText).ToList();

        Assert.All(Variable().Matches(Text).Select(match => match.Value), name =>
            Assert.Contains(readers, text => text.Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Has_read_permission_only_and_pins_its_actions()
    {
        var permissions = Regex.Match(Text, @"^permissions:\n((  .*\n)+)", RegexOptions.Multiline).Groups[1].Value;
        Assert.Equal("contents: read", permissions.Trim());
        Assert.Equal(1, Regex.Count(Text, "permissions:"));
        Assert.NotEmpty(Regex.Matches(Text, "uses: "));
        Assert.All(Regex.Matches(Text, "uses: (.*)").Select(match => match.Groups[1].Value), action =>
            Assert.Matches("^actions/[a-z-]+@[0-9a-f]{40} # v[0-9]+\\.[0-9]+\\.[0-9]+$", action));
    }

    [Fact]
    public void Has_a_timeout_for_every_job() =>
        Assert.Equal(Regex.Count(Text, "runs-on: "), Regex.Count(Text, "timeout-minutes: [0-9]+"));

    [GeneratedRegex(@"\beng/[\w.-]+")]
    private static partial Regex Script();

    [GeneratedRegex(@"\bHERMES_\w+")]
    private static partial Regex Variable();
}
