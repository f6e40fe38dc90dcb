using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

/// <summary>What holds for every definition, however hostile its texts, and for every file that is already there.
/// </summary>
public class LaunchdPlistProperties
{
    private static readonly string[] KnownKeys =
    [
        "Label", "Program", "ProgramArguments", "WorkingDirectory", "EnvironmentVariables", "RunAtLoad", "KeepAlive", "StandardOutPath",
        "StandardErrorPath", "UserName", "ThrottleInterval", "ExitTimeOut", "LimitLoadToSessionType", "HermesGatewayOwned", "Disabled",
        "OnDemand", "BundleProgram", "Nice", "SoftResourceLimits", "StartInterval", "Anything",
    ];

    private static readonly string[] KnownVariables =
        ["A", "MODE", "PATH", "THEIRS", "HERMES_GATEWAY_STAMP", "HERMES_GATEWAY_SOURCE", "XPC_SERVICE_NAME"];

    /// <summary>Lists with the keys that matter, each with a value of any type, and comments anywhere.</summary>
    private static Gen<string> Lists =>
        from dict in DictOf(Gen.Elements(KnownKeys), Gen.OneOf(Values(2), DictOf(Gen.Elements(KnownVariables), Values(1))))
        select PlistXml.Write(dict);

    [Fact]
    public void What_is_rendered_is_understood_as_exactly_what_is_wanted() => LaunchdSample.ForAll(LaunchdSample.Definitions, definition =>
    {
        var wanted = LaunchdSample.Desired(definition);
        var content = LaunchdPlist.Understand(LaunchdPlist.Render(wanted, null), wanted.Keys)!;

        Assert.Equal(wanted.Keys, content.Keys);
        Assert.Empty(content.Foreign);
        Assert.Equal(wanted.Stamp, content.Stamp);
        Assert.Equal(definition.Source, content.Source);
    });

    [Fact]
    public void What_is_rendered_is_ours_even_when_nothing_is_wanted_any_more() => LaunchdSample.ForAll(LaunchdSample.Definitions, definition =>
    {
        var wanted = LaunchdSample.Desired(definition);
        var content = LaunchdPlist.Understand(LaunchdPlist.Render(wanted, null), wanted.Keys.Clear())!;

        Assert.Equal(wanted.Keys, content.Keys);
        Assert.Empty(content.Foreign);
    });

    [Fact]
    public void A_repair_of_what_is_current_changes_no_byte() => LaunchdSample.ForAll(LaunchdSample.Definitions, definition =>
    {
        var wanted = LaunchdSample.Desired(definition);
        var text = LaunchdPlist.Render(wanted, null);
        Assert.Equal(text, LaunchdPlist.Render(wanted, text));
    });

    [Fact]
    public void A_repair_of_any_older_definition_leaves_nothing_of_it() => LaunchdSample.ForAll(
        from old in LaunchdSample.Definitions from next in LaunchdSample.Definitions select (old, next),
        pair =>
        {
            var (old, next) = Pair(pair);
            Assert.Equal(LaunchdPlist.Render(next, null), LaunchdPlist.Render(next, LaunchdPlist.Render(old, null)));
        });

    [Fact]
    public void A_repair_of_any_list_at_all_gives_what_is_wanted_and_is_stable() => LaunchdSample.ForAll(
        from definition in LaunchdSample.Definitions from list in Lists select (definition, list),
        pair =>
        {
            var wanted = LaunchdSample.Desired(pair.definition);
            var before = LaunchdPlist.Understand(pair.list, wanted.Keys)!;
            var repaired = LaunchdPlist.Render(wanted, pair.list);
            var content = LaunchdPlist.Understand(repaired, wanted.Keys)!;

            Assert.Equal(wanted.Keys, content.Keys);
            Assert.Equal(wanted.Stamp, content.Stamp);
            Assert.Equal(repaired, LaunchdPlist.Render(wanted, repaired));
            // Nothing that was promised to be kept is lost, and nothing else comes in.
            Assert.Equal(before.Foreign.Order(StringComparer.Ordinal), content.Foreign.Order(StringComparer.Ordinal));
        });

    [Fact]
    public void A_repair_of_any_file_at_all_gives_what_is_wanted() => LaunchdSample.ForAll(
        from definition in LaunchdSample.Definitions from file in HostileText.Files select (definition, file),
        pair =>
        {
            var wanted = LaunchdSample.Desired(pair.definition);
            Assert.Null(LaunchdPlist.Understand(pair.file, wanted.Keys));
            Assert.Equal(LaunchdPlist.Render(wanted, null), LaunchdPlist.Render(wanted, pair.file));
        });

    [Fact]
    public void What_an_operator_added_survives_any_change_of_ours() => LaunchdSample.ForAll(
        from old in LaunchdSample.Definitions from next in LaunchdSample.Definitions from text in LaunchdSample.Words select ((old, next), text),
        values =>
        {
            var (old, next) = Pair(values.Item1);
            var dict = PlistXml.TryParse(LaunchdPlist.Render(old, null))!;
            dict.Add(PlistXml.Key("X-Note"), PlistXml.String(values.text), PlistXml.Key("Nice"), PlistXml.Integer(5));
            PlistXml.Get(dict, "EnvironmentVariables")!.Add(PlistXml.Key("THEIRS"), PlistXml.String(values.text));
            var repaired = PlistXml.TryParse(
                LaunchdPlist.Render(next, LaunchdPlist.Render(old, PlistXml.Write(dict))))!;

            Assert.Equal(values.text, PlistXml.Text(PlistXml.Get(repaired, "X-Note")));
            Assert.Equal("5", PlistXml.Get(repaired, "Nice")?.Value);
            Assert.Equal(values.text, PlistXml.Text(PlistXml.Get(PlistXml.Get(repaired, "EnvironmentVariables")!, "THEIRS")));
        });

    private static (DesiredService Old, DesiredService Next) Pair(
        (Core.Definitions.ServiceDefinition Old, Core.Definitions.ServiceDefinition Next) pair) =>
        (LaunchdSample.Desired(pair.Old), LaunchdSample.Desired(pair.Next with { Scope = pair.Old.Scope, User = pair.Old.User }));

    private static Gen<XElement> Values(int depth)
    {
        var leaf = Gen.OneOf(
            LaunchdSample.Words.Select(PlistXml.String),
            Gen.Elements("Label", "Environment[A]", "User", "/bin/sh", "-c", LaunchdCommand.Script).Select(PlistXml.String),
            Gen.Choose(-5, 100).Select(number => PlistXml.Integer(number)),
            Gen.Elements(true, false).Select(PlistXml.Boolean),
            Gen.Constant(0).Select(_ => new XElement("data", "AAEC")));
        return depth == 0
            ? leaf
            : Gen.OneOf(leaf, Values(depth - 1).ListOf().Select(PlistXml.Array), DictOf(Gen.Elements("SuccessfulExit", "a", "Label"), Values(depth - 1)));
    }

    private static Gen<XElement> DictOf(Gen<string> keys, Gen<XElement> values) =>
        from entries in (from key in keys from value in values from comment in Gen.Elements(null, " note ", LaunchdPlist.Header) select (key, value, comment)).ListOf()
        from end in Gen.Elements(null, " end ")
        select new XElement(
            "dict",
            entries.Select(entry => new object?[] { Comment(entry.comment), PlistXml.Key(entry.key), entry.value }),
            Comment(end));

    private static XComment? Comment(string? text) => text is null ? null : new XComment(text);
}
