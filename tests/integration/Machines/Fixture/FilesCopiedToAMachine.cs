using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Fixture;

/// <summary>Files that tests write to a machine and read from it.</summary>
public sealed class FilesCopiedToAMachine : MachineTests, IDisposable
{
    private const UnixFileMode Program = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead;

    private readonly string _folder;

    public FilesCopiedToAMachine(MachineFixture fixture)
        : base(fixture) => _folder = Directory.CreateTempSubdirectory("hermes-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Text_is_written_unchanged_with_its_owner_and_mode()
    {
        var user = await Machine.AddUserAsync("philo", lingers: false);
        const string Text = "ä€\n\n\tno end of line";

        await Machine.WriteAsync("/home/philo/a/b/it's a file", Text, user.Name, "640");

        Assert.Equal(Text, System.Text.Encoding.UTF8.GetString(await Machine.CopyOutAsync("/home/philo/a/b/it's a file")));
        Assert.Equal(
            "philo philo 755 /home/philo/a\nphilo philo 755 /home/philo/a/b\nphilo philo 640 /home/philo/a/b/it's a file",
            await StatAsync("/home/philo/a", "/home/philo/a/b", "/home/philo/a/b/it's a file"));
        // An existing folder keeps its owner.
        Assert.Equal("root root 755 /home", await StatAsync("/home"));
    }

    [Fact]
    public async Task Bytes_are_read_back_unchanged()
    {
        var bytes = Enumerable.Range(0, 300_000).Select(number => (byte)(number * 7 % 256)).ToArray();
        await File.WriteAllBytesAsync(Path.Combine(_folder, "bytes"), bytes, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "nothing"), [], TestContext.Current.CancellationToken);

        await Machine.CopyInAsync(_folder, "/srv/bytes");

        Assert.Equal(bytes, await Machine.CopyOutAsync("/srv/bytes/bytes"));
        Assert.Empty(await Machine.CopyOutAsync("/srv/bytes/nothing"));
    }

    [Fact]
    public async Task Tree_keeps_modes_and_links_and_is_merged_into_an_existing_folder()
    {
        await Machine.AddUserAsync("tria", lingers: false);
        Directory.CreateDirectory(Path.Combine(_folder, "inner/empty"), Program);
        await File.WriteAllTextAsync(Path.Combine(_folder, "inner/program"), "#!/bin/sh\necho it runs\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Path.Combine(_folder, "inner/program"), Program);
        File.CreateSymbolicLink(Path.Combine(_folder, "inner/link"), "program");
        await Machine.WriteAsync("/srv/tree/kept", "kept");

        await Machine.CopyInAsync(_folder, "/srv/tree", "tria");
        await Machine.CopyInAsync(_folder, "/srv/tree", "tria"); // A second copy adds no folder inside the first.

        Assert.Equal(
            "/srv/tree\n/srv/tree/inner\n/srv/tree/inner/empty\n/srv/tree/inner/link\n/srv/tree/inner/program\n/srv/tree/kept",
            await Machine.ShellAsync("find /srv/tree | sort"));
        Assert.Equal("tria tria 740 /srv/tree/inner/empty\ntria tria 740 /srv/tree/inner/program",
            await StatAsync("/srv/tree/inner/empty", "/srv/tree/inner/program"));
        Assert.Equal("program", await Machine.RunAsync("readlink", "/srv/tree/inner/link"));
        Assert.Equal("it runs", await Machine.RunAsync("/srv/tree/inner/link"));
        Assert.Equal("#!/bin/sh\necho it runs\n"u8.ToArray(), await Machine.CopyOutAsync("/srv/tree/inner/link"));
    }

    [Theory]
    [InlineData("/run/file")]
    [InlineData("/tmp/file")]
    [InlineData("/var/run/file")]
    [InlineData("/run/lock/file")]
    public async Task Copy_from_and_to_a_tmpfs_is_refused(string path)
    {
        await Machine.WriteAsync(path, "here");
        try
        {
            var refused = await Assert.ThrowsAsync<Xunit.Sdk.TrueException>(() => Machine.CopyOutAsync(path));
            Assert.Contains($"{path} is on a tmpfs", refused.Message, StringComparison.Ordinal);
            refused = await Assert.ThrowsAsync<Xunit.Sdk.TrueException>(
                () => Machine.CopyInAsync(_folder, Path.GetDirectoryName(path)!));
            Assert.Contains("is on a tmpfs", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            await Machine.RunAsync("rm", path);
        }
    }

    [Fact]
    public async Task File_at_the_path_of_a_folder_is_refused()
    {
        await Machine.RunAsync("mkdir", "--parents", "/srv/folder");

        var refused = await Assert.ThrowsAsync<Xunit.Sdk.TrueException>(() => Machine.WriteAsync("/srv/folder", "text"));
        Assert.Contains("Is a directory", refused.Message, StringComparison.Ordinal);

        Assert.Equal("", await Machine.RunAsync("ls", "-A", "/srv/folder"));
    }

    private Task<string> StatAsync(params string[] paths) => Machine.RunAsync(["stat", "--format=%U %G %a %n", .. paths]);
}
