using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Storage;

/// <summary>A path that names a link, folder, FIFO, socket or device, where a file is to be written or read.</summary>
public sealed class IrregularFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Kinds => new()
    {
        { "link", "it is a symbolic link to /dev/null, and only a regular file is written or replaced. It was left as it is." },
        { "folder", "it is a folder, and only a regular file is written or replaced. It was left as it is." },
        { "fifo", "it is a named pipe (FIFO), and only a regular file is written or replaced. It was left as it is." },
        { "socket", "it is a socket, and only a regular file is written or replaced. It was left as it is." },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Is_refused_without_waiting_and_is_left_as_it_is(string kind, string message)
    {
        var path = Make(kind);
        var before = Describe(path);

        foreach (var access in Accesses(path))
        {
            var thrown = await Assert.ThrowsAsync<IOException>(() => Task.Run(access, TestContext.Current.CancellationToken)
                .WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
            Assert.Equal(message, thrown.Message);
        }

        Assert.Equal(before, Describe(path));
        Assert.Equal([Path.GetFileName(path)], Directory.GetFileSystemEntries(_folder.At(".")).Select(Path.GetFileName));
    }

    [Fact, Trait("Os", "linux")]
    public async Task Is_refused_and_left_as_it_is_when_it_is_a_device()
    {
        Requires.Root();
        var path = Make("device");

        foreach (var access in Accesses(path))
        {
            var thrown = await Assert.ThrowsAsync<IOException>(() => Task.Run(access, TestContext.Current.CancellationToken));
            Assert.StartsWith("it is a device, ", thrown.Message, StringComparison.Ordinal);
        }

        Assert.StartsWith("character special file", Describe(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_not_reported_for_a_missing_file()
    {
        Assert.Null(RegularFile.FindProblem(_folder.At("new")));
        Assert.Null(RegularFile.Open(_folder.At("new"), NativeMethods.OpenMode.Read));
    }

    [Fact]
    public void Is_not_reported_for_a_regular_file_which_opens_for_reading_and_appending()
    {
        File.WriteAllText(_folder.At("f"), "text");

        using (var read = RegularFile.Open(_folder.At("f"), NativeMethods.OpenMode.Read)) Assert.Equal(4, RandomAccess.GetLength(read!));
        using var append = AppendedFile.TryOpen(_folder.At("f"));
        Assert.NotNull(append);
        Assert.Null(AppendedFile.TryOpen(_folder.At("f")));
    }

    [Fact, Trait("Os", "linux")]
    public void Is_distinguished_from_a_file_whose_mode_forbids_the_access()
    {
        File.WriteAllText(_folder.At("f"), "text");
        File.SetUnixFileMode(_folder.At("f"), UnixFileMode.None);

        Assert.IsType<UnauthorizedAccessException>(WithoutRights(
            () => RegularFile.Open(_folder.At("f"), NativeMethods.OpenMode.ReadAndWrite)));
    }

    // setfsuid(2) takes root's right to open any file from one thread only, which ends after it.
    private static Exception? WithoutRights(Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            const uint nobody = 65534;
            _ = setfsuid(Environment.IsPrivilegedProcess ? nobody : NativeMethods.EffectiveUserId);
            thrown = Record.Exception(action);
        });
        thread.Start();
        thread.Join();
        return thrown;
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setfsuid(uint userId);

    private static Action[] Accesses(string path) =>
    [
        () => AtomicFile.WriteRegular(path, "text", mode: null),
        () => AtomicFile.WriteRegular(path, "text", AtomicFile.Private),
        () => AppendedFile.Append(path, "text", TimeSpan.Zero, TimeProvider.System),
        () => RegularFile.Open(path, NativeMethods.OpenMode.Read),
    ];

    private string Make(string kind)
    {
        var path = _folder.At(kind);
        switch (kind)
        {
            case "link":
                File.CreateSymbolicLink(path, "/dev/null");
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "socket":
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                    socket.Bind(new UnixDomainSocketEndPoint(path));
                // The BCL removes the entry when it closes the socket.
                if (!File.Exists(path)) Run("/usr/bin/python3", "-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path);
                break;
            case "fifo":
                Run(Command("mkfifo"), path);
                break;
            default:
                Run(Command("mknod"), path, "c", "1", "3");
                break;
        }

        return path;
    }

    private static string Command(string name) =>
        new[] { "/usr/bin", "/bin", "/sbin" }.Select(folder => Path.Combine(folder, name)).First(File.Exists);

    private static void Run(string program, params string[] arguments) => Assert.Equal(0, new CliWrapProcessRunner()
        .Run(new CommandRequest { Program = program, Arguments = [.. arguments], Timeout = Bounds.Soon }, TestContext.Current.CancellationToken).ExitCode);

    private static string Describe(string path)
    {
        string[] format = OperatingSystem.IsMacOS() ? ["-f", "%HT %p %u %i"] : ["-c", "%F %a %u %i"];
        using var stat = Process.Start(new ProcessStartInfo("stat", [.. format, path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd();
    }
}
