using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Units with random names in the runtime unit folder of the user manager. Disposing stops and removes them.</summary>
internal sealed class TemporaryUnits : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(false, true);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _prefix = $"hermes-test-{Guid.NewGuid():N}";
    private readonly string _folder;
    private readonly List<string> _names = [];

    public TemporaryUnits()
    {
        _folder = Path.Combine(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")!, "systemd", "user");
        Assert.Contains(_folder, Systemctl("show", "--property=UnitPath", "--value").Trim().Split(' '));
        Directory.CreateDirectory(_folder);
        Scratch = Directory.CreateTempSubdirectory("hermes-test-").FullName;
    }

    /// <summary>A folder that is removed when this is disposed.</summary>
    public string Scratch { get; }

    /// <summary>Writes a unit file and returns its name; systemd loads it after the next <see cref="Reload"/>.</summary>
    public string Add(string text)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{_prefix}-{_names.Count}.service");
        _names.Add(name);
        File.WriteAllText(Path.Combine(_folder, name), text, Utf8);
        return name;
    }

    public static void Reload() => Systemctl("daemon-reload");

    /// <summary>Starts units; a failure is visible in their properties only.</summary>
    public static void Start(IEnumerable<string> names) => Run(["start", .. names]);

    /// <summary>Returns single-line properties of units, in the order of <paramref name="names"/>.</summary>
    public static List<Dictionary<string, string>> Show(IEnumerable<string> names, params string[] properties)
    {
        var output = Systemctl(["show", $"--property={string.Join(',', properties)}", "--", .. names]);
        return
        [
            .. output.TrimEnd('\n').Split("\n\n").Select(block => block.Split('\n')
                .Select(line => line.Split('=', 2))
                .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal)),
        ];
    }

    public void Dispose()
    {
        if (_names.Count > 0)
        {
            Run(["stop", .. _names]);
            foreach (var name in _names) File.Delete(Path.Combine(_folder, name));
            Run(["reset-failed", .. _names]);
            Run(["daemon-reload"]);
        }

        Directory.Delete(Scratch, recursive: true);
    }

    private static string Systemctl(params string[] arguments)
    {
        var (exitCode, output, error) = Run(arguments);
        Assert.True(exitCode == 0, $"systemctl {arguments[0]}: exit {exitCode}: {error}");
        return output;
    }

    private static (int ExitCode, string Output, string Error) Run(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("systemctl", ["--user", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Utf8,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Deadline))
        {
            process.Kill();
            throw new TimeoutException($"systemctl {arguments[0]} did not end");
        }

        return (process.ExitCode, output.Result, error.Result);
    }
}
