using System.Text;
using System.Xml.Linq;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

/// <summary>Property lists converted by an independent implementation, <c>plistutil</c> of libplist.</summary>
/// <remarks>
/// Measured on libplist 2.2.0: plistutil keeps strings exactly, with white space and <c>&amp;#13;</c>. It accepts files
/// that launchd rejects (control characters, malformed integers, a key without a value), and on failure it writes to
/// its standard output and exits with 0. In XML output it writes raw carriage returns, which XML readers turn into line
/// feeds. On Linux only, because Homebrew has no fixed version of libplist.
/// </remarks>
[Trait("Os", "linux")]
public class PlistUtilRoundTrip
{
    public PlistUtilRoundTrip() => Requires.PlistUtil();

    [Fact]
    public async Task Hostile_strings_and_keys_are_kept()
    {
        var dict = PlistXml.Dict(LaunchdSample.Hostile.Select((text, index) => ($"{index}{text}", PlistXml.String(text))));
        Assert.Equal(PlistWriter.Write(dict), await ThroughPlistUtilAsync(PlistWriter.Write(dict)));
    }

    [Fact]
    public async Task Values_of_every_type_are_kept()
    {
        var xml = PlistWriter.Write(PlistXml.TryParse(LaunchdSample.Plist(
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
    public async Task Definition_keeps_its_keys_and_stamp()
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
        // Binary files have no comments; a repair adds the header again.
        Assert.Equal(text, LaunchdPlist.Render(wanted, await ThroughPlistUtilAsync(text)));
    }

    // FsCheck's checks are synchronous, so one file holds many generated values.
    [Fact]
    public async Task Generated_strings_are_kept()
    {
        var values = new List<XElement>();
        LaunchdSample.ForAll(LaunchdSample.Words, word => values.Add(PlistXml.String(word)));
        var xml = PlistWriter.Write(PlistXml.Dict(("words", PlistXml.Array(values))));
        Assert.Equal(xml, await ThroughPlistUtilAsync(xml));
    }

    [Fact]
    public async Task XML_output_is_parsed_to_the_same_tree()
    {
        var texts = LaunchdSample.Hostile.Where(text => !text.Contains('\r', StringComparison.Ordinal));
        var xml = PlistWriter.Write(PlistXml.Dict(("words", PlistXml.Array(texts.Select(PlistXml.String)))));
        var binary = await ConvertAsync(Encoding.UTF8.GetBytes(xml), "bin");
        var theirs = Encoding.UTF8.GetString(await ConvertAsync(binary, "xml"));

        Assert.Equal(xml, PlistWriter.Write(PlistXml.TryParse(theirs)!));
    }

    // Shows that the other tests can fail.
    [Fact]
    public async Task Malformed_XML_is_rejected() => Assert.Empty(await ConvertAsync(
        Encoding.UTF8.GetBytes(LaunchdSample.Plist("<key>Label</key><string>R&D</string>")), "bin", succeeds: false));

    private static async Task<string?> ThroughPlistUtilAsync(string xml) =>
        BinaryPlist.TryConvertToXml(await ConvertAsync(Encoding.UTF8.GetBytes(xml), "bin"));

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
        // env exits with 127 if there is no plistutil.
        Assert.NotEqual(127, result.ExitCode);
        // plistutil exits with 0 on failure, but prints a message.
        Assert.Equal(succeeds, result.StandardOutput.Length + result.StandardError.Length == 0);
        return await File.ReadAllBytesAsync(target);
    }
}
