using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

/// <summary>Sample definitions for launchd, and texts that are difficult for XML.</summary>
internal static class LaunchdSample
{
    /// <summary>Texts that every reader must return unchanged.</summary>
    public static readonly ImmutableArray<string> Hostile =
    [
        "", " ", "  both ends  ", "\n", "a\nb\n", "\n\n", "\t", "\ttab\t", "\r", "a\rb", "a\r\nb", "\r\n", " \n ",
        "\"double\" and 'single'", "a&b", "&amp;", "&#13;", "&#x41;", "<", ">", "<b>", "]]>", "a]]>b", "<![CDATA[x]]>",
        "<!-- x -->", "<?x?>", "<!DOCTYPE x>", "%h $HOME ${X} `x` $(x) \\n \\", "~/x", "{", "}", "}\n", "é ß", "日本", "😀",
        "a\u0301", "\u00A0x\u00A0", "\u0085", "\u2028", "\uFEFF", "\u007F", "\u009F", "\uFDD0", "\U0010FFFD", "\uFFFD",
        new('x', 200_000), string.Concat(Enumerable.Repeat("é😀", 20_000)),
    ];

    /// <summary>Generated words that a property list can represent.</summary>
    public static Gen<string> Words => HostileText.Words.Select(Keep);

    /// <summary>Generated paths that a property list can represent.</summary>
    public static Gen<string> Paths => HostileText.Paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));

    public static Gen<ServiceDefinition> Definitions =>
        from program in Paths
        from folder in Paths
        from source in Paths
        from file in Gen.Frequency((1, Gen.Constant<string?>(null)), (1, Paths.Select(path => (string?)path)))
        from arguments in Words.ListOf()
        from variables in Variables
        from scope in Gen.Elements(ServiceScope.User, ServiceScope.System)
        from restart in Gen.Elements(Enum.GetValues<RestartPolicy>())
        select Sample.Job() with
        {
            Program = program,
            WorkingDirectory = folder,
            Source = source,
            EnvironmentFile = file,
            Arguments = [.. arguments],
            Environment = variables,
            Scope = scope,
            User = scope == ServiceScope.System ? "daemon" : null,
            Restart = restart,
        };

    private static Gen<ImmutableSortedDictionary<string, string>> Variables =>
        (from name in Gen.Elements("A", "b_2", "_", "PATH", "MODE", "LONG_NAME")
         from value in Words
         select (name, value)).ListOf()
        .Select(list => Sample.Variables([.. list.DistinctBy(pair => pair.name)]));

    public static DesiredService Desired(ServiceDefinition? definition = null)
    {
        definition ??= Sample.Job();
        var keys = LaunchdPlist.KeysOf(definition, "/Users/me/Library/Logs/my gateway.log", "/Users/me/Library/Logs/my gateway.error.log");
        return new DesiredService(
            definition, $"/Users/me/Library/LaunchAgents/{definition.Label}.plist", keys, keys, Stamp.Of(keys, definition.Revision))
        {
            Rules = new ManagerRules { EnabledByFile = true, LoadingStarts = true },
        };
    }

    /// <summary>Returns the text of a property list with these entries.</summary>
    public static string Plist(string entries) => $"<plist version=\"1.0\"><dict>{entries}</dict></plist>";

    public static void ForAll<T>(Gen<T> values, Action<T> assert, int tests = 500) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(tests).WithEndSize(25), Prop.ForAll(Arb.From(values), assert));

    private static string Keep(string word) =>
        string.Concat(word.Where(c => PlistLimits.FindCharacterProblem([c]) is null || char.IsSurrogate(c)));
}
