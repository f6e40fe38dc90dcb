using System.Diagnostics;
using System.Globalization;

namespace Hermes.Gateway.Testing;

/// <summary>A checkout of the stand-in for the Hermes Agent (tests/HermesAgent.StandIn), with a virtual environment of
/// the machine's Python, made without network, in which it is installed by a link.</summary>
public sealed class HermesCheckout
{
    public HermesCheckout(string folder, string environment = "venv")
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        var package = Directory.CreateDirectory(Path.Combine(Folder, "hermes_cli")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "hermes-agent", "hermes_cli"), "*.py"))
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
        Commit("0000000000000000000000000000000000000001");
        AddEnvironment(environment);
        Python = Path.Combine(Folder, environment, "bin", "python");
    }

    public string Folder { get; }

    /// <summary>The interpreter of the first environment.</summary>
    public string Python { get; }

    /// <summary>Makes an environment and installs the checkout into it.</summary>
    public void AddEnvironment(string name)
    {
        Run("python3", "-m", "venv", "--without-pip", Path.Combine(Folder, name));
        var packages = Directory.GetDirectories(Path.Combine(Folder, name, "lib"), "python*").Single();
        // Not by a .pth file: Python reads it in the locale, and a private systemd has none for letters beyond ASCII.
        Directory.CreateSymbolicLink(Path.Combine(packages, "site-packages", "hermes_cli"), Path.Combine(Folder, "hermes_cli"));
    }

    /// <summary>Checks out a commit, as far as the files of git tell.</summary>
    public void Commit(string commit)
    {
        Directory.CreateDirectory(Path.Combine(Folder, ".git"));
        File.WriteAllText(Path.Combine(Folder, ".git", "HEAD"), commit + "\n");
    }

    /// <summary>Makes the next import of the program fail.</summary>
    public void Break() => File.WriteAllText(Path.Combine(Folder, "hermes_cli", "main.py"), "import a_module_that_is_nowhere\n");

    /// <summary>Makes the gateway of a home exit.</summary>
    public static void Exit(string home, int code)
    {
        // In one step: the program must not read half of it.
        var path = Path.Combine(home, "exit-with");
        File.WriteAllText(path + ".new", code.ToString(CultureInfo.InvariantCulture));
        File.Move(path + ".new", path);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} exits {process.ExitCode}: {error}");
    }
}
