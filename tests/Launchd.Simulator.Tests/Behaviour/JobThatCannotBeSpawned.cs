namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>What launchd cannot start is loaded all the same; it tries again and again, and says 78.</summary>
public sealed class JobThatCannotBeSpawned : IDisposable
{
    private const string Label = "dev.example.agent";
    private readonly Mac _mac = new();

    public static TheoryData<string, string, string> Impossible => new()
    {
        { "a missing program", "ProgramArguments", """["HOME/missing"]""" },
        { "a program that is a folder", "ProgramArguments", """["/usr"]""" },
        { "a file that is no program", "ProgramArguments", """["/etc/passwd"]""" },
        { "a log in a missing folder", "StandardOutPath", "\"HOME/missing/out.log\"" },
        { "an error log that is a folder", "StandardErrorPath", "\"/usr\"" },
        { "a missing working directory", "WorkingDirectory", "\"HOME/missing\"" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Is_loaded_and_retried_with_exit_code_78(string what, string key, string json)
    {
        var keys = new Dictionary<string, string>
        {
            ["ProgramArguments"] = $"""["/usr/bin/touch", "{_mac.Home}/touched"]""",
            ["KeepAlive"] = "true",
            [key] = json.Replace("HOME", _mac.Home, StringComparison.Ordinal),
        };

        _mac.Bootstrap(_mac.Define(Label, [.. keys.Select(pair => (pair.Key, pair.Value))]));

        _mac.AwaitState(Label, "spawn scheduled");
        _mac.AwaitRuns(Label, 2);
        Assert.True(_mac.Field(Label, "last exit code") == "78: EX_CONFIG", what);
        Assert.Null(_mac.Field(Label, "pid"));
        Assert.False(File.Exists(Path.Combine(_mac.Home, "touched")), what);
    }

    [Fact]
    public void Is_started_when_its_missing_program_appears()
    {
        var program = Path.Combine(_mac.Home, "program");
        _mac.Bootstrap(_mac.Define(Label, ("ProgramArguments", $"[\"{program}\"]"), ("KeepAlive", "true")));
        _mac.AwaitState(Label, "spawn scheduled");

        Mac.WriteFile(program + ".new", "#!/bin/sh\nexec sleep 300\n", (UnixFileMode)0b111_101_101);
        File.Move(program + ".new", program);

        _mac.AwaitPid(Label);
    }

    [Fact]
    public void Can_be_booted_out()
    {
        _mac.Bootstrap(_mac.Define(Label, ("ProgramArguments", $"[\"{_mac.Home}/missing\"]"), ("KeepAlive", "true")));
        _mac.AwaitState(Label, "spawn scheduled");

        _mac.Bootout(Label);

        _mac.AwaitGone(Label);
    }

    public void Dispose() => _mac.Dispose();
}
