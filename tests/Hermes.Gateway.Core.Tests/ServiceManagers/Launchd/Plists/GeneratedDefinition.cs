using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

/// <summary>Definitions with generated, hostile texts, rendered anew and over generated files.</summary>
public class GeneratedDefinition
{
    private static readonly string[] KnownKeys =
    [
        "Label", "Program", "ProgramArguments", "WorkingDirectory", "EnvironmentVariables", "RunAtLoad", "KeepAlive", "StandardOutPath",
        "StandardErrorPath", "UserName", "ThrottleInterval", "ExitTimeOut", "LimitLoadToSessionType", "HermesGatewayOwned", "Disabled",
        "OnDemand", "BundleProgram", "Nice", "SoftResourceLimits", "StartInterval", "Anything",
    ];

    private static readonly string[] KnownVariables =
        ["A", "MODE", "PATH", "THEIRS", "HERMES_GATEWAY_STAMP", "HERMES_GATEWAY_SOURCE", "XPC_SERVICE_NAME"];

    /// <summary>Property lists with the relevant keys, values of any type, and comments anywhere.</summary>
    private static Gen<string> Lists =>
        from dict in DictOf(Gen.Elements(KnownKeys), Gen.OneOf(Values(2), DictOf(Gen.Elements(KnownVariables), Values(1))))
        select PlistWriter.Write(dict);

    [Fact]
    public void Is_read_back_with_the_same_keys_stamp_and_source() => LaunchdSample.ForAll(LaunchdSample.Definitions, definition =>
    {
        var wanted = LaunchdSample.Desired(definition);
        var content = LaunchdPlist.Understand(LaunchdPlist.Render(wanted, null), wanted.Keys)!;

        Assert.Equal(wanted.Keys, content.Keys);
        Assert.Empty(content.Foreign);
        Assert.Equal(wanted.Stamp, content.Stamp);
        Assert.Equal(definition.Source, content.Source);
    });

    [Fact]
    public void Recorded_keys_are_owned_when_no_key_is_desired() => LaunchdSample.ForAll(LaunchdSample.Definitions, definition =>
    {
        var wanted = LaunchdSample.Desired(definition);
        var content = LaunchdPlist.Understand(LaunchdPlist.Render(wanted, null), wanted.Keys.Clear())!;

        Assert.Equal(wanted.Keys, content.Keys);
        Assert.Empty(content.Foreign);
    });

    [Fact]
    public void Second_rendering_changes_no_byte() => LaunchdSample.ForAll(LaunchdSample.Definitions, definition =>
    {
        var wanted = LaunchdSample.Desired(definition);
        var text = LaunchdPlist.Render(wanted, null);
        Assert.Equal(text, LaunchdPlist.Render(wanted, text));
    });

    [Fact]
    public void No_owned_key_of_an_earlier_definition_is_left() => LaunchdSample.ForAll(
        from old in LaunchdSample.Definitions from next in LaunchdSample.Definitions select (old, next),
        pair =>
        {
            var (old, next) = Pair(pair);
            Assert.Equal(LaunchdPlist.Render(next, null), LaunchdPlist.Render(next, LaunchdPlist.Render(old, null)));
        });

    [Fact]
    public void Any_property_list_is_repaired_and_its_foreign_entries_kept() => LaunchdSample.ForAll(
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
            Assert.Equal(before.Foreign.Order(StringComparer.Ordinal), content.Foreign.Order(StringComparer.Ordinal));
        });

    [Fact]
    public void Any_malformed_file_is_replaced() => LaunchdSample.ForAll(
        from definition in LaunchdSample.Definitions from file in HostileText.Files select (definition, file),
        pair =>
        {
            var wanted = LaunchdSample.Desired(pair.definition);
            Assert.Null(LaunchdPlist.Understand(pair.file, wanted.Keys));
            Assert.Equal(LaunchdPlist.Render(wanted, null), LaunchdPlist.Render(wanted, pair.file));
        });

    [Fact]
    public void Foreign_entries_survive_two_repairs() => LaunchdSample.ForAll(
        from old in LaunchdSample.Definitions from next in LaunchdSample.Definitions from text in LaunchdSample.Words select ((old, next), text),
        values =>
        {
            var (old, next) = Pair(values.Item1);
            var dict = PlistXml.TryParse(LaunchdPlist.Render(old, null))!;
            dict.Add(PlistXml.Key("X-Note"), PlistXml.String(values.text), PlistXml.Key("Nice"), PlistXml.Integer(5));
            PlistXml.GetValue(dict, "EnvironmentVariables")!.Add(PlistXml.Key("THEIRS"), PlistXml.String(values.text));
            var repaired = PlistXml.TryParse(
                LaunchdPlist.Render(next, LaunchdPlist.Render(old, PlistWriter.Write(dict))))!;

            Assert.Equal(values.text, PlistXml.GetText(PlistXml.GetValue(repaired, "X-Note")));
            Assert.Equal("5", PlistXml.GetValue(repaired, "Nice")?.Value);
            Assert.Equal(values.text, PlistXml.GetText(PlistXml.GetValue(PlistXml.GetValue(repaired, "EnvironmentVariables")!, "THEIRS")));
        });

    private static (DesiredService Old, DesiredService Next) Pair(
        (Core.Definitions.ServiceDefinition Old, Core.Definitions.ServiceDefinition Next) pair) =>
        (LaunchdSample.Desired(pair.Old), LaunchdSample.Desired(pair.Next with { Scope = pair.Old.Scope, User = pair.Old.User }));

    private static Gen<XElement> Values(int depth)
    {
        var leaf = Gen.OneOf(
            LaunchdSample.Words.Select(PlistXml.String),
            Gen.Elements("Label", "Environment[A]", "User", "/bin/sh", "-c", ProgramArguments.Script).Select(PlistXml.String),
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
