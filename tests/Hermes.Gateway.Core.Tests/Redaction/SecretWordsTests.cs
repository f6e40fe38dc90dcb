using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Tests.Redaction;

/// <summary>The look for words that saves the expressions from being asked never hides a secret from them.</summary>
public class SecretWordsTests
{
    // Words in both cases and halves of them, what goes around them, and letters that ignoring case makes of others.
    private static readonly string[] Pieces =
    [
        "SECRET", "token", "ToKen", "to\u212aen", "password", "PASSWD", "passphrase", "credential", "Authorization", "COO", "\u212aIE",
        "cookie", "api", "_", "-", "key", "\u212aEY", "private", "access", "Connection", "String", "connection-string", "PWD", "pass",
        "KEY", "auth", "DSN", "pat", "JWT", "s\u212a", "sk", "Pem", "pin", "salt", "web", "hook", "COM", "by", "pg", "d\u017fn", "Bearer", "basic", "ba\u017fic", "bas\u0130c", "ba\u0131c", "sec", "ret", "to", "ken", "no-",
        " ", "\t", "\n", "=", ":", "://", "/", "@", "--", "'", "\"", "\\", ";", "&", "?", "x", "hunter2", ".", "http", "Environment[", "]", "é",
    ];

    private static Gen<string> Texts => Gen.Elements(Pieces).ListOf().Select(string.Concat);

    [Property(MaxTest = 3000)]
    public Property What_is_hidden_is_the_same_as_when_all_expressions_are_asked() => ForAll(text =>
    {
        const string hidden = SecretNames.Hidden;
        var asked = SecretText.UserInfo().Replace(text, match => $"{match.Groups[1]}{Once(match.Groups[2].Value)}@");
        asked = SecretText.Authorization().Replace(asked, match => match.Groups[1].Value + Once(match.Groups[2].Value));
        asked = SecretText.Scheme().Replace(asked, match => match.Groups[1].Value + Once(match.Groups[2].Value));
        asked = SecretText.Option().Replace(asked, $"$1{hidden}");
        asked = SecretText.Assignment().Replace(asked, $"$1{hidden}");

        static string Once(string secret) => secret.StartsWith("(hidden", StringComparison.Ordinal) ? secret : hidden;

        Assert.Equal(asked, SecretText.Unknowing.Hide(text));
    });

    [Property(MaxTest = 3000)]
    public Property Each_expression_that_matches_has_one_of_the_words() => ForAll(text =>
    {
        Assert.True(!SecretText.UserInfo().IsMatch(text) || SecretWords.HasUserInfo(text));
        Assert.True(!SecretText.Scheme().IsMatch(text) || SecretWords.HasScheme(text));
        Assert.True(!SecretText.Authorization().IsMatch(text) || SecretWords.HasScheme(text));
        foreach (var expression in new[]
            { SecretText.Option(), SecretText.Assignment(), DriftRedaction.SecretWord(), DriftRedaction.SecretOption() })
            Assert.True(!expression.IsMatch(text) || SecretWords.Occur(text));
        Assert.Equal(SecretNames.WholeOption().IsMatch(text), SecretNames.IsSecretOption(text));
        Assert.Equal(SecretNames.SecretKey().IsMatch(text), SecretNames.IsSecretKey(text));
    });

    [Fact]
    public void The_pieces_make_texts_of_which_every_expression_matches_some()
    {
        var texts = Texts.Sample(40, 3000).ToList();

        foreach (var expression in new[]
            { SecretText.UserInfo(), SecretText.Scheme(), SecretText.Authorization(), SecretText.Option(), SecretText.Assignment() })
            Assert.Contains(texts, expression.IsMatch);
    }

    [Fact]
    public void Of_all_characters_no_other_is_a_letter_of_these_words_to_an_expression()
    {
        const string word = "secrtoknpawdlihuyuibjmzv";
        foreach (var letter in word.Distinct())
        {
            var expression = new Regex($@"\A{letter}\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
            var matching = Enumerable.Range(0, char.MaxValue + 1).Where(c => expression.IsMatch(((char)c).ToString()))
                .Select(c => (char)c);

            Assert.Equal(
                new[] { letter, char.ToUpperInvariant(letter), letter == 'k' ? '\u212a' : letter }.Distinct().Order(), matching.Order());
        }
    }

    [Fact]
    public void A_text_without_secrets_is_the_very_same()
    {
        const string text = "active (running), pid 12: /home/me/app --urls http://127.0.0.1:80 of me@example.org";

        Assert.Same(text, SecretText.Unknowing.Hide(text));
    }

    private static Property ForAll(Action<string> check) => Prop.ForAll(Texts.ToArbitrary(), check);
}
