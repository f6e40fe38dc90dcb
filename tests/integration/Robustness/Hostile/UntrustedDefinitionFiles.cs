using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers;

namespace Hermes.Gateway.Integration.Tests.Robustness.Hostile;

/// <summary>Reads real, damaged and huge files at the path of a definition and repairs them. Reading must end within a time that the
/// size bounds and must not throw; the repaired file must have the wanted keys, and a second repair must not change it.</summary>
[Trait("Manager", "systemd")]
[Trait("Campaign", "hostile")]
public sealed class UntrustedDefinitionFiles : IDisposable
{
    private const int Largest = 4 << 20;

    // Milliseconds are usual; a quadratic algorithm takes hours for 4 MiB.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);

    private static readonly string[] UnitFolders =
        ["/lib/systemd", "/usr/lib/systemd", "/etc/systemd", "/run/systemd", "/usr/share/systemd", "/etc/xdg/systemd"];

    private static readonly string[] Unit =
    [
        "\n", "\r\n", "\\\n", "\\", "=", "[", "]", "[Service]\n", "[Unit]\n", "[X-Hermes]\n", "Owned=", "Owned=ExecStart Environment[A]\n",
        "Environment=", "ExecStart=", "EnvironmentFile=", "\"", "'", "%", "%h", "$", ";", "#", " ", "\t", "\0", "\uFEFF", "\uFFFE", "é", "\x1b",
        "HERMES_GATEWAY_STAMP=1:0:0", "HERMES_GATEWAY_SOURCE=", "RestartForceExitStatus=", "WantedBy=",
    ];

    private static readonly string[] List =
    [
        "<", ">", "</", "/>", "<dict>", "</dict>", "<array>", "</array>", "<key>", "</key>", "<string>", "</string>", "<integer>", "<true/>", "<data>",
        "<!--", "-->", "<![CDATA[", "]]>", "&#0;", "&amp;", "&x;", "<!ENTITY x \"y\">", "<!DOCTYPE plist [", "<?xml version=\"1.0\"?>", "Label",
        "ProgramArguments", "EnvironmentVariables", "HermesGatewayOwned", "\0", "\uFFFE", "bplist00",
    ];

    private readonly string _scratch = Directory.CreateTempSubdirectory("hgw-hostile-").FullName;
    private readonly HostileTextGenerator _words;
    private readonly Random _random;
    private readonly ITestOutputHelper _output;

    public UntrustedDefinitionFiles(ITestOutputHelper output)
    {
        _output = output;
        _words = new HostileTextGenerator(output);
        _random = new Random(_words.Seed);
    }

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    [Fact]
    public void Unit_files_of_this_machine_are_read_and_repaired()
    {
        var (start, files) = (Stopwatch.GetTimestamp(), RealUnits());
        var format = new DefinitionFormat(_scratch, "systemd");

        var understood = files.Count(format.ReadAndRepair);

        // Most unit files of a machine have sections that the parser knows.
        Assert.True(understood * 2 >= files.Count, $"{understood} of {files.Count}");
        Campaign.Report("hostile-real-units", Figures(
            $"{files.Count} unit files of this machine, {understood} with sections of a service unit, longest {format.Slowest.TotalMilliseconds:0} ms", start), _output);
    }

    [Fact]
    public void Damaged_unit_files_are_read_and_repaired_without_an_exception() => Mutate("systemd", Unit, RealUnits());

    [Fact]
    public void Damaged_property_lists_are_read_and_repaired_without_an_exception() => Mutate("launchd", List, Lists());

