using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public sealed class JobWithoutProcess : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public JobWithoutProcess()
    {
        File.WriteAllText(Program, "#!/bin/sh\n");
        File.SetUnixFileMode(Program, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(Path.GetDirectoryName(Log)!);
    }

    private string Program => _folder.At("app");

    private string Folder => _folder.At("work");

    private string Log => _folder.At("logs/app.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Has_no_problem_when_only_its_log_is_missing() => Assert.Null(Find());

    [Fact]
    public void Reports_a_missing_program()
    {
        File.Delete(Program);
        Assert.Equal($"the program {Program} is missing", Find());
    }

    [Fact]
    public void Reports_a_program_that_is_not_executable()
    {
        File.SetUnixFileMode(Program, (UnixFileMode)0b110_100_100);
        Assert.Equal($"the program {Program} is not executable", Find());
    }

    [Fact]
    public void Reports_a_program_that_is_a_folder()
    {
        File.Delete(Program);
        Directory.CreateDirectory(Program);
        Assert.Equal($"the program {Program} is a folder", Find());
    }

    [Fact]
    public void Reports_a_missing_working_directory()
    {
        Directory.Delete(Folder);
        Assert.Equal($"the working directory {Folder} is missing", Find());
    }

    [Fact]
    public void Reports_a_working_directory_that_is_a_file()
    {
        Directory.Delete(Folder);
        File.WriteAllText(Folder, "");
        Assert.Equal($"the working directory {Folder} is a file", Find());
    }

    [Fact]
    public void Reports_a_missing_folder_of_a_log()
    {
        Directory.Delete(Path.GetDirectoryName(Log)!);
        Assert.Equal($"the folder of the log file {Log} is missing", Find());
    }

    [Fact]
    public void Reports_a_log_that_is_a_folder()
    {
        Directory.CreateDirectory(Log);
        Assert.Equal($"the log file {Log} is a folder", Find());
    }

    private string? Find() => JobFailure.FindSpawnProblem(PrintedJob.TryParse($$"""
        gui/501/a = {
        {{"\t"}}state = spawn scheduled

        {{"\t"}}program = {{Program}}
        {{"\t"}}working directory = {{Folder}}
        {{"\t"}}stdout path = {{Log}}
        {{"\t"}}stderr path = {{Log}}
        }
        """)!);
}
