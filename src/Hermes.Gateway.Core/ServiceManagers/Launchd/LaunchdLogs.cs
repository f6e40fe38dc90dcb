using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The log files of a job's output streams. launchd opens them and does not start a job if that fails.</summary>
internal static class LaunchdLogs
{
    public const string OutputKey = "StandardOutPath";
    public const string ErrorKey = "StandardErrorPath";

    private const int MaxTailBytes = 64 << 10;

    public static string OutputPath(DesiredService desired) => desired.Keys[OutputKey];

    public static string ErrorPath(DesiredService desired) => desired.Keys[ErrorKey];

    /// <summary>Creates missing log files, owned by the account as which the job runs and launchd opens them. Returns null on
    /// success, else the reason why a file cannot be created or opened.</summary>
    public static string? EnsureFiles(DesiredService desired, string home)
    {
        var user = desired.Definition.User;
        var account = user is null ? null : Accounts.Find(user);
        if (user is not null && account is null) return $"there is no account {user} to own it (HermesGatewayUser).";
        try
        {
            var folders = new StateFolders(home);
            foreach (var path in new[] { OutputPath(desired), ErrorPath(desired) })
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

    public static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Reads the last lines that were written after the first <paramref name="from"/> bytes of a file.</summary>
    public static ImmutableArray<string> ReadTail(string path, long from, int lines)
    {
        var text = FileErrors.Ignore(fallback: null, () =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // A file shorter than before was replaced by a new one.
            var start = Math.Max(from <= file.Length ? from : 0, file.Length - MaxTailBytes);
            file.Position = start;
            var bytes = new byte[file.Length - start];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        });
        return [.. (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(lines)];
    }

    /// <summary>Removes the log files of an unloaded service, and their folder if it is then empty. Ignores failures.</summary>
    public static void Remove(DesiredService desired) => FileErrors.Ignore(() =>
    {
        File.Delete(OutputPath(desired));
        File.Delete(ErrorPath(desired));
        var folder = Path.GetDirectoryName(OutputPath(desired))!;
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    });
}
