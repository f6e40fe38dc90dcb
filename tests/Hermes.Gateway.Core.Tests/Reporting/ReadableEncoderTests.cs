using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Tests.Reporting;

public class ReadableEncoderTests
{
    private static readonly JavaScriptEncoder Framework = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    private static readonly ReadableEncoder Ours = new();

    [Fact]
    public void Every_character_alone_is_written_as_the_framework_writes_it()
    {
        for (var c = 0; c <= char.MaxValue; c++)
        {
            var text = $"a{(char)c}b";
            Assert.Equal(Written(text, Framework), Written(text, Ours));
        }
    }

    [Property(MaxTest = 2000)]
    public Property Any_text_is_written_as_the_framework_writes_it() => Prop.ForAll(
        (from parts in Gen.Elements(
            "plain", "\"", "\\", "\n", "\0", "é", "ß", "\u200f", "\u2028", "\u00a0", "\ue000", "😀", "\ud83d", "\ude00", "\u0378", "日本", "'<>&+`")
            .ListOf()
         select string.Concat(parts)).ToArbitrary(),
        text =>
        {
            Assert.Equal(Written(text, Framework), Written(text, Ours));
            // This refuses half a character, whichever encoder it is given.
            if (text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar))
                Assert.Equal(JsonEncodedText.Encode(text, Framework), JsonEncodedText.Encode(text, Ours));
        });

    // As a name and as a value, from characters and from bytes.
    private static string Written(string text, JavaScriptEncoder encoder)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString(text, text);
            writer.WriteString("bytes"u8, Encoding.UTF8.GetBytes(text));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
