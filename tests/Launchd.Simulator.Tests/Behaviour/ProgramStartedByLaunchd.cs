using System.Diagnostics;

namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>What reaches the program: the definition and launchd's defaults, and nothing of the caller.</summary>
public sealed class ProgramStartedByLaunchd : IDisposable
{
    private const string Label = "dev.example.agent";
    private readonly Mac _mac = new();

    private string Out => Path.Combine(_mac.Home, "out.log");

    [Fact]
    public void Has_no_environment_variable_of_the_caller()
    {
        var path = Define("""["/usr/bin/env"]""", ("EnvironmentVariables", """{"MODE": "a = b", "HOMELESS": ""}"""));

        // The first client starts launchd, so its variables are the likeliest to leak.
        var start = new ProcessStartInfo(_mac.Simulator.Launchctl, ["bootstrap", _mac.Domain, path]);
        foreach (var (name, value) in _mac.Simulator.Environment)
            start.Environment[name] = value;
        start.Environment["LEAK"] = "1";
        using (var client = Process.Start(start)!)
        {
            Assert.True(client.WaitForExit(TimeSpan.FromSeconds(20)));
            Assert.Equal(0, client.ExitCode);
        }

        _mac.AwaitState(Label, "not running");
        var variables = File.ReadAllLines(Out)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Equal(
            ["HOME", "HOMELESS", "LOGNAME", "MODE", "PATH", "SHELL", "TMPDIR", "USER", "XPC_SERVICE_NAME"],
            variables.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("/usr/bin:/bin:/usr/sbin:/sbin", variables["PATH"]);
        Assert.Equal(Label, variables["XPC_SERVICE_NAME"]);
        Assert.Equal("a = b", variables["MODE"]);
    }

    [Fact]
    public void Has_the_PATH_of_its_definition_instead_of_the_default()
    {
        _mac.Bootstrap(Define("""["/usr/bin/env"]""", ("EnvironmentVariables", """{"PATH": "/opt/bin"}""")));
        _mac.AwaitState(Label, "not running");

        Assert.Contains("PATH=/opt/bin", File.ReadAllLines(Out));
    }

    [Fact]
    public void Runs_in_the_root_folder_by_default()
    {
        _mac.Bootstrap(Define("""["/bin/pwd"]"""));
        _mac.AwaitState(Label, "not running");

        Assert.Equal("/\n", File.ReadAllText(Out));
    }

    [Fact]
    public void Runs_in_the_WorkingDirectory_of_its_definition()
    {
        _mac.Bootstrap(Define("""["/bin/sh", "-c", "pwd -P; : > here"]""", ("WorkingDirectory", $"\"{_mac.Agents}\"")));
        _mac.AwaitState(Label, "not running");

        Assert.True(File.Exists(Path.Combine(_mac.Agents, "here")));
    }

    [Fact]
    public void Receives_its_arguments_unexpanded()
    {
        _mac.Bootstrap(Define("""["/bin/echo", "~", "$HOME", "*", "a  b"]"""));
        _mac.AwaitState(Label, "not running");

        Assert.Equal("~ $HOME * a  b\n", File.ReadAllText(Out));
    }

    [Fact]
    public void Is_found_on_the_default_PATH_of_launchd()
    {
        _mac.Bootstrap(Define("""["echo", "found"]"""));
        _mac.AwaitState(Label, "not running");

        Assert.Equal("found\n", File.ReadAllText(Out));
    }

    [Fact]
    public void Is_the_Program_key_and_receives_the_first_argument_as_its_name()
    {
        _mac.Bootstrap(Define("""["a-name", "-c", "echo $0"]""", ("Program", "\"/bin/sh\"")));
        _mac.AwaitState(Label, "not running");

        Assert.Equal("a-name\n", File.ReadAllText(Out));
    }

    [Fact]
    public void Has_an_empty_standard_input_and_appends_to_its_log()
    {
        File.WriteAllText(Out, "before\n");
        _mac.Bootstrap(Define(
            """["/bin/sh", "-c", "cat; echo after; echo problem >&2"]""", ("StandardErrorPath", $"\"{Out}\"")));
        _mac.AwaitState(Label, "not running");

        Assert.Equal("before\nafter\nproblem\n", File.ReadAllText(Out));
    }

    [Fact]
    public void Has_a_new_log_that_everyone_can_read()
    {
        _mac.Bootstrap(Define("""["/bin/echo"]"""));
        _mac.AwaitState(Label, "not running");

        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(Out));
    }

    public void Dispose() => _mac.Dispose();

    private string Define(string arguments, params (string Key, string Json)[] keys) => _mac.Define(
        Label, [("ProgramArguments", arguments), ("RunAtLoad", "true"), ("StandardOutPath", $"\"{Out}\""), .. keys]);
}
