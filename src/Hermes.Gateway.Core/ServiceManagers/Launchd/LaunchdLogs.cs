using System.Collections.Immutable;
using System.Text;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The files that a job's two output streams go to: launchd keeps no journal. It opens them itself, and does
/// not start a job whose files it cannot open.</summary>
internal static class LaunchdLogs
{
    /// <summary>The owned key of the file of standard output.</summary>
    public const string OutputKey = "StandardOutPath";

    /// <summary>The owned key of the file of standard error.</summary>
    public const string ErrorsKey = "StandardErrorPath";

    private const int MostBytes = 64 << 10;

    /// <summary>The folder of all logs of a scope.</summary>
    public static string FolderOf(HostContext host, ServiceScope scope) =>
        Path.Combine(scope == ServiceScope.System ? host.MachineLibrary : Path.Combine(host.Home, "Library"), "Logs", "Hermes.Gateway");

    /// <summary>The file of standard output.</summary>
    public static string OutputOf(DesiredService desired) => desired.Keys[OutputKey];

    /// <summary>The file of standard error.</summary>
    public static string ErrorsOf(DesiredService desired) => desired.Keys[ErrorsKey];

    /// <summary>Makes sure that both files can be opened by the account that the job runs as, creating what is missing:
    /// launchd opens them after it has changed to the account.</summary>
    /// <param name="desired">The service.</param>
    /// <param name="home">The caller's home folder.</param>
    /// <returns>Why not; null when they can.</returns>
    public static string? FindProblem(DesiredService desired, string home)
    {
        var user = desired.Definition.User;
        var account = user is null ? null : Accounts.Find(user);
        if (user is not null && account is null) return $"there is no account {user} to own it (HermesGatewayUser).";
        try
        {
            var folders = new StateFolders(home);
            foreach (var path in new[] { OutputOf(desired), ErrorsOf(desired) })
            {
                folders.MakePublic(Path.GetDirectoryName(path)!);
                using var file = PrivateFile.OpenOrCreate(path, acceptsAnyOwner: true);
                if (account is not null) NativeMethods.ChangeOwner(file, path, account);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>How long a file is now; 0 when there is none.</summary>
    public static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }

    /// <summary>The last lines of a file, of those written since it had <paramref name="from"/> bytes.</summary>
    public static ImmutableArray<string> ReadTail(string path, long from, int lines)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // A file that is shorter than it was is a new one.
            var start = Math.Max(from <= file.Length ? from : 0, file.Length - MostBytes);
            file.Position = start;
            var bytes = new byte[file.Length - start];
            var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return [.. Encoding.UTF8.GetString(bytes, 0, read)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .TakeLast(lines)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No log is no error: the report tells the rest.
            return [];
        }
    }

    /// <summary>Removes the files of a service that is gone, and their folder when no other service has any there. What
    /// cannot be removed stays: it is of no effect.</summary>
    public static void Remove(DesiredService desired)
    {
        try
        {
            File.Delete(OutputOf(desired));
            File.Delete(ErrorsOf(desired));
            var folder = Path.GetDirectoryName(OutputOf(desired))!;
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
