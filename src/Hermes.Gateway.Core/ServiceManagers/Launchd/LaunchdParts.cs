using System.Collections.Immutable;
using System.Xml.Linq;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>A property list split into what is ours and what is the operator's.</summary>
internal sealed class LaunchdParts
{
    private readonly ImmutableSortedDictionary<string, string>.Builder _keys =
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    private readonly List<string> _shown = [];
    private readonly HashSet<string> _owned;

    private LaunchdParts(IEnumerable<string> owned) => _owned = owned.ToHashSet(StringComparer.Ordinal);

    /// <summary>The owned keys.</summary>
    public ImmutableSortedDictionary<string, string> Keys => _keys.ToImmutable();

    /// <summary>What is kept, as text for people.</summary>
    public ImmutableArray<string> Shown => [.. _shown];

    /// <summary>The stamp; null when there is none.</summary>
    public Stamp? Stamp { get; private set; }

    /// <summary>The operator's entries, in order.</summary>
    public List<PlistEntry> Foreign { get; } = [];

    /// <summary>The operator's environment variables, in order.</summary>
    public List<PlistEntry> Variables { get; } = [];

    /// <summary>The entries that stand in for our defaults, changed or not.</summary>
    public Dictionary<string, PlistEntry> Defaults { get; } = new(StringComparer.Ordinal);

    /// <summary>The comments at the end.</summary>
    public IEnumerable<XComment> Trailer { get; private set; } = [];

    /// <summary>The comments at the end of the environment variables.</summary>
    public IEnumerable<XComment> VariablesTrailer { get; private set; } = [];

    /// <summary>Splits a property list.</summary>
    /// <param name="dict">The property list.</param>
    /// <param name="wanted">The keys that are wanted now.</param>
    public static LaunchdParts Of(XElement dict, ImmutableSortedDictionary<string, string> wanted)
    {
        var recorded = PlistXml.Get(dict, LaunchdPlist.OwnedKey)?.Elements().Select(PlistXml.Text).OfType<string>();
        var parts = new LaunchdParts([.. recorded ?? [], .. wanted.Keys]);
        // No key, no restarts.
        parts._keys["Restart"] = DefinitionKeys.Word(RestartPolicy.No);
        foreach (var entry in PlistXml.EntriesWithComments(dict))
            parts.Add(entry with { Comments = [.. entry.Comments.Where(IsTheirs)] });
        parts.AddCommand(PlistXml.Get(dict, "Program"), PlistXml.Get(dict, "ProgramArguments"));
        parts.Trailer = PlistXml.CommentsAtEnd(dict).Where(IsTheirs);
        return parts;
    }

    // Ours must not multiply when somebody puts an entry of their own below it.
    private static bool IsTheirs(XComment comment) => comment.Value != LaunchdPlist.Header;

    private void Add(PlistEntry entry)
    {
        var (key, value) = (entry.Key.Value, entry.Value);
        switch (key)
        {
            case LaunchdPlist.OwnedKey or "Program" or "ProgramArguments":
                break;
            case "EnvironmentVariables":
                AddVariables(value);
                break;
            case "KeepAlive":
                _keys["Restart"] = RestartOf(value);
                break;
            case "RunAtLoad":
                var isBoolean = value.Name.LocalName is "true" or "false";
                _keys[key] = isBoolean ? value.Name.LocalName : PlistSummary.Markup(value);
                break;
            case "Label" or "WorkingDirectory" or "StandardOutPath" or "StandardErrorPath":
                _keys[key] = PlistSummary.TextOrMarkup(value);
                break;
            case "UserName" when _owned.Contains("User"):
                _keys["User"] = PlistSummary.TextOrMarkup(value);
                break;
            case var _ when Contradicts(key, value):
                _keys[key] = PlistSummary.Of(value);
                break;
            case var _ when LaunchdDefaults.Has(key):
                Defaults[key] = entry;
                if (!LaunchdDefaults.IsUnchanged(key, value)) _shown.Add($"{key}={PlistSummary.Of(value)}");
                break;
            default:
                Foreign.Add(entry);
                _shown.Add($"{key}={PlistSummary.Of(value)}");
                break;
        }
    }

