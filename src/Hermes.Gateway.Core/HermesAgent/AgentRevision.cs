using System.Security.Cryptography;

namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>Fingerprints a checkout without running anything: the current commit (without git, <c>pyproject.toml</c>), the content of
/// the interpreter, and <c>pyvenv.cfg</c>. Uncommitted changes and packages that are installed later do not change it.</summary>
internal static class AgentRevision
{
    private const string EnvironmentFile = "pyvenv.cfg";
    private const int MaxReferences = 5;

    /// <summary>Returns 16 lower-case hexadecimal digits, equal for the same commit and interpreter in any folder.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static string Of(string checkout, string interpreter)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (HeadOf(checkout) is { } commit) Add("commit", Encoding.UTF8.GetBytes(commit));
        else AddFile("project", Path.Combine(checkout, "pyproject.toml"));
        AddFile("interpreter", interpreter);
        if (VirtualEnvironmentOf(interpreter) is { } environment) AddFile("environment", Path.Combine(environment, EnvironmentFile));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];

        void AddFile(string name, string path)
        {
            if (!File.Exists(path)) return;
            using var stream = File.OpenRead(path);
            Add(name, SHA256.HashData(stream));
        }

        void Add(string name, byte[] value)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{value.Length}\0"));
            hash.AppendData(value);
        }
    }

    /// <summary>Returns the folder of an interpreter's virtual environment; null when it is in none.</summary>
    public static string? VirtualEnvironmentOf(string interpreter) =>
        Path.GetDirectoryName(Path.GetDirectoryName(interpreter)) is { } folder && File.Exists(Path.Combine(folder, EnvironmentFile))
            ? folder
            : null;

    /// <summary>Returns the commit of a work tree, or the branch if it has no commit yet; null without git.</summary>
    public static string? HeadOf(string checkout)
    {
        var git = Path.Combine(checkout, ".git");
        // In a worktree or submodule, .git is a file with the path of the folder (gitrepository-layout(5)).
        if (ReadLine(git) is { } line && line.StartsWith("gitdir: ", StringComparison.Ordinal))
            git = Path.GetFullPath(line["gitdir: ".Length..], checkout);
        if (ReadLine(Path.Combine(git, "HEAD")) is not { } head) return null;

        // Worktrees share branches, but not HEAD.
        var common = ReadLine(Path.Combine(git, "commondir")) is { } shared ? Path.GetFullPath(shared, git) : git;
        for (var i = 0; i < MaxReferences && head.StartsWith("ref: ", StringComparison.Ordinal); i++)
        {
            var name = head["ref: ".Length..].Trim();
            if ((ReadLine(Path.Combine(git, name)) ?? ReadLine(Path.Combine(common, name)) ?? PackedReference(common, name))
                is not { } next) return head;
            head = next;
        }

        return head;
    }

    private static string? PackedReference(string common, string name) => ReadLines(Path.Combine(common, "packed-refs"))
        .FirstOrDefault(line => line.EndsWith(" " + name, StringComparison.Ordinal))?.Split(' ')[0];

    private static string? ReadLine(string path) => ReadLines(path).FirstOrDefault()?.Trim();

    private static IEnumerable<string> ReadLines(string path) => File.Exists(path) ? File.ReadLines(path) : [];
}
