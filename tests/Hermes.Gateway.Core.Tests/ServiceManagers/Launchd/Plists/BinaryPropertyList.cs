using System.Xml.Linq;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

public class BinaryPropertyList
{
    // Has values of most types; the mutations start from it.
    private static readonly byte[] Whole = BinaryPlistBuilder.Build(
        BinaryPlistBuilder.Dict(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), BinaryPlistBuilder.Text("Label"), BinaryPlistBuilder.Text("ProgramArguments"),
        BinaryPlistBuilder.Wide("日本"), BinaryPlistBuilder.Text("n"), BinaryPlistBuilder.Text("data"), BinaryPlistBuilder.Text("org.example"),
        BinaryPlistBuilder.Array(1, 9, 8, 11, 12), [0x11, 0x01, 0x02], [0x09], BinaryPlistBuilder.Data(1, 2, 255), BinaryPlistBuilder.Real(1.5), BinaryPlistBuilder.Date(0));

    [Fact]
    public void Is_converted_to_the_equivalent_XML() => Assert.Equal(
        LaunchdSample.Plist(
            """
            <key>Label</key><string>org.example</string>
            <key>ProgramArguments</key><array><string>Label</string><true/><integer>258</integer><real>1.5</real><date>2001-01-01T00:00:00Z</date></array>
            <key>日本</key><integer>258</integer>
            <key>n</key><true/>
            <key>data</key><data>AQL/</data>
            """) is var xml ? PlistWriter.Write(PlistXml.TryParse(xml)!) : "",
        BinaryPlist.TryConvertToXml(Whole));