    [Theory]
    [InlineData("systemd", "[Service]\n", "Environment=A=b c=d\n")]
    [InlineData("systemd", "[Service]\n", "Environment=\"A\\x41=\\\"%%\" ")]
    [InlineData("systemd", "[Service]\nExecStart=/bin/a ", "\"a\" 'b' \\x20 $$ %% ")]
    [InlineData("systemd", "[Service]\nX=", "\\\n")]
    [InlineData("systemd", "[Service]\nX=a\\\n", "# a comment in a continued line\n")]
    [InlineData("systemd", "", "#\n")]
    [InlineData("systemd", "", "\n")]
    [InlineData("systemd", "", "[S]\n")]
    [InlineData("systemd", "", "[Service\n")]
    [InlineData("systemd", "[Service]\n", "A=\n")]
    [InlineData("systemd", "[Service]\n", "Environment=\nEnvironment=A=b\n")]
    [InlineData("systemd", "[X-Hermes]\nOwned=", "Environment[A] ")]
    [InlineData("systemd", "", "\uFEFF")]
    [InlineData("systemd", "", "x")]
    [InlineData("launchd", "<plist><dict>", "<key>a</key><string/>")]
    [InlineData("launchd", "<plist><dict>", "<key>a</key><true/><!-- -->")]
    [InlineData("launchd", "<plist>", "<dict>")]
    [InlineData("launchd", "<plist><dict><key>ProgramArguments</key><array>", "<string>--token</string>")]
    [InlineData("launchd", "<plist><dict><key>a</key><string>", "a<![CDATA[b]]>")]
    [InlineData("launchd", "<plist><dict><key>a</key><string>", "&#x20;")]
    [InlineData("launchd", "<plist><dict><key>a</key><integer>", "0")]
    [InlineData("launchd", "<plist><dict><key>EnvironmentVariables</key><dict>", "<key>A</key><string>b</string>")]
    [InlineData("launchd", "<!DOCTYPE plist [<!ENTITY a \"b\">", "<!ENTITY c \"&a;&a;\">")]
    [InlineData("launchd", "", "<!-- -->")]
    public void Huge_file_is_read_and_repaired_in_bounded_time(string manager, string head, string piece)
    {
        // CPU time of this process, which does not depend on the load of the machine.
        var (format, start) = (new DefinitionFormat(_scratch, manager), Environment.CpuUsage.TotalTime);
        var end = manager == "systemd" ? "" : EndOf(head);
        // The long form has nearly the largest size; the repaired file, which is larger, must still be readable.
        var room = Campaign.Size(Largest / 4, Largest - (64 << 10)) - Encoding.UTF8.GetByteCount(head + end);
        var text = head + string.Concat(Enumerable.Repeat(piece, room / Encoding.UTF8.GetByteCount(piece))) + end;

        format.ReadAndRepair(Encoding.UTF8.GetBytes(text));

        var took = Environment.CpuUsage.TotalTime - start;
        _output.WriteLine($"{took.TotalMilliseconds:0} ms");
        Assert.True(took < Longest, $"{took}");
    }

    private static string EndOf(string head) => head switch
    {
        _ when head.EndsWith("<dict>", StringComparison.Ordinal) && head.Contains("Variables", StringComparison.Ordinal) => "</dict></dict></plist>",
        _ when head.EndsWith("<dict>", StringComparison.Ordinal) => "</dict></plist>",
        _ when head.EndsWith("<array>", StringComparison.Ordinal) => "</array></dict></plist>",
        _ when head.EndsWith("<string>", StringComparison.Ordinal) => "</string></dict></plist>",
        _ when head.EndsWith("<integer>", StringComparison.Ordinal) => "</integer></dict></plist>",
        _ => "",
    };

    private void Mutate(string manager, string[] dictionary, IReadOnlyList<byte[]> corpus)
    {
        var (format, start) = (new DefinitionFormat(_scratch, manager), Stopwatch.GetTimestamp());
        // The corpus includes a file that a deploy writes.
        byte[][] samples = [format.Rendered, .. corpus];
        var (count, understood) = (Campaign.Size(500, 100_000), 0);
        for (var i = 0; i < count; i++)
        {
            var sample = samples[_random.Next(4) == 0 ? 0 : _random.Next(samples.Length)];
            for (var changes = _random.Next(1, 6); changes > 0; changes--)
                sample = Damage(sample, dictionary, samples[_random.Next(samples.Length)]);
            if (format.ReadAndRepair(sample)) understood++;
        }

        Assert.InRange(understood, 1, count - 1);
        Campaign.Report($"hostile-mutations-{manager}", Figures(
            $"{count} damaged files from {samples.Length}, {understood} still a definition, longest {format.Slowest.TotalMilliseconds:0} ms", start), _output);
    }

    private byte[] Damage(byte[] bytes, string[] dictionary, byte[] other)
    {
        var (at, to) = (_random.Next(bytes.Length + 1), _random.Next(bytes.Length + 1));
        if (at > to) (at, to) = (to, at);
        to = Math.Min(to, at + 200);
        var from = _random.Next(other.Length + 1);
        switch (_random.Next(7))
        {
            case 0: return [.. bytes[..at], .. Encoding.UTF8.GetBytes(dictionary[_random.Next(dictionary.Length)]), .. bytes[at..]];
            case 1: return [.. bytes[..at], .. bytes[to..]];
            case 2: return [.. bytes[..to], .. bytes[at..]];
            case 3: return [.. bytes[..at], .. other[from..Math.Min(other.Length, from + 300)], .. bytes[at..]];
            case 4: return bytes[..at];
            case 5: return [.. bytes[..at], .. Encoding.UTF8.GetBytes(_words.Name()), .. bytes[to..]];
            default:
                if (at == bytes.Length) return bytes;
                byte[] flipped = [.. bytes];
                flipped[at] ^= (byte)(1 << _random.Next(8));
                return flipped;
        }
    }

    private static List<byte[]> RealUnits() =>
    [
        .. UnitFolders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.*", new EnumerationOptions { RecurseSubdirectories = true }))
            .Where(file => Path.GetExtension(file) is ".service" or ".socket" or ".target" or ".timer" or ".mount" or ".path" or ".slice" or ".conf")
            .Distinct().Select(ReadUnit).OfType<byte[]>(),
    ];

