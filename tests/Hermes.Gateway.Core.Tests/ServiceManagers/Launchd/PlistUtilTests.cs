using System.Text;
using System.Xml.Linq;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

/// <summary>What a reader that is not ours makes of our files: <c>plistutil</c> of libplist.</summary>
/// <remarks>
/// Measured on 2.2.0: strings arrive exactly, blanks and <c>&amp;#13;</c> included. It is no judge of what launchd
/// refuses: it takes control characters, integers that are none and a key without a value, and when it fails, it says
/// so on its standard output and exits with 0. Writing XML, it leaves carriage returns as they are, which every XML
/// reader takes for line feeds.
/// On Linux only: what is compared does not depend on the system, and Homebrew has no libplist of a fixed version.
/// </remarks>
[Trait("Os", "linux")]
public class PlistUtilTests
{
    public PlistUtilTests() => Requires.PlistUtil();

    [Fact]
    public async Task Hostile_values_arrive_there_and_come_back_unchanged()
    {
        var dict = PlistXml.Dict(LaunchdSample.Hostile.Select((text, index) => ($"{index}{text}", PlistXml.String(text))));
        Assert.Equal(PlistXml.Write(dict), await ThroughPlistUtilAsync(PlistXml.Write(dict)));
    }

    [Fact]
    public async Task Values_of_every_type_arrive_there_and_come_back_unchanged()
    {
        var xml = PlistXml.Write(PlistXml.TryParse(LaunchdSample.Plist(
            """
            <!-- lost on the way -->
            <key>integers</key><array><integer>0</integer><integer>-5</integer><integer>255</integer><integer>65536</integer>
            <integer>9223372036854775807</integer><integer>-9223372036854775808</integer><integer>18446744073709551615</integer></array>
            <key>reals</key><array><real>1.5</real><real>-0.25</real></array>
            <key>booleans</key><array><true/><false/></array>
            <key>dates</key><array><date>2026-01-02T03:04:05Z</date><date>1999-12-31T23:59:59Z</date></array>
            <key>data</key><array><data></data><data>AAEC/w==</data></array>
            <key>nested</key><dict><key>empty</key><dict/><key>none</key><array/></dict>
            """))!);
        Assert.Equal(xml.Replace("\t<!-- lost on the way -->\n", "", StringComparison.Ordinal), await ThroughPlistUtilAsync(xml));
    }

    [Fact]
    public async Task A_definition_means_the_same_there()
    {
        var wanted = LaunchdSample.Desired(Sample.Job() with
        {
            Arguments = LaunchdSample.Hostile, EnvironmentFile = "/etc/a \"b\" & <c>.env", Environment = Sample.Variables(("A", "]]>\r\n"), ("B", " ")),
        });
        var text = LaunchdPlist.Render(wanted, null);
        var content = LaunchdPlist.Understand((await ThroughPlistUtilAsync(text))!, wanted.Keys)!;

        Assert.Equal(wanted.Keys, content.Keys);
        Assert.Equal(wanted.Stamp, content.Stamp);
        Assert.Empty(content.Foreign);
        // Only our comment is lost; a repair of the binary file brings it back.
        Assert.Equal(text, LaunchdPlist.Render(wanted, await ThroughPlistUtilAsync(text)));
    }

    // Asynchronous work has no place in FsCheck's synchronous checks, so one file carries many generated values.
    [Fact]
    public async Task Generated_texts_arrive_there_and_come_back_unchanged()
    {
        var values = new List<XElement>();
        LaunchdSample.ForAll(LaunchdSample.Words, word => values.Add(PlistXml.String(word)));
        var xml = PlistXml.Write(PlistXml.Dict(("words", PlistXml.Array(values))));
        Assert.Equal(xml, await ThroughPlistUtilAsync(xml));
    }

    [Fact]
    public async Task What_it_writes_as_xml_is_understood()
    {
        var texts = LaunchdSample.Hostile.Where(text => !text.Contains('\r', StringComparison.Ordinal));
        var xml = PlistXml.Write(PlistXml.Dict(("words", PlistXml.Array(texts.Select(PlistXml.String)))));
        var binary = await ConvertAsync(Encoding.UTF8.GetBytes(xml), "bin");
        var theirs = Encoding.UTF8.GetString(await ConvertAsync(binary, "xml"));

        Assert.Equal(xml, PlistXml.Write(PlistXml.TryParse(theirs)!));
    }

    // Or its agreement in the other tests would mean nothing.
    [Fact]
    public async Task It_does_refuse_what_is_not_xml() => Assert.Empty(await ConvertAsync(
        Encoding.UTF8.GetBytes(LaunchdSample.Plist("<key>Label</key><string>R&D</string>")), "bin", succeeds: false));

    private static async Task<string?> ThroughPlistUtilAsync(string xml) =>
        PlistBinary.TryToXml(await ConvertAsync(Encoding.UTF8.GetBytes(xml), "bin"));

    private static async Task<byte[]> ConvertAsync(byte[] list, string format, bool succeeds = true)
    {
        using var folder = new TemporaryFolder();
        var (source, target) = (folder.At("in.plist"), folder.At("out.plist"));
        await File.WriteAllBytesAsync(source, list);
        await File.WriteAllBytesAsync(target, []);
        var result = Bounds.Within(() => new CliWrapProcessRunner().Run(
            new CommandRequest { Program = "/usr/bin/env", Arguments = ["plistutil", "-i", source, "-o", target, "-f", format], Timeout = Bounds.Soon },
            TestContext.Current.CancellationToken));

        Assert.Equal(CommandEnd.Exited, result.End);
        // So env says that there is no plistutil.
        Assert.NotEqual(127, result.ExitCode);
        // Its own exit status says nothing.
        Assert.Equal(succeeds, result.StandardOutput.Length + result.StandardError.Length == 0);
        return await File.ReadAllBytesAsync(target);
    }
}
