using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd.UnitFiles;

[Properties(MaxTest = 500, EndSize = 25)]
public class UnitOfAnyDefinition
{
    private static Gen<ServiceDefinition> Definitions =>
        from program in Paths(UnitLimits.FindProgramProblem)
        from folder in Paths(UnitLimits.FindDirectoryProblem)
        from source in Paths(_ => null)
        from file in Gen.Frequency((1, Gen.Constant<string?>(null)), (1, Paths(UnitLimits.FindFileProblem).Select(path => (string?)path)))
        from arguments in HostileText.Words.ListOf()
        from variables in Variables
        from scope in Gen.Elements(ServiceScope.User, ServiceScope.System)
        from restart in Gen.Elements(Enum.GetValues<RestartPolicy>())
        from type in Gen.Elements(Enum.GetValues<SystemdServiceType>())
        from codes in Gen.Choose(0, 255).ListOf()
        select Sample.Definition() with
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
            ManagerOptions = new SystemdOptions(type),
            RestartExitCodes = [.. codes.Where(code => code % 2 == 1).Distinct().Order()],
            ParkExitCodes = [.. codes.Where(code => code % 2 == 0).Distinct().Order()],
        };

    private static Gen<ImmutableSortedDictionary<string, string>> Variables =>
        (from name in Gen.Elements("A", "b_2", "_", "PATH", "MODE", "LONG_NAME")
         from value in HostileText.Words
         select (name, value)).ListOf()
        .Select(list => list.DistinctBy(pair => pair.name).ToImmutableSortedDictionary(pair => pair.name, pair => pair.value, StringComparer.Ordinal));

    [Property]
    public Property Is_understood_as_the_definition_that_was_rendered() => ForAll(Definitions, definition =>
    {
        var wanted = Sample.Desired(definition);
        var text = SystemdUnit.Render(wanted, null);
        var content = SystemdUnit.Understand(text, wanted.Keys)!;

        Assert.Equal(wanted.Keys, content.Keys);
        Assert.Empty(content.Foreign);
        Assert.Equal(wanted.Stamp, content.Stamp);
        Assert.Equal(definition.Source, content.Source);
        Assert.True(UnitFile.Parse(text).IsLoadable);
    });

    [Property]
    public Property Is_not_changed_by_a_repair_when_it_is_current() => ForAll(Definitions, definition =>
    {
        var wanted = Sample.Desired(definition);
        var text = SystemdUnit.Render(wanted, null);
        Assert.Equal(text, SystemdUnit.Render(wanted, text));
    });

    [Property]
    public Property Keeps_nothing_of_an_older_definition() => ForAll(
        from old in Definitions from next in Definitions select (old, next),
        pair =>
        {
            var (old, next) = (Sample.Desired(pair.old), Sample.Desired(pair.next with { Scope = pair.old.Scope, User = pair.old.User }));
            Assert.Equal(SystemdUnit.Render(next, null), SystemdUnit.Render(next, SystemdUnit.Render(old, null)));
        });

    [Property]
    public Property Is_rendered_over_any_other_file_and_stable_then() => ForAll(
        from definition in Definitions from file in HostileText.Files select (definition, file),
        pair =>
        {
            var wanted = Sample.Desired(pair.definition);
            var repaired = SystemdUnit.Render(wanted, pair.file);
            var content = SystemdUnit.Understand(repaired, wanted.Keys)!;

            Assert.Equal(wanted.Keys, content.Keys);
            Assert.Equal(wanted.Stamp, content.Stamp);
            Assert.Equal(repaired, SystemdUnit.Render(wanted, repaired));
        });

    [Property]
    public Property Keeps_foreign_directives_through_any_change() => ForAll(
        from old in Definitions from next in Definitions select (old, next),
        pair =>
        {
            const string foreignText = "[Service]\nLimitNOFILE=4096\nEnvironment=\"THEIRS=a b\" OTHER=1\n[X-Note]\nBy=me\n";
            var (old, next) = (Sample.Desired(pair.old), Sample.Desired(pair.next with { Scope = pair.old.Scope, User = pair.old.User }));
            var foreign = SystemdUnit.Understand(
                SystemdUnit.Render(next, SystemdUnit.Render(old, SystemdUnit.Render(old, null) + foreignText)), next.Keys)!.Foreign;

            Assert.Equal(
                ["[Service] LimitNOFILE=4096", "[Service] Environment=\"THEIRS=a b\" OTHER=1", "[X-Note] By=me"], foreign.AsEnumerable());
        });

    private static Gen<string> Paths(Func<string, string?> findProblem) =>
        HostileText.Paths.Where(path => findProblem(path) is null).Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))
            .Where(path => findProblem(path) is null);

    private static Property ForAll<T>(Gen<T> values, Action<T> assert) => Prop.ForAll(values.ToArbitrary(), assert);
}
