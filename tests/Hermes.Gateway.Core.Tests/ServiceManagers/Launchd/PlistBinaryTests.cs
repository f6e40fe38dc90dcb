using System.Xml.Linq;
using Hermes.Gateway.Core.ServiceManagers.Launchd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public class PlistBinaryTests
{
    // A little of everything: what the mutations start from.
    private static readonly byte[] Whole = BinaryList.Of(
        BinaryList.Dict(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), BinaryList.Text("Label"), BinaryList.Text("ProgramArguments"),
        BinaryList.Wide("日本"), BinaryList.Text("n"), BinaryList.Text("data"), BinaryList.Text("org.example"),
        BinaryList.Array(1, 9, 8, 11, 12), [0x11, 0x01, 0x02], [0x09], BinaryList.Data(1, 2, 255), BinaryList.Real(1.5), BinaryList.Date(0));

    [Fact]
    public void A_binary_list_is_the_same_as_its_xml() => Assert.Equal(
        LaunchdSample.Plist(
            """
            <key>Label</key><string>org.example</string>
            <key>ProgramArguments</key><array><string>Label</string><true/><integer>258</integer><real>1.5</real><date>2001-01-01T00:00:00Z</date></array>
            <key>日本</key><integer>258</integer>
            <key>n</key><true/>
            <key>data</key><data>AQL/</data>
            """) is var xml ? PlistXml.Write(PlistXml.TryParse(xml)!) : "",
        PlistBinary.TryToXml(Whole));

    public static TheoryData<byte[], string> Values => new()
    {
        { [0x08], "<false />" },
        { [0x10, 0xFF], "<integer>255</integer>" },
        { [0x12, 0xFF, 0xFF, 0xFF, 0xFF], "<integer>4294967295</integer>" },
        { [0x13, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE], "<integer>-2</integer>" },
        { [0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "<integer>18446744073709551615</integer>" },
        { [0x22, 0x3F, 0xC0, 0, 0], "<real>1.5</real>" },
        { BinaryList.Real(double.NegativeInfinity), "<real>-infinity</real>" },
        { BinaryList.Real(double.NaN), "<real>nan</real>" },
        { BinaryList.Real(0.1), "<real>0.1</real>" },
        { BinaryList.Date(-1.5), "<date>2000-12-31T23:59:58Z</date>" },
        { [0x81, 0x01, 0x00], "<dict><key>CF$UID</key><integer>256</integer></dict>" },
        { BinaryList.Text(""), "<string></string>" },
        { BinaryList.Text(new string('x', 1000)), $"<string>{new string('x', 1000)}</string>" },
        { BinaryList.Wide("\r\n 😀 \n"), "<string>\r\n 😀 \n</string>" },
        { BinaryList.Data(), "<data></data>" },
        { BinaryList.Array(), "<array />" },
        { BinaryList.Dict(), "<dict />" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_of_every_type_are_read(byte[] value, string expected)
    {
        var dict = PlistXml.TryParse(PlistBinary.TryToXml(BinaryList.Of(BinaryList.Dict(1, 2), BinaryList.Text("k"), value))!)!;
        Assert.True(XNode.DeepEquals(XElement.Parse(expected.Replace("\r", "&#13;", StringComparison.Ordinal), LoadOptions.PreserveWhitespace), PlistXml.Get(dict, "k")));
    }

    public static TheoryData<byte[]> Refused => new()
    {
        { [0x00] }, // null
        { [0x0F] }, // fill
        { [0x15, .. new byte[32]] }, // an integer of 32 bytes
        { [0x14, 1, .. new byte[15]] }, // an integer that is larger than any in XML
        { BinaryList.Date(1e300) },
        { BinaryList.Date(double.NaN) },
        { [0xC1, 0x01] }, // a set
        { [0xF0] },
        { BinaryList.Text("\u00E9") }, // not ASCII
        { BinaryList.Text("\0") }, // what XML cannot carry
        { BinaryList.Wide("\uFFFF") },
        { [0x61, 0xD8, 0x00] }, // half a surrogate pair
        { BinaryList.Array(99) }, // no such object
        { BinaryList.Array(2) }, // itself
        { BinaryList.Array(0) }, // what it is in
        { BinaryList.Dict(3, 1) },
        { [0x5F, 0x13, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] }, // a size without content
        { [0xAF, 0x12, 0x7F, 0xFF, 0xFF, 0xFF] },
        { [0xDF, 0x12, 0x40, 0x00, 0x00, 0x00] },
        { [0x5F, 0x23] },
        { [0x5F] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_no_xml_can_say_or_is_damaged_is_not_understood(byte[] value) =>
        Assert.Null(PlistBinary.TryToXml(BinaryList.Of(BinaryList.Dict(1, 2), BinaryList.Text("k"), value)));

    [Fact]
    public void A_key_that_is_no_string_is_not_understood() =>
        Assert.Null(PlistBinary.TryToXml(BinaryList.Of(BinaryList.Dict(1, 1), [0x09])));

    [Fact]
    public void What_is_no_binary_list_with_a_dict_is_not_understood()
    {
        Assert.Null(PlistBinary.TryToXml([]));
        Assert.Null(PlistBinary.TryToXml("bplist00"u8));
        Assert.Null(PlistBinary.TryToXml("<plist><dict/></plist>"u8));
        Assert.Null(PlistBinary.TryToXml([.. "bplist01"u8, .. Whole[8..]]));
        Assert.Null(PlistBinary.TryToXml(BinaryList.Of(BinaryList.Array())));
    }

    [Fact]
    public void A_small_file_cannot_unfold_without_end()
    {
        // Each array holds the next one sixteen times: 16^20 values in 700 bytes.
        var arrays = Enumerable.Range(2, 20).Select(next => BinaryList.Array([.. Enumerable.Repeat((byte)(next + 1), 16)]));
        Assert.Null(PlistBinary.TryToXml(BinaryList.Of([BinaryList.Dict(1, 2), BinaryList.Text("k"), .. arrays, [0x09]])));

        // A megabyte, two hundred times.
        byte[][] objects =
            [BinaryList.Dict(1, 2), BinaryList.Text("k"), BinaryList.Array([.. Enumerable.Repeat((byte)3, 200)]), BinaryList.Text(new string('x', 1 << 20))];
        Assert.Null(PlistBinary.TryToXml(BinaryList.Of(objects)));
    }

    [Fact]
    public void Damage_never_makes_the_reader_throw()
    {
        for (var length = 0; length < Whole.Length; length++) _ = PlistBinary.TryToXml(Whole.AsSpan(..length));
        var survivors = 0;
        for (var at = 0; at < Whole.Length; at++)
            foreach (var change in new byte[] { 0x01, 0x0F, 0x10, 0x80, 0xF0, 0xFF })
            {
                byte[] damaged = [.. Whole];
                damaged[at] ^= change;
                if (PlistBinary.TryToXml(damaged) is not { } xml) continue;
                Assert.NotNull(PlistXml.TryParse(xml));
                survivors++;
            }

        // Or nothing was tested but the header.
        Assert.InRange(survivors, 1, (Whole.Length * 6) - 1);
    }

    [Fact]
    public void Random_bytes_between_a_true_head_and_a_true_end_never_make_the_reader_throw()
    {
        var random = new Random(20010101);
        for (var run = 0; run < 2000; run++)
        {
            byte[] bytes = [.. Whole];
            for (var changes = random.Next(1, 20); changes > 0; changes--) bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
            if (PlistBinary.TryToXml(bytes) is { } xml) Assert.NotNull(PlistXml.TryParse(xml));
        }
    }
}
