using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Releases;

/// <summary>Determines which files live processes use: their program, working directory, arguments and mapped files. Reads all of that
/// once, from <c>/proc</c> (proc(5)); on macOS only the arguments, from ps(1).</summary>
internal sealed class FileUse(IProcessRunner runner)
{
    private const string Processes = "/proc";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly Lazy<string?> _texts = new(() => Directory.Exists($"{Processes}/self") ? ReadProcesses() : AskPs(runner));

    /// <summary>Whether a live process uses <paramref name="folder"/> or a file in it; also true when that is not known.</summary>
    public bool IsUsed(string folder) => _texts.Value is not { } texts
        // The kernel's paths have no links; arguments are as they were given.
        || new[] { folder, RealPath.Of(folder) }.Any(path =>
            texts.Contains(path + "/", StringComparison.Ordinal) || texts.Contains(path + "\n", StringComparison.Ordinal));

    private static string ReadProcesses()
    {
        var texts = new StringBuilder();
        foreach (var process in Directory.EnumerateDirectories(Processes))
        {
            if (!int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out _)) continue;
            foreach (var link in (string[])["exe", "cwd"]) texts.Append(RealPath.LinkTarget($"{process}/{link}")).Append('\n');
            // Empty for a process that has ended meanwhile. The maps of another account's process cannot be read; its arguments can.
            foreach (var file in (string[])["cmdline", "maps"])
                texts.Append(FileErrors.Ignore("", () => File.ReadAllText($"{process}/{file}"))).Append('\n');
        }

        return texts.ToString();
    }

    // Null when it does not answer: then everything counts as used.
    private static string? AskPs(IProcessRunner runner)
    {
        var result = runner.Run(
            new CommandRequest { Program = "/bin/ps", Arguments = ["-axww", "-o", "args="], Timeout = Longest }, CancellationToken.None);
        return result.Succeeded ? result.StandardOutput : null;
    }
}
