using System.Xml.Linq;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>A property list for showing: in its canonical form, without comments, and without what could be a secret.
/// That is the value of any key and variable that is not ours, of a variable of ours that has a secret's name, and
/// credentials within the values of ours.
/// </summary>
internal static class PlistRedaction
{
    private static readonly HashSet<string> Ours = new(StringComparer.Ordinal)
    {
        "Label", "Program", "ProgramArguments", "WorkingDirectory", "RunAtLoad", "KeepAlive", "StandardOutPath",
        "StandardErrorPath", "UserName", LaunchdPlist.OwnedKey,
    };

    /// <summary>The text to show.</summary>
    /// <param name="text">The file's text, as XML.</param>
    /// <param name="owned">The names of the keys that are ours.</param>
    /// <param name="hide">Stands in for a value.</param>
    public static string Of(string text, IReadOnlySet<string> owned, Func<string, string> hide)
    {
        if (PlistXml.TryParse(text) is not { } dict) return hide(text);
        return PlistXml.Write(PlistXml.Dict(PlistXml.Entries(dict).Select(entry => (entry.Key.Value, Show(entry)))));

        XElement Show((XElement Key, XElement Value) entry)
        {
            var (key, value) = (entry.Key.Value, entry.Value);
            if (key == "EnvironmentVariables" && value.Name == "dict")
                return PlistXml.Dict(PlistXml.Entries(value).Select(variable => (variable.Key.Value, Variable(variable))));
            if (key == "ProgramArguments" && value.Name == "array") return Command(value);
            return Ours.Contains(key) || LaunchdDefaults.Has(key) ? Shown(value) : Hidden(value);
        }

        XElement Variable((XElement Key, XElement Value) variable)
        {
            var (name, key) = (variable.Key.Value, DefinitionKeys.Environment(variable.Key.Value));
            var isShown = name is Stamp.Variable or Stamp.SourceVariable || (owned.Contains(key) && !SecretNames.IsSecretKey(key));
            return isShown ? Shown(variable.Value) : Hidden(variable.Value);
        }

        XElement Command(XElement list)
        {
            var words = list.Elements().Select(word => PlistXml.Text(word) ?? "").ToList();
            return PlistXml.Array(list.Elements().Zip(SecretArguments.Hide(words, hide), (word, shown) =>
                PlistXml.Text(word) is null || PlistXml.Text(word) == shown ? new XElement(word) : PlistXml.String(shown)));
        }

        XElement Shown(XElement value) =>
            PlistXml.Text(value) is { } text && SecretText.HideCredentials(text, hide) is var shown && shown != text
                ? PlistXml.String(shown)
                : new XElement(value);

        XElement Hidden(XElement value) => PlistXml.String(hide(value.ToString(SaveOptions.DisableFormatting)));
    }
}
