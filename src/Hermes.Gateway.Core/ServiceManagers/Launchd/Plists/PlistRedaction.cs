using System.Xml.Linq;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>Redacts property lists for reports. It hides the values of foreign keys and variables, of owned variables
/// with a secret's name, and credentials within all other values; comments are removed.</summary>
internal static class PlistRedaction
{
    private static readonly HashSet<string> ShownKeys = new(StringComparer.Ordinal)
    {
        "Label", "Program", "ProgramArguments", "WorkingDirectory", "RunAtLoad", "KeepAlive", "StandardOutPath",
        "StandardErrorPath", "UserName", LaunchdPlist.OwnedKey,
    };

    /// <summary>Redacts a property list.</summary>
    /// <param name="text">The file's text, as XML.</param>
    /// <param name="owned">The names of the owned keys.</param>
    /// <param name="hide">Returns the replacement of a hidden value.</param>
    public static string Redact(string text, IReadOnlySet<string> owned, Func<string, string> hide)
    {
        return PlistXml.TryParse(text) is { } dict
            ? PlistWriter.Write(PlistXml.Dict(dict.GetEntries().Select(entry => (entry.Key, RedactEntry(entry.Key, entry.Value)))))
            : hide(text);

        XElement RedactEntry(string key, XElement value) => key switch
        {
            "EnvironmentVariables" when value.Name == "dict" => PlistXml.Dict(
                value.GetEntries().Select(variable => (variable.Key, RedactVariable(variable.Key, variable.Value)))),
            "ProgramArguments" when value.Name == "array" => RedactCommand(value),
            _ => ShownKeys.Contains(key) || LaunchdPlist.IsDefault(key) ? HideCredentials(value) : Hide(value),
        };

        XElement RedactVariable(string name, XElement value)
        {
            var key = DefinitionKeys.Environment(name);
            var isShown = name is Stamp.Variable or Stamp.SourceVariable || (owned.Contains(key) && !SecretNames.IsSecretKey(key));
            return isShown ? HideCredentials(value) : Hide(value);
        }

        XElement RedactCommand(XElement list)
        {
            var words = list.Elements().Select(word => word.GetText() ?? "").ToList();
            return PlistXml.Array(list.Elements().Zip(SecretArguments.Hide(words, hide), (word, shown) =>
                word.GetText() is null || word.GetText() == shown ? new XElement(word) : PlistXml.String(shown)));
        }

        XElement HideCredentials(XElement value) =>
            value.GetText() is { } plain && SecretText.HideCredentials(plain, hide) is var shown && shown != plain
                ? PlistXml.String(shown)
                : new XElement(value);

        XElement Hide(XElement value) => PlistXml.String(hide(value.ToString(SaveOptions.DisableFormatting)));
    }
}
