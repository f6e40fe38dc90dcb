using System.Xml.Linq;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>An installed property list, split into owned keys and foreign entries.</summary>
internal sealed class InstalledPlist
{
    private readonly ImmutableSortedDictionary<string, string>.Builder _keys =
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    private readonly HashSet<string> _owned;

    private InstalledPlist(IEnumerable<string> owned) => _owned = owned.ToHashSet(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, string> Keys => _keys.ToImmutable();

    public Stamp? Stamp { get; private set; }

    public List<PlistEntry> ForeignEntries { get; } = [];

    public List<PlistEntry> ForeignVariables { get; } = [];

    /// <summary>The foreign entries, variables and changed defaults as texts for reports.</summary>
    public List<string> ForeignSummaries { get; } = [];

    /// <summary>The entries for <see cref="LaunchdPlist.IsDefault"/> keys, changed or not.</summary>
    public Dictionary<string, PlistEntry> Defaults { get; } = new(StringComparer.Ordinal);

    public IEnumerable<XComment> TrailingComments { get; private set; } = [];

    public IEnumerable<XComment> TrailingVariableComments { get; private set; } = [];

    /// <summary>Splits a property list. Owned are the keys that it records itself and those that are
    /// <paramref name="wanted"/> now.</summary>
    public static InstalledPlist Split(XElement dict, ImmutableSortedDictionary<string, string> wanted)
    {
        var installed = new InstalledPlist([.. dict.GetValue(LaunchdPlist.OwnedKey)?.GetTexts() ?? [], .. wanted.Keys]);
        // launchd does not restart a job without KeepAlive.
        installed._keys["Restart"] = DefinitionKeys.Word(RestartPolicy.No);
        foreach (var entry in dict.GetEntries())
            installed.Add(entry with { Comments = [.. entry.Comments.Where(IsForeign)] });
        installed.AddCommand(dict.GetValue("Program"), dict.GetValue("ProgramArguments"));
        installed.TrailingComments = dict.GetTrailingComments().Where(IsForeign);
        return installed;
    }

    // The header is written anew; kept as the comment of a foreign entry below it, it would be duplicated.
    private static bool IsForeign(XComment comment) => comment.Value != LaunchdPlist.Header;

    private void Add(PlistEntry entry)
    {
        var (key, value) = (entry.Key, entry.Value);
        switch (key)
        {
            case LaunchdPlist.OwnedKey or "Program" or "ProgramArguments":
                break;
            case "EnvironmentVariables":
                AddVariables(value);
                break;
            case "KeepAlive":
                _keys["Restart"] = FormatRestart(value);
                break;
            case "RunAtLoad":
                _keys[key] = value.Name.LocalName is "true" or "false" ? value.Name.LocalName : PlistSummary.FormatMarkup(value);
                break;
            case "Label" or "WorkingDirectory" or LaunchdLogs.OutputKey or LaunchdLogs.ErrorKey:
                _keys[key] = PlistSummary.FormatTextOrMarkup(value);
                break;
            case "UserName" when _owned.Contains("User"):
                _keys["User"] = PlistSummary.FormatTextOrMarkup(value);
                break;
            case var _ when ContradictsDefinition(key, value):
                _keys[key] = PlistSummary.Summarize(value);
                break;
            case var _ when LaunchdPlist.IsDefault(key):
                Defaults[key] = entry;
                if (!LaunchdPlist.HasDefaultValue(key, value)) ForeignSummaries.Add($"{key}={PlistSummary.Summarize(value)}");
                break;
            default:
                ForeignEntries.Add(entry);
                ForeignSummaries.Add($"{key}={PlistSummary.Summarize(value)}");
                break;
        }
    }

    // Such an entry counts as owned, so a repair removes it. Not UserName: without it, a user's service could become one of root.
    private static bool ContradictsDefinition(string key, XElement value) => key switch
    {
        // Another program or another root of its paths; OnDemand is the old opposite of KeepAlive.
        "BundleProgram" or "RootDirectory" or "OnDemand" => true,
        // launchd.plist(5): not loaded; not started after the first exit; one process for each connection; arguments
        // expanded as patterns; suspended until a debugger attaches.
        "Disabled" or "LaunchOnlyOnce" or "inetdCompatibility" or "EnableGlobbing" or "WaitForDebugger" =>
            value.Name.LocalName != "false",
        _ => false,
    };

    private void AddVariables(XElement variables)
    {
        // launchd ignores a value of another type.
        if (variables.Name != "dict") return;
        foreach (var entry in variables.GetEntries())
        {
            var (name, value, text) = (entry.Key, entry.Value, entry.Value.GetText());
            var key = DefinitionKeys.Environment(name);
            if (name == Stamp.Variable) Stamp = Stamp.TryParse(text);
            else if (name == Stamp.SourceVariable)
            {
                if (text is not null) _keys[DefinitionKeys.Source] = text;
            }
            else if (_owned.Contains(key)) _keys[key] = PlistSummary.FormatTextOrMarkup(value);
            else
            {
                ForeignVariables.Add(entry);
                ForeignSummaries.Add($"EnvironmentVariables[{name}]={PlistSummary.Summarize(value)}");
            }
        }

        TrailingVariableComments = variables.GetTrailingComments();
    }

    private void AddCommand(XElement? program, XElement? list)
    {
        var words = list?.GetTexts().ToImmutableArray() ?? [];
        var isList = list is null || (list.Name == "array" && words.Length == list.Elements().Count());
        if (program is { Name.LocalName: not "string" } || !isList)
        {
            // launchd could not execute it.
            (_keys["Program"], _keys["Arguments"]) = (PlistSummary.FormatMarkup(isList ? program! : list!), "");
            return;
        }

        // launchd executes Program if there is one; the first argument is then only the process's argv[0].
        var path = program.GetText() ?? words.FirstOrDefault();
        if (path is null) return;
        if (words.IsEmpty) words = [path];
        if (words[0] != path)
        {
            _keys["Program"] = path;
            // Differs from all owned values, in which a parenthesis is always quoted.
            _keys["Arguments"] = $"(called {ShellText.Quote([words[0]])}) {ShellText.Quote(words[1..])}".TrimEnd();
            return;
        }

        if (_owned.Contains("EnvironmentFile") && ProgramArguments.TryUnwrap(words) is { } unwrapped)
            (_keys["EnvironmentFile"], words) = unwrapped;
        _keys["Program"] = words[0];
        _keys["Arguments"] = ShellText.Quote(words[1..]);
    }

    private static string FormatRestart(XElement keepAlive) => keepAlive.Name.LocalName switch
    {
        "true" => DefinitionKeys.Word(RestartPolicy.Always),
        "false" => DefinitionKeys.Word(RestartPolicy.No),
        "dict" => keepAlive.GetEntries().ToList() is [{ Key: "SuccessfulExit", Value.Name.LocalName: "false" }]
            ? DefinitionKeys.Word(RestartPolicy.OnFailure)
            : PlistSummary.SummarizeEntries(keepAlive),
        _ => PlistSummary.FormatMarkup(keepAlive),
    };
}
