using System.Text.Json;
using System.Xml.Linq;
using Hermes.Gateway.Tasks.Tests.Infra;

namespace Hermes.Gateway.Tasks.Tests;

/// <summary>CI gets the files that it asked for, whatever a verb came to.</summary>
public sealed class ReportFilesOfTasks : IDisposable
{
    private static readonly ReportSchema Schema = ReportSchema.Read();

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [MemberData(nameof(Verbs.Names), MemberType = typeof(Verbs))]
    public void Are_written_by_every_verb_with_their_folders(string verb)
    {
        using var task = WithFiles(_sandbox.Task(verb, null, _sandbox.Service("one"), _sandbox.Service("two")));

        var succeeded = task.Execute();

        Assert.Empty(_sandbox.Engine.Warnings);
        var json = ReadReport();
        Assert.Equal(verb.ToLowerInvariant(), json.GetProperty("verb").GetString());
        Assert.Equal(!succeeded, json.GetProperty("outcome").GetString() == "failed");
        Assert.Equal(
            task.Results.Select(item => (item.ItemSpec, item.GetMetadata("Outcome"))),
            json.GetProperty("services").EnumerateArray().Select(one => (one.GetProperty("service").GetString()!, one.GetProperty("outcome").GetString()!)));
        var summary = File.ReadAllLines(_sandbox.At("out/ci/summary.md"));
        Assert.StartsWith($"### Hermes.Gateway: {verb.ToLowerInvariant()} ", summary[0], StringComparison.Ordinal);
        Assert.Equal(["| one |", "| two |"], summary.Skip(4).Take(2).Select(line => line[..7]));
        Assert.Equal(["one", "two"], ReadJUnit().Elements("testsuite").Select(one => one.Attribute("name")!.Value));
        Assert.Equal(["gateway.json", "gateway.xml", "summary.md"], Written());
    }

    [Fact]
    public void Show_a_failed_verb_as_failed()
    {
        using var task = WithFiles(_sandbox.Task("Verify", null, _sandbox.Service("my-gateway")));

        Assert.False(task.Execute());

        Assert.Equal("failed", ReadReport().GetProperty("outcome").GetString());
        Assert.Contains("HGW4001", File.ReadAllText(_sandbox.At("out/ci/summary.md")), StringComparison.Ordinal);
        Assert.NotEqual("0", ReadJUnit().Attribute("failures")!.Value);
    }

    [Fact]
    public void Contain_invalid_input()
    {
        using var task = WithFiles(_sandbox.Task("Deploy", null, _sandbox.Service("a b")));

        Assert.False(task.Execute());

        AssertTells("HGW0001");
    }

    [Fact]
    public void Contain_an_internal_error()
    {
        using var task = WithFiles(_sandbox.Task(
            "Deploy", FakeRunner.Throwing(new InvalidOperationException("a defect | ]]>")), _sandbox.Service("my-gateway")));

        Assert.False(task.Execute());

        AssertTells("HGW9001");
    }

    [Fact]
    public void Are_written_by_a_cancelled_verb()
    {
        using var task = WithFiles(_sandbox.Task("Deploy", null, _sandbox.Service("my-gateway")));
        task.Cancel();

        Assert.False(task.Execute());

        Assert.Equal("failed", ReadReport().GetProperty("outcome").GetString());
        Assert.Contains("HGW9002", File.ReadAllText(_sandbox.At("out/ci/summary.md")), StringComparison.Ordinal);
        Assert.NotEqual("0", ReadJUnit().Attribute("errors")!.Value);
    }

    [Fact]
    public void Are_replaced_except_for_the_summary_which_is_appended_to()
    {
        for (var i = 0; i < 2; i++)
        {
            using var task = WithFiles(_sandbox.Task("Status", null, _sandbox.Service("my-gateway")));
            Assert.True(task.Execute());
        }

        Assert.Single(ReadReport().GetProperty("services").EnumerateArray());
        Assert.Single(ReadJUnit().Elements());
        Assert.Equal(
            2, File.ReadAllLines(_sandbox.At("out/ci/summary.md")).Count(line => line == "### Hermes.Gateway: status unchanged"));
    }

    [Fact]
    public void Default_to_GITHUB_STEP_SUMMARY_for_the_summary()
    {
        _sandbox.Variables["GITHUB_STEP_SUMMARY"] = _sandbox.At("step.md");
        File.WriteAllText(_sandbox.At("step.md"), "# Before\n");
        using var first = _sandbox.Task("Status", null, _sandbox.Service("my-gateway"));
        using var second = WithFiles(_sandbox.Task("Status", null, _sandbox.Service("my-gateway")));

        Assert.True(first.Execute());
        var summary = File.ReadAllText(_sandbox.At("step.md"));
        Assert.True(second.Execute());

        Assert.StartsWith("# Before\n\n### Hermes.Gateway: status unchanged\n", summary, StringComparison.Ordinal);
        Assert.Equal(summary, File.ReadAllText(_sandbox.At("step.md")));
        Assert.True(File.Exists(_sandbox.At("out/ci/summary.md")));
    }

    [Fact]
    public void Are_not_written_without_their_properties()
    {
        using var task = _sandbox.Task("Status", null, _sandbox.Service("my-gateway"));
        (task.ReportFile, task.SummaryFile, task.JUnitFile) = ("", " ", null);
        var before = Directory.GetFileSystemEntries(_sandbox.At("."));

        Assert.True(task.Execute());

        Assert.Equal(before.Append(_sandbox.At("./commands")).Order(), Directory.GetFileSystemEntries(_sandbox.At(".")).Order());
    }