    public static TheoryData<byte[], string> Values => new()
    {
        { [0x08], "<false />" },
        { [0x10, 0xFF], "<integer>255</integer>" },
        { [0x12, 0xFF, 0xFF, 0xFF, 0xFF], "<integer>4294967295</integer>" },
        { [0x13, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE], "<integer>-2</integer>" },
        { [0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "<integer>18446744073709551615</integer>" },
        { [0x22, 0x3F, 0xC0, 0, 0], "<real>1.5</real>" },
        { BinaryPlistBuilder.Real(double.NegativeInfinity), "<real>-infinity</real>" },
        { BinaryPlistBuilder.Real(double.NaN), "<real>nan</real>" },
        { BinaryPlistBuilder.Real(0.1), "<real>0.1</real>" },
        { BinaryPlistBuilder.Date(-1.5), "<date>2000-12-31T23:59:58Z</date>" },
        { [0x81, 0x01, 0x00], "<dict><key>CF$UID</key><integer>256</integer></dict>" },
        { BinaryPlistBuilder.Text(""), "<string></string>" },
        { BinaryPlistBuilder.Text(new string('x', 1000)), $"<string>{new string('x', 1000)}</string>" },
        { BinaryPlistBuilder.Wide("\r\n 😀 \n"), "<string>\r\n 😀 \n</string>" },
        { BinaryPlistBuilder.Data(), "<data></data>" },
        { BinaryPlistBuilder.Array(), "<array />" },
        { BinaryPlistBuilder.Dict(), "<dict />" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_of_every_type_are_converted(byte[] value, string expected)
    {
        var dict = PlistXml.TryParse(BinaryPlist.TryConvertToXml(BinaryPlistBuilder.Build(BinaryPlistBuilder.Dict(1, 2), BinaryPlistBuilder.Text("k"), value))!)!;
        Assert.True(XNode.DeepEquals(XElement.Parse(expected.Replace("\r", "&#13;", StringComparison.Ordinal), LoadOptions.PreserveWhitespace), PlistXml.GetValue(dict, "k")));
    }

    public static TheoryData<byte[]> Refused => new()
    {
        { [0x00] }, // null
        { [0x0F] }, // fill
        { [0x15, .. new byte[32]] }, // an integer of 32 bytes
        { [0x14, 1, .. new byte[15]] }, // an integer above 2^64
        { BinaryPlistBuilder.Date(1e300) },
        { BinaryPlistBuilder.Date(double.NaN) },
        { [0xC1, 0x01] }, // a set
        { [0xF0] },
        { BinaryPlistBuilder.Text("\u00E9") }, // not ASCII
        { BinaryPlistBuilder.Text("\0") }, // not representable in XML
        { BinaryPlistBuilder.Wide("\uFFFF") },
        { [0x61, 0xD8, 0x00] }, // half a surrogate pair
        { BinaryPlistBuilder.Array(99) }, // no such object
        { BinaryPlistBuilder.Array(2) }, // a cycle of one
        { BinaryPlistBuilder.Array(0) }, // a cycle of two
        { BinaryPlistBuilder.Dict(3, 1) },
        { [0x5F, 0x13, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] }, // a size without that much content
        { [0xAF, 0x12, 0x7F, 0xFF, 0xFF, 0xFF] },
        { [0xDF, 0x12, 0x40, 0x00, 0x00, 0x00] },
        { [0x5F, 0x23] },
        { [0x5F] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Damaged_or_unrepresentable_value_is_rejected(byte[] value) =>
        Assert.Null(BinaryPlist.TryConvertToXml(BinaryPlistBuilder.Build(BinaryPlistBuilder.Dict(1, 2), BinaryPlistBuilder.Text("k"), value)));

    [Fact]
    public void Key_that_is_no_string_is_rejected() =>
        Assert.Null(BinaryPlist.TryConvertToXml(BinaryPlistBuilder.Build(BinaryPlistBuilder.Dict(1, 1), [0x09])));

    [Fact]
    public void File_without_header_or_top_dict_is_rejected()
    {
        Assert.Null(BinaryPlist.TryConvertToXml([]));
        Assert.Null(BinaryPlist.TryConvertToXml("bplist00"u8));
        Assert.Null(BinaryPlist.TryConvertToXml("<plist><dict/></plist>"u8));
        Assert.Null(BinaryPlist.TryConvertToXml([.. "bplist01"u8, .. Whole[8..]]));
        Assert.Null(BinaryPlist.TryConvertToXml(BinaryPlistBuilder.Build(BinaryPlistBuilder.Array())));
    }

    [Fact]
    public void Small_file_that_expands_to_a_huge_one_is_rejected()
    {
        // Each array references the next one sixteen times: 16^20 values in 700 bytes.
        var arrays = Enumerable.Range(2, 20).Select(next => BinaryPlistBuilder.Array([.. Enumerable.Repeat((byte)(next + 1), 16)]));
        Assert.Null(BinaryPlist.TryConvertToXml(BinaryPlistBuilder.Build([BinaryPlistBuilder.Dict(1, 2), BinaryPlistBuilder.Text("k"), .. arrays, [0x09]])));

        // An array references a string of one megabyte two hundred times.
        byte[][] objects =
            [BinaryPlistBuilder.Dict(1, 2), BinaryPlistBuilder.Text("k"), BinaryPlistBuilder.Array([.. Enumerable.Repeat((byte)3, 200)]), BinaryPlistBuilder.Text(new string('x', 1 << 20))];
        Assert.Null(BinaryPlist.TryConvertToXml(BinaryPlistBuilder.Build(objects)));
    }

    [Fact]
    public void Truncated_or_changed_file_never_throws()
    {
        for (var length = 0; length < Whole.Length; length++) _ = BinaryPlist.TryConvertToXml(Whole.AsSpan(..length));
        var survivors = 0;
        for (var at = 0; at < Whole.Length; at++)
            foreach (var change in new byte[] { 0x01, 0x0F, 0x10, 0x80, 0xF0, 0xFF })
            {
                byte[] damaged = [.. Whole];
                damaged[at] ^= change;
                if (BinaryPlist.TryConvertToXml(damaged) is not { } xml) continue;
                Assert.NotNull(PlistXml.TryParse(xml));
                survivors++;
            }

        // Some changes must pass the header checks.
        Assert.InRange(survivors, 1, (Whole.Length * 6) - 1);
    }

    [Fact]
    public void Random_changes_never_throw()
    {
        var random = new Random(20010101);
        for (var run = 0; run < 2000; run++)
        {
            byte[] bytes = [.. Whole];
            for (var changes = random.Next(1, 20); changes > 0; changes--) bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
            if (BinaryPlist.TryConvertToXml(bytes) is { } xml) Assert.NotNull(PlistXml.TryParse(xml));
        }
    }
}