    /// <summary>What would make something else of the definition, so that it is treated as ours: seen as drift and not
    /// kept. An account is no such thing: a repair must never turn a user's service into root's.</summary>
    private static bool Contradicts(string key, XElement value) => key switch
    {
        // Another program, or other paths.
        "BundleProgram" or "RootDirectory" => true,
        // The old opposite of KeepAlive.
        "OnDemand" => true,
        // Not loaded; never again after the first exit; one process for each connection; arguments taken for patterns;
        // started, but waiting for a debugger.
        "Disabled" or "LaunchOnlyOnce" or "inetdCompatibility" or "EnableGlobbing" or "WaitForDebugger" =>
            value.Name.LocalName != "false",
        _ => false,
    };

    private void AddVariables(XElement variables)
    {
        // Of any other type, launchd has no variables from it.
        if (variables.Name != "dict") return;
        foreach (var entry in PlistXml.EntriesWithComments(variables))
        {
            var (name, value, text) = (entry.Key.Value, entry.Value, PlistXml.Text(entry.Value));
            if (name == Stamp.Variable)
            {
                Stamp = Stamp.TryParse(text);
            }
            else if (name == Stamp.SourceVariable)
            {
                if (text is not null) _keys["Source"] = text;
            }
            else if (_owned.Contains(DefinitionKeys.Environment(name)))
            {
                _keys[DefinitionKeys.Environment(name)] = PlistSummary.TextOrMarkup(value);
            }
            else
            {
                Variables.Add(entry);
                _shown.Add($"EnvironmentVariables[{name}]={PlistSummary.Of(value)}");
            }
        }

        VariablesTrailer = PlistXml.CommentsAtEnd(variables);
    }

    private void AddCommand(XElement? program, XElement? list)
    {
        var words = list?.Elements().Select(PlistXml.Text).OfType<string>().ToImmutableArray() ?? [];
        var isList = list is null || (list.Name == "array" && words.Length == list.Elements().Count());
        if (program is { Name.LocalName: not "string" } || !isList)
        {
            // No command that launchd could run: shown as it stands.
            _keys["Program"] = PlistSummary.Markup(isList ? program! : list!);
            _keys["Arguments"] = "";
            return;
        }

        // launchd executes Program, and the first word is then only the name that the process is told.
        var path = PlistXml.Text(program) ?? words.FirstOrDefault();
        if (path is null) return;
        if (words.IsEmpty) words = [path];
        if (words[0] != path)
        {
            _keys["Program"] = path;
            // No list of arguments is ever shown with a bare parenthesis, so this cannot pass for one of ours.
            _keys["Arguments"] = $"(called {ShellText.Quote([words[0]])}) {ShellText.Quote(words[1..])}".TrimEnd();
            return;
        }

        if (_owned.Contains("EnvironmentFile") && LaunchdCommand.TryUnwrap(words, out var file, out words))
            _keys["EnvironmentFile"] = file;
        _keys["Program"] = words[0];
        _keys["Arguments"] = ShellText.Quote(words[1..]);
    }

    private static string RestartOf(XElement keepAlive) => keepAlive.Name.LocalName switch
    {
        "true" => DefinitionKeys.Word(RestartPolicy.Always),
        "false" => DefinitionKeys.Word(RestartPolicy.No),
        "dict" => PlistXml.Entries(keepAlive).ToList() is [{ Key.Value: "SuccessfulExit", Value: var value }]
            && value.Name == "false"
            ? DefinitionKeys.Word(RestartPolicy.OnFailure)
            : PlistSummary.OfDict(keepAlive),
        _ => PlistSummary.Markup(keepAlive),
    };
}
