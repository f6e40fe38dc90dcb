using System.Runtime.InteropServices;

namespace Launchd.Simulator;

/// <summary>A program to be started, in a session of its own, with nothing inherited.</summary>
internal sealed record SpawnRequest
{
    public required string Program { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, as NAME=value.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    public string WorkingDirectory { get; init; } = "/";

    public string Output { get; init; } = "/dev/null";

    public string Error { get; init; } = "/dev/null";

    /// <summary>Descriptors that the caller was given and that the program must not hold open.</summary>
    public IReadOnlyList<int> Close { get; init; } = [];
}

/// <summary>Starts programs with posix_spawn: unlike System.Diagnostics.Process it reports why exec failed, sets the
/// session, and leaves the waiting to the caller.</summary>
internal static unsafe class Spawner
{
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int OpaqueBytes = 1024;

    /// <summary>The process id; or, negative, the errno that prevented it.</summary>
    public static int Spawn(SpawnRequest request)
    {
        using var strings = new NativeStrings();
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        var signals = stackalloc byte[OpaqueBytes];
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawnattr_init(attributes);
        try
        {
            AddFiles(request, actions);

            // .NET ignores SIGPIPE, and so would the program.
            _ = sigfillset(signals);
            _ = posix_spawnattr_setsigdefault(attributes, signals);
            _ = sigemptyset(signals);
            _ = posix_spawnattr_setsigmask(attributes, signals);
            _ = posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask | SetSession);

            int processId;
            var error = posix_spawn(
                &processId, request.Program, actions, attributes,
                strings.Array(request.Arguments), strings.Array(request.Environment));
            return error == 0 ? processId : -error;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
        }
    }

    private static void AddFiles(SpawnRequest request, byte* actions)
    {
        const int write = 1, create = 0x40, append = 0x400;
        const uint everybodyReads = 0b110_100_100;
        _ = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0);
        _ = posix_spawn_file_actions_addopen(actions, 1, request.Output, write | create | append, everybodyReads);
        _ = posix_spawn_file_actions_addopen(actions, 2, request.Error, write | create | append, everybodyReads);
        foreach (var descriptor in request.Close) _ = posix_spawn_file_actions_addclose(actions, descriptor);
        _ = posix_spawn_file_actions_addchdir_np(actions, request.WorkingDirectory);
    }

    /// <summary>Null-terminated arrays of null-terminated strings, freed together.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly List<nint> _memory = [];

        public nint* Array(IReadOnlyList<string> items)
        {
            var array = (nint*)NativeMemory.AllocZeroed((nuint)items.Count + 1, (nuint)nint.Size);
            _memory.Add((nint)array);
            for (var i = 0; i < items.Count; i++)
            {
                var bytes = System.Text.Encoding.UTF8.GetBytes(items[i]);
                var text = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
                bytes.CopyTo(new Span<byte>(text, bytes.Length));
                _memory.Add((nint)text);
                array[i] = (nint)text;
            }

            return array;
        }

        public void Dispose()
        {
            foreach (var memory in _memory) NativeMemory.Free((void*)memory);
        }
    }

#pragma warning disable CA5392, SYSLIB1054, IDE1006, CS8981 // libc is where it is; its names are its own.
    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_init(byte* actions);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_destroy(byte* actions);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_addopen(
        byte* actions, int descriptor, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mode);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_addclose(byte* actions, int descriptor);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_addchdir_np(
        byte* actions, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport("libc")]
    private static extern int posix_spawnattr_init(byte* attributes);

    [DllImport("libc")]
    private static extern int posix_spawnattr_destroy(byte* attributes);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setflags(byte* attributes, short flags);

    [DllImport("libc")]
    private static extern int sigfillset(byte* signals);

    [DllImport("libc")]
    private static extern int sigemptyset(byte* signals);

    [DllImport("libc")]
    private static extern int posix_spawn(
        int* processId, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte* actions, byte* attributes,
        nint* arguments, nint* environment);
#pragma warning restore CA5392, SYSLIB1054, IDE1006, CS8981
}