    // Files in /run may be deleted after they were listed.
    private static byte[]? ReadUnit(string file)
    {
        try
        {
            return new FileInfo(file) is { LinkTarget: null, Length: > 0 and < Largest }
                ? File.ReadAllBytes(file)
                : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // A property list with every type, in XML and in the binary form of libplist.
    private byte[][] Lists()
    {
        const string all = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0"><dict>
            <!-- a note --><key>Label</key><string>a.b</string>
            <key>ProgramArguments</key><array><string>/bin/sh</string><string>-c</string><string>é 😀 &amp; &#13;</string></array>
            <key>EnvironmentVariables</key><dict><key>A</key><string>b</string><key>HERMES_GATEWAY_STAMP</key><string>1:0:0</string></dict>
            <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict><key>RunAtLoad</key><true/>
            <key>Nice</key><integer>-5</integer><key>Real</key><real>1.5</real><key>Data</key><data>AAEC/w==</data>
            <key>Date</key><date>2026-01-02T03:04:05Z</date><key>Deep</key><array><array><array><dict/></array></array></array>
            </dict></plist>
            """;
        var xml = Path.Combine(_scratch, "all.plist");
        File.WriteAllText(xml, all);
        if (Manager.Execute("sh", ["-c", "plistutil -i \"$1\" -o \"$1.bin\" -f bin", "sh", xml]).Code != 0) return [Encoding.UTF8.GetBytes(all)];
        return [Encoding.UTF8.GetBytes(all), File.ReadAllBytes(xml + ".bin")];
    }

    private string Figures(string figures, long start) => string.Create(
        CultureInfo.InvariantCulture, $"{figures}; seed {_words.Seed}; {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");

    /// <summary>Reads and repairs definition files of one service manager as a deploy does.</summary>
    private sealed class DefinitionFormat
    {
        private readonly IServiceManager _manager;
        private readonly DesiredService _desired;

        public DefinitionFormat(string scratch, string manager)
        {
            var host = HostContext.Resolve(Environment.GetEnvironmentVariable) with
            {
                Home = scratch, ConfigHome = scratch, StateHome = scratch,
            };
            var input = new ServiceInput
            {
                Name = "my-gateway", Program = "/opt/my/gateway", Source = "/src/App.csproj", ServiceManager = manager, Revision = "r1",
                Arguments = ["--mode", "two words"], Environment = ["A=b", "MODE=%h $x"], EnvironmentFile = "/etc/my.env",
            };
            var (requests, problems) = RequestReader.Read([input], host);
            Assert.Empty(problems);
            _manager = GatewayServices.ManagerFor(requests[0], host, new CliWrapProcessRunner(), TimeProvider.System);
            _desired = _manager.Describe(requests[0].Definition) with { DefinitionPath = Path.Combine(scratch, $"the.{manager}") };
            Rendered = Encoding.UTF8.GetBytes(Render(new InstalledFacts(InstalledKind.Missing, null, null, false, "")));
        }

        /// <summary>The file of a first deploy.</summary>
        public byte[] Rendered { get; }

        public TimeSpan Slowest { get; private set; }

        /// <summary>Reads a file; if it is a definition, repairs it and asserts the result. Returns whether it is a definition.</summary>
        public bool ReadAndRepair(byte[] bytes)
        {
            File.WriteAllBytes(_desired.DefinitionPath, bytes);
            var start = Stopwatch.GetTimestamp();
            try
            {
                var installed = _manager.ReadInstalled(_desired);
                if (installed.Kind != InstalledKind.Present) return false;
                Repair(installed);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                // The message has the file, which cannot be reproduced from the seed alone.
                Assert.Fail($"{e}\n{Convert.ToBase64String(bytes.AsSpan(0, Math.Min(bytes.Length, 20_000)))}");
            }

            var took = Stopwatch.GetElapsedTime(start);
            if (took > Slowest) Slowest = took;
            return true;
        }

        private void Repair(InstalledFacts installed)
        {
            var repaired = Render(installed);
            File.WriteAllText(_desired.DefinitionPath, repaired);
            var again = _manager.ReadInstalled(_desired);
            Assert.True(again.Kind == InstalledKind.Present, again.Evidence);
            Assert.Equal(_desired.Stamp, again.Content!.Stamp);
            Assert.True(installed.Content!.Foreign.Order(StringComparer.Ordinal).SequenceEqual(again.Content.Foreign.Order(StringComparer.Ordinal)));
            Assert.Equal(repaired, Render(again));
            var owned = _desired.Keys.Keys.ToHashSet();
            Assert.InRange(
                DefinitionFileDiff.Of(installed.Text!, repaired, (text, hide) => _manager.Redact(text, owned, hide)).Length, 0, DefinitionFileDiff.MostLines);
        }

        private string Render(InstalledFacts installed) => _manager.Render(_desired, installed);
    }
}
