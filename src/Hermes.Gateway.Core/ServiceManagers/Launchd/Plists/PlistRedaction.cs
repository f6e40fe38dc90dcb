using System.Xml.Linq;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>Redacts property lists for reports. It hides the values of foreign keys and variables, of owned variables
/// with a secret's name, and credentials within all other values; it removes comments.</summary>
internal static class PlistRedaction
{
    private static readonly HashSet<string> ShownKeys = new(StringComparer.Ordinal)
    {
        "Label", "Program", "ProgramArguments", "WorkingDirectory", "RunAtLoad", "KeepAlive", LaunchdLogs.OutputKey,
        LaunchdLogs.ErrorKey, "UserName", LaunchdPlist.OwnedKey,
    };

    /// <summary>Redacts a property list, given as XML. <paramref name="owned"/> are the names of the owned keys;
    /// <paramref name="hide"/> returns the replacement for a value.</summary>
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
