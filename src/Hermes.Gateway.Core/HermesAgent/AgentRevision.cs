using System.Security.Cryptography;
using System.Text;

namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>Fingerprints a checkout without running anything: the commit that is checked out (where there is no git,
/// <c>pyproject.toml</c>), the interpreter's content, and <c>pyvenv.cfg</c>. Changes that are not committed do not count,
/// nor do packages that are installed later.</summary>
internal static class AgentRevision
{
    private const int MostReferences = 5;

    /// <summary>16 lower-case hexadecimal digits; the same for the same commit and interpreter, wherever they are.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static string Of(string checkout, string interpreter)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (HeadOf(checkout) is { } commit) Add("commit", Encoding.UTF8.GetBytes(commit));
        else AddFile("project", Path.Combine(checkout, "pyproject.toml"));
        AddFile("interpreter", interpreter);
        if (AgentFacts.VirtualEnvironmentOf(interpreter) is { } environment)
            AddFile("environment", Path.Combine(environment, AgentFacts.EnvironmentFile));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];

        void AddFile(string what, string path)
        {
            if (!File.Exists(path)) return;
            using var stream = File.OpenRead(path);
            Add(what, SHA256.HashData(stream));
        }

        void Add(string what, byte[] value)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{what}\0{value.Length}\0"));
            hash.AppendData(value);
        }
    }

    /// <summary>The commit of a work tree, or the branch of one that has no commit yet; null where there is no git.
    /// </summary>
    public static string? HeadOf(string checkout)
    {
        var git = Path.Combine(checkout, ".git");
        // In a worktree or submodule it is a file that tells where the folder is.
        if (File.Exists(git) && ReadLine(git) is { } line && line.StartsWith("gitdir: ", StringComparison.Ordinal))
            git = Path.GetFullPath(line["gitdir: ".Length..], checkout);
        if (ReadLine(Path.Combine(git, "HEAD")) is not { } head) return null;

        // Branches are shared between worktrees, HEAD is not.
        var common = ReadLine(Path.Combine(git, "commondir")) is { } shared ? Path.GetFullPath(shared, git) : git;
        for (var i = 0; i < MostReferences && head.StartsWith("ref: ", StringComparison.Ordinal); i++)
        {
            var name = head["ref: ".Length..].Trim();
            var next = ReadLine(Path.Combine(git, name)) ?? ReadLine(Path.Combine(common, name)) ?? Packed(common, name);
            if (next is null) return head;
            head = next;
        }

        return head;
    }

    private static string? Packed(string common, string name)
    {
        var file = Path.Combine(common, "packed-refs");
        return File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.EndsWith(" " + name, StringComparison.Ordinal))?.Split(' ')[0]
            : null;
    }

    private static string? ReadLine(string path) =>
        File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() : null;
}
