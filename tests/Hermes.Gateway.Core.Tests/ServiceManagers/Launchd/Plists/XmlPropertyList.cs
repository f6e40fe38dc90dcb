using System.Xml.Linq;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

public class XmlPropertyList
{
    [Fact]
    public void Is_written_in_the_layout_of_plutil() => Assert.Equal(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <dict>
        	<key>a</key>
        	<string>&lt;b&gt; &amp; "c"&#13;</string>
        	<key>n</key>
        	<array>
        		<integer>-1</integer>
        		<true/>
        		<dict/>
        		<array/>
        		<string></string>
        	</array>
        </dict>
        </plist>

        """,
        PlistWriter.Write(PlistXml.Dict(
            ("a", PlistXml.String("<b> & \"c\"\r")),
            ("n", PlistXml.Array([PlistXml.Integer(-1), PlistXml.Boolean(true), PlistXml.Dict(), PlistXml.Array([]), PlistXml.String("")])))));

    [Fact]
    public void Hostile_strings_and_keys_are_kept()
    {
        var dict = PlistXml.Dict(LaunchdSample.Hostile.Select(text => (text, PlistXml.String(text))));
        var read = PlistXml.TryParse(PlistWriter.Write(dict))!;
        Assert.Equal(
            LaunchdSample.Hostile.Select(text => (text, (string?)text)),
            PlistXml.GetEntries(read).Select(entry => (entry.Key, PlistXml.GetText(entry.Value))));
    }

    [Fact]
    public void Generated_strings_and_keys_are_kept() => LaunchdSample.ForAll(LaunchdSample.Words, text =>
    {
        var dict = PlistXml.Dict((text, PlistXml.String(text)));
        Assert.True(XNode.DeepEquals(dict, PlistXml.TryParse(PlistWriter.Write(dict))));
    });

    [Theory]
    [InlineData("<key>k</key><!-- note --><string>v</string>")]
    [InlineData("<key>k</key><string>v<!-- note --></string>")]
    [InlineData("<key>k</key><string><![CDATA[v]]></string>")]
    [InlineData("<key><![CDATA[k]]></key><string>&#118;</string>")]
    [InlineData("<key>k</key>\r\n\t<string>v</string>\r\n")]
    [InlineData("<key x='1'>k</key><?pi?><string>v</string>")]
    [InlineData("<key>k</key><string>old</string><key>k</key><string>v</string>")]
    public void Every_notation_has_the_same_value(string entries) =>
        Assert.Equal("v", PlistXml.GetText(PlistXml.GetValue(PlistXml.TryParse(LaunchdSample.Plist(entries))!, "k")));

    [Theory]
    [InlineData("<string>a<![CDATA[<&>]]><!-- c -->b &lt;</string>", "a<&>b <")]
    [InlineData("<string>a\r\nb\rc</string>", "a\nb\nc")] // XML's own rule for what is not written &#13;
    [InlineData("<string/>", "")]
    [InlineData("<string>  </string>", "  ")]
    public void Parts_of_a_string_are_concatenated(string element, string expected) =>
        Assert.Equal(expected, PlistXml.GetText(PlistXml.GetValue(PlistXml.TryParse(LaunchdSample.Plist("<key>k</key>" + element))!, "k")));

    [Fact]
    public void Last_one_of_equal_keys_is_kept_with_its_comments() => Assert.Equal(
        ["<!-- b -->", "<key>b</key>", "<true />", "<!-- a2 -->", "<key>a</key>", "<string>2</string>"],
        PlistXml.TryParse(LaunchdSample.Plist(
            "<!-- a1 --><key>a</key><string>1</string><!-- b --><key>b</key><true/><!-- a2 --><key>a</key><string>2</string>"))!
            .Nodes().Select(node => node.ToString()));

    [Fact]
    public void Comments_belong_to_the_key_that_follows()
    {
        var dict = PlistXml.TryParse(LaunchdSample.Plist(
            "<!-- 1 --> <!-- 2 --><key>a</key><!-- 3 --><true/><key>b</key><dict><!-- in --></dict><!-- end -->"))!;
        var entries = PlistXml.GetEntries(dict).ToList();

        Assert.Equal([" 1 ", " 2 ", " 3 "], entries[0].Comments.Select(comment => comment.Value));
        Assert.Empty(entries[1].Comments);
        Assert.Equal([" end "], PlistXml.GetTrailingComments(dict).Select(comment => comment.Value));
        Assert.Contains("\t\t<!-- in -->\n", PlistWriter.Write(dict), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\uFEFF")]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-16\"?>")]
    [InlineData("<?xml version=\"1.0\"?>\n<!-- by hand -->\n<!DOCTYPE plist SYSTEM \"file:///no/such/file\">\n")]
    [InlineData("<!DOCTYPE plist [<!ENTITY e \"x\">]>")]
    [InlineData("\n\n")]
    public void Any_prolog_is_accepted(string head) =>
        Assert.NotNull(PlistXml.TryParse(head + LaunchdSample.Plist("<key>a</key><true/>")));

    [Theory]
    [InlineData("")]
    [InlineData("bplist00")]
    [InlineData("{\"Label\": \"x\"}")]
    [InlineData("{ Label = x; }")]
    [InlineData("[Unit]\nDescription=x\n")]
    [InlineData("\n<?xml version=\"1.0\"?><plist><dict/></plist>")]
    [InlineData("<plist/>")]
    [InlineData("<dict/>")]
    [InlineData("<plist><array/></plist>")]
    [InlineData("<plist><dict/><dict/></plist>")]
    [InlineData("<plist><dict/>text</plist>")]
    [InlineData("<plist><dict/></plist><plist><dict/></plist>")]
    [InlineData("<other><dict/></other>")]
    [InlineData("<plist xmlns=\"urn:x\"><dict/></plist>")]
    [InlineData("<!DOCTYPE plist [<!ENTITY e \"x\">]><plist><dict><key>a</key><string>&e;</string></dict></plist>")]
    public void File_without_a_single_top_dict_is_rejected(string text) => Assert.Null(PlistXml.TryParse(text));

    [Theory]
    [InlineData("<key>a</key>")]
    [InlineData("<key>a</key><key>b</key>")]
    [InlineData("<key>a</key><key>b</key><true/>")]
    [InlineData("<string>a</string>")]
    [InlineData("<string>a</string><true/>")]
    [InlineData("<key>a</key><true/>text")]
    [InlineData("<key>a</key><true>x</true>")]
    [InlineData("<key>a</key><bool>x</bool>")]
    [InlineData("<key>a<b/></key><true/>")]
    [InlineData("<key>a</key><string><b/></string>")]
    [InlineData("<key>a</key><string>R&D</string>")]
    [InlineData("<key>a</key><string><HOME></string>")]
    [InlineData("<key>a</key><string>\u0001</string>")]
    [InlineData("<key>a</key><string>&#0;</string>")]
    [InlineData("<key>a</key><array>text</array>")]
    [InlineData("<key>a</key><array><key>b</key></array>")]
    [InlineData("<key>a</key><dict><key>b</key></dict>")]
    [InlineData("<key>a</key><integer/>")]
    [InlineData("<key>a</key><integer>ten</integer>")]
    [InlineData("<key>a</key><integer>1.5</integer>")]
    [InlineData("<key>a</key><integer>18446744073709551616</integer>")]
    [InlineData("<key>a</key><integer>-9223372036854775809</integer>")]
    [InlineData("<key>a</key><real>x</real>")]
    [InlineData("<key>a</key><date>yesterday</date>")]
    [InlineData("<key>a</key><data>!</data>")]
    public void Entry_that_launchd_rejects_is_rejected(string entries) =>
        Assert.Null(PlistXml.TryParse(LaunchdSample.Plist(entries)));

    [Theory]
    [InlineData("<integer>-5</integer>")]
    [InlineData("<integer>+0x1F</integer>")]
    [InlineData("<integer>18446744073709551615</integer>")]
    [InlineData("<integer>-9223372036854775808</integer>")]
    [InlineData("<real>1.5e-7</real>")]
    [InlineData("<real>-Infinity</real>")]
    [InlineData("<date>2026-01-02T03:04:05Z</date>")]
    [InlineData("<data>AAEC/w==</data>")]
    [InlineData("<false/>")]
    public void Notation_of_values_is_kept(string element)
    {
        var dict = PlistXml.TryParse(LaunchdSample.Plist("<key>k</key>" + element))!;
        Assert.Contains($"\t{element}\n", PlistWriter.Write(dict), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    [InlineData(1_000_000, false)]
    public void More_than_64_levels_are_rejected(int arrays, bool isUnderstood) => Assert.Equal(isUnderstood, PlistXml.TryParse(LaunchdSample.Plist(
        "<key>k</key>" + string.Concat(Enumerable.Repeat("<array>", arrays)) + string.Concat(Enumerable.Repeat("</array>", arrays)))) is not null);

    [Fact]
    public void Parser_never_throws() => LaunchdSample.ForAll(HostileText.Files, text =>
    {
        Assert.Null(PlistXml.TryParse(text));
        if (PlistXml.TryParse(LaunchdSample.Plist(text)) is { } dict)
            Assert.True(XNode.DeepEquals(dict, PlistXml.TryParse(PlistWriter.Write(dict))));
    });

    [Fact]
    public void Writing_a_character_that_XML_cannot_represent_throws_ArgumentException()
    {
        foreach (var text in new[] { "\0", "\u0001", "\uFFFF", "\uD800" })
            Assert.Throws<ArgumentException>(() => PlistWriter.Write(PlistXml.Dict(("k", PlistXml.String(text)))));
    }
}
