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
    public void Missing_log_file_is_not_reported_as_the_cause() => Assert.Null(Find());

    [Fact]
    public void Missing_program_is_reported()
    {
        File.Delete(Program);
        Assert.Equal($"the program {Program} is missing", Find());
    }

    [Fact]
    public void Program_that_is_not_executable_is_reported()
    {
        File.SetUnixFileMode(Program, (UnixFileMode)0b110_100_100);
        Assert.Equal($"the program {Program} is not executable", Find());
    }

    [Fact]
    public void Program_that_is_a_folder_is_reported()
    {
        File.Delete(Program);
        Directory.CreateDirectory(Program);
        Assert.Equal($"the program {Program} is a folder", Find());
    }

    [Fact]
    public void Missing_working_directory_is_reported()
    {
        Directory.Delete(Folder);
        Assert.Equal($"the working directory {Folder} is missing", Find());
    }

    [Fact]
    public void Working_directory_that_is_a_file_is_reported()
    {
        Directory.Delete(Folder);
        File.WriteAllText(Folder, "");
        Assert.Equal($"the working directory {Folder} is a file", Find());
    }

    [Fact]
    public void Missing_folder_of_a_log_is_reported()
    {
        Directory.Delete(Path.GetDirectoryName(Log)!);
        Assert.Equal($"the folder of the log file {Log} is missing", Find());
    }

    [Fact]
    public void Log_that_is_a_folder_is_reported()
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