    [Fact]
    public void Each_unwritable_file_is_reported_as_a_warning()
    {
        // Below a file there can be no folder, not even for root; and a folder is no file.
        Directory.CreateDirectory(_sandbox.At("folder"));
        using var task = WithFiles(_sandbox.Task("Status", null, _sandbox.Service("my-gateway")));
        (task.ReportFile, task.SummaryFile) = ("My Project.csproj/x.json", "folder");

        Assert.True(task.Execute());

        Assert.Empty(_sandbox.Engine.Errors);
        Assert.Equal(["HGW1007", "HGW1007"], _sandbox.Engine.Warnings.Select(warning => warning.Code));
        Assert.Contains($"{_sandbox.At("My Project.csproj/x.json")} (HermesGatewayReportFile)", _sandbox.Engine.Warnings[0].Message, StringComparison.Ordinal);
        Assert.Contains($"{_sandbox.At("folder")} (HermesGatewaySummaryFile)", _sandbox.Engine.Warnings[1].Message, StringComparison.Ordinal);
        Assert.NotEmpty(ReadJUnit().Elements());
        Assert.Equal(["gateway.xml"], Written());
    }

    [Fact]
    public void Do_not_replace_links_or_pipes()
    {
        Directory.CreateDirectory(_sandbox.At("out"));
        File.WriteAllText(_sandbox.At("private"), "old");
        File.CreateSymbolicLink(_sandbox.At("out/report.json"), "/dev/null");
        File.CreateSymbolicLink(_sandbox.At("out/summary.md"), _sandbox.At("private"));
        using (var fifo = System.Diagnostics.Process.Start("mkfifo", [_sandbox.At("out/junit.xml")])) fifo.WaitForExit();
        using var task = _sandbox.Task("Status", null, _sandbox.Service("my-gateway"));
        (task.ReportFile, task.SummaryFile, task.JUnitFile) = ("out/report.json", "out/summary.md", "out/junit.xml");

        Assert.True(task.Execute());

        Assert.Empty(_sandbox.Engine.Errors);
        Assert.Equal(["HGW1007", "HGW1007", "HGW1007"], _sandbox.Engine.Warnings.Select(warning => warning.Code));
        Assert.Contains(
            $"{_sandbox.At("out/report.json")} (HermesGatewayReportFile) could not be written: it is a symbolic link to /dev/null, "
            + "and only a regular file is written or replaced. It was left as it is.",
            _sandbox.Engine.Warnings[0].Message, StringComparison.Ordinal);
        Assert.Contains($"it is a symbolic link to {_sandbox.At("private")}", _sandbox.Engine.Warnings[1].Message, StringComparison.Ordinal);
        Assert.Contains("it is a named pipe (FIFO)", _sandbox.Engine.Warnings[2].Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(_sandbox.At("private")));
        Assert.Equal("/dev/null", new FileInfo(_sandbox.At("out/report.json")).LinkTarget);
    }

    [Fact]
    public void Do_not_wait_for_the_reader_of_a_summary_pipe()
    {
        using (var fifo = System.Diagnostics.Process.Start("mkfifo", [_sandbox.At("step.md")])) fifo.WaitForExit();
        _sandbox.Variables["GITHUB_STEP_SUMMARY"] = _sandbox.At("step.md");
        using var task = _sandbox.Task("Status", null, _sandbox.Service("my-gateway"));

        Assert.True(task.Execute());

        var warning = Assert.Single(_sandbox.Engine.Warnings);
        Assert.Contains("(GITHUB_STEP_SUMMARY) could not be written: it is a named pipe (FIFO)", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contain_no_secret()
    {
        using var installed = _sandbox.Task("Install", null, _sandbox.Service("my-gateway", ("Environment", "API_TOKEN=hunter1")));
        installed.Execute();
        using var task = WithFiles(_sandbox.Task("Deploy", null, _sandbox.Service("my-gateway", ("Environment", "API_TOKEN=hunter2"))));

        Assert.False(task.Execute());

        Assert.Contains("Environment[API_TOKEN]", File.ReadAllText(_sandbox.At("out/ci/gateway.json")), StringComparison.Ordinal);
        Assert.All(Written(), name =>
            Assert.DoesNotContain("hunter", File.ReadAllText(_sandbox.At($"out/ci/{name}")), StringComparison.Ordinal));
    }

    private static GatewayTask WithFiles(GatewayTask task)
    {
        (task.ReportFile, task.SummaryFile, task.JUnitFile) = ("out/ci/gateway.json", "out/ci/../ci/summary.md", "out/ci/gateway.xml");
        return task;
    }

    private void AssertTells(string code)
    {
        var json = ReadReport();
        Assert.Equal(("failed", 0), (json.GetProperty("outcome").GetString(), json.GetProperty("services").GetArrayLength()));
        Assert.Equal(code, Assert.Single(json.GetProperty("findings").EnumerateArray()).GetProperty("code").GetString());
        Assert.Contains($"**{code}**", File.ReadAllText(_sandbox.At("out/ci/summary.md")), StringComparison.Ordinal);
        Assert.Equal(code, Assert.Single(ReadJUnit().Descendants("error")).Attribute("type")!.Value);
    }

    private IEnumerable<string?> Written() =>
        Directory.GetFileSystemEntries(_sandbox.At("out/ci")).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private JsonElement ReadReport()
    {
        var json = File.ReadAllText(_sandbox.At("out/ci/gateway.json"));
        Assert.Empty(Schema.Violations(json));
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private XElement ReadJUnit() => XDocument.Load(_sandbox.At("out/ci/gateway.xml")).Root!;
}
