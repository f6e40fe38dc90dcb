using FsCheck;
using FsCheck.Fluent;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>Generated text that is meant to break quoting; FsCheck prints the seed of a failure.</summary>
internal static class HostileText
{
    private static readonly string[] Harmless = ["a", "Z", "0", "-", "_", "/", ".", "é", "ß", "日本", "😀", "\u00A0"];

    private static readonly string[] Special =
    [
        "\"", "'", "\\", "%", "%%", "%h", "%3", "$", "$$", "${X}", "$X", ";", "#", "&", "<", ">", "|", "=", ":", "@",
        "!", "+", "~", "*", "?", "[", "]", "{", "}", "(", ")", " ", "  ", "\\x41", "\\s", "\\n", "\\;",
        "\uFEFF", "\u0085",
    ];

    private static readonly string[] Control =
        ["\t", "\n", "\r", "\r\n", "\u0001", "\v", "\f", "\u001B", "\u007F", "\b"];

    private static readonly string[] Forbidden = ["\0", "\uD800", "\uDC00", "\uFFFE", "\uFDD0"];

    private static readonly string[] FileSyntax =
    [
        "[", "]", "[Unit]\n", "[Service]\n", "[]", "Key=", "=", "\n", "\\\n", "\\\r\n", "\n#", "\n ;", "\n\n", "\uFEFF",
    ];

    /// <summary>Words that a process can be given.</summary>
    public static Gen<string> Words => Of([.. Harmless, .. Special, .. Control]);

    /// <summary>Absolute paths without control characters.</summary>
    public static Gen<string> Paths => Of([.. Harmless, .. Special]).Select(name => "/" + name);

    /// <summary>Anything, most of it no unit file at all.</summary>
    public static Gen<string> Files =>
        Of([.. Harmless, .. Special, .. Control, .. Forbidden, .. FileSyntax, .. FileSyntax]);

    /// <summary>Checks 1,000 values.</summary>
    public static void ForAll<T>(Gen<T> values, Func<T, IEnumerable<T>> shrink, Action<T> assert) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(40),
            Prop.ForAll(Arb.From(values, shrink), assert));

    /// <inheritdoc cref="ForAll{T}(Gen{T}, Func{T, IEnumerable{T}}, Action{T})"/>
    public static void ForAll(Gen<string> values, Action<string> assert) => ForAll(values, Shrink, assert);

    /// <inheritdoc cref="ForAll{T}(Gen{T}, Func{T, IEnumerable{T}}, Action{T})"/>
    public static void ForAll(Gen<string[]> values, Action<string[]> assert) => ForAll(values, Shrink, assert);

    private static Gen<string> Of(string[] parts) => Gen.Elements(parts).ListOf().Select(string.Concat);

    private static IEnumerable<string> Shrink(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (text.Remove(i, 1) is var shorter && !shorter.Any(char.IsSurrogate)) yield return shorter;
    }

    private static IEnumerable<string[]> Shrink(string[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            yield return [.. words[..i], .. words[(i + 1)..]];
            foreach (var shorter in Shrink(words[i])) yield return [.. words[..i], shorter, .. words[(i + 1)..]];
        }
    }
}
