using System.Text;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Environment variables in command lines without the <c>:</c> prefix (systemd.service(5), details measured
/// on 252).</summary>
internal static class UnitVariables
{
    /// <summary><c>$$</c> to <c>$</c>. False when the word has a variable: <c>$NAME</c> as the whole word, or
    /// <c>${NAME}</c> anywhere; <paramref name="literal"/> is then the input. Any other <c>$</c> is literal.</summary>
    public static bool TryUnescape(string word, out string literal)
    {
        literal = word;
        if (!word.Contains('$')) return true;
        if (word is "$" or ['$', not ('{' or '$'), ..]) return false;
        var text = new StringBuilder(word.Length);
        for (var i = 0; i < word.Length; i++)
        {
            text.Append(word[i]);
            if (word[i] != '$') continue;
            var rest = word.AsSpan(i + 1);
            if (rest is ['$', ..]) i++;
            if (rest is not ['{', ..]) continue;

            // Not closed, or with a ':' as in "${X:-y}", it is no variable, and up to there '$$' is no escape.
            var end = rest.IndexOfAny(':', '}');
            if (end >= 0 && rest[end] == '}') return false;
            var length = end < 0 ? rest.Length : end + 1;
            text.Append(rest[..length]);
            i += length;
        }

        literal = text.ToString();
        return true;
    }
}
