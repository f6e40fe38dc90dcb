using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>What the manager shows of these files was measured on 247 and 252, which differ.</summary>
public sealed class ConflictingUnitFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HostContext _host;
    private readonly DesiredService _desired = Sample.Desired();
    private readonly ImmutableArray<string> _unitPath;

    public ConflictingUnitFile()
    {
        _host = Sample.Host(_folder.At("."))
            .WithFacts(new SystemdHost { SystemUnitFolders = [], UserUnitFolders = [_folder.At("run/user")] });
        _unitPath = [_folder.At("own.control"), _folder.At("own/user"), _folder.At("runtime/user"), _folder.At("run/user")];
        foreach (var folder in _unitPath) Directory.CreateDirectory(folder);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("own/user", "masked", "systemctl --user unmask my-gateway.service")]
    [InlineData("runtime/user", "masked-runtime", "systemctl --user unmask --runtime my-gateway.service")]
    [InlineData("own.control", "masked", "ls -l ")]
    [InlineData("run/user", "masked-runtime", "ls -l ")]
    public void Mask_is_reported_with_the_command_that_removes_it(string folder, string state, string advice)
    {
        var mask = At(folder);
        File.CreateSymbolicLink(mask, "/dev/null");

        foreach (var fragment in new[] { mask, "/dev/null" })
        {
            var finding = Assert.Single(Find(("LoadState", "masked"), ("UnitFileState", state), ("FragmentPath", fragment)));

            Assert.Equal("HGW3003", finding.Code);
            Assert.Contains($" by {mask} (a link to /dev/null): ", finding.Message, StringComparison.Ordinal);
            Assert.StartsWith(advice, finding.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Mask_made_since_the_last_reload_is_reported()
    {
        File.CreateSymbolicLink(At("own/user"), "/dev/null");

        Assert.Equal("HGW3003", Assert.Single(Find(("LoadState", "not-found"))).Code);
    }

    [Fact]
    public void Mask_and_unit_in_a_folder_of_higher_precedence_are_reported_with_the_hidden_file()
    {
        File.WriteAllText(At("own/user"), "[Service]\n");
        File.WriteAllText(At("own.control"), "");
        var mask = Assert.Single(Find(("LoadState", "masked"), ("FragmentPath", At("own.control"))));
        Assert.Contains(
            $"{At("own.control")} (an empty file), which takes precedence over {At("own/user")}: ", mask.Message, StringComparison.Ordinal);

        File.WriteAllText(At("own.control"), "[Service]\n");
        var shadow = Assert.Single(Find(("LoadState", "loaded"), ("FragmentPath", At("own.control"))));
        Assert.Equal(("HGW3004", "systemctl --user cat my-gateway.service"), (shadow.Code, shadow.Advice));
        Assert.Equal($"the manager reads {At("own.control")}, which takes precedence over {At("own/user")}.", shadow.Message);
    }

    [Fact]
    public void Link_in_a_folder_of_higher_precedence_is_reported_with_its_target()
    {
        File.WriteAllText(At("own/user"), "[Service]\n");
        var target = _folder.At("elsewhere.service");
        File.WriteAllText(target, "[Service]\n");
        File.CreateSymbolicLink(At("own.control"), target);

        foreach (var fragment in new[] { At("own.control"), target })
            Assert.Contains(
                $"{At("own.control")} (a link to {target}), ",
                Assert.Single(Find(("LoadState", "loaded"), ("FragmentPath", fragment))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unit_in_a_folder_of_lower_precedence_is_an_error_only_while_ours_is_missing()
    {
        File.WriteAllText(At("run/user"), "[Service]\n");
        var shown = new[] { ("LoadState", "loaded"), ("FragmentPath", At("run/user")) };
        Assert.Equal("HGW2004", Assert.Single(Find(shown)).Code);

        File.WriteAllText(At("own/user"), "[Service]\n");
        Assert.Empty(Find(shown));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Link_in_the_place_of_the_definition_is_reported_with_its_target(bool targetExists)
    {
        var target = _folder.At("own/elsewhere.service");
        if (targetExists) File.WriteAllText(target, "[Service]\n");
        File.CreateSymbolicLink(At("own/user"), "../elsewhere.service");

        foreach (var fragment in new[] { At("own/user"), target })
        {
            var finding = Assert.Single(Find(("LoadState", targetExists ? "loaded" : "not-found"), ("FragmentPath", targetExists ? fragment : "")));

            Assert.Equal("HGW2008", finding.Code);
            Assert.Contains($"{At("own/user")} is a link to {target}", finding.Message, StringComparison.Ordinal);
            Assert.Equal(!targetExists, finding.Message.Contains("which is gone", StringComparison.Ordinal));
            Assert.Equal($"systemctl --user {(targetExists ? "cat" : "disable")} my-gateway.service", finding.Advice);
        }
    }

    private string At(string folder) => Path.Combine(_folder.At(folder), _desired.Definition.UnitName);

    private List<Finding> Find(params (string Name, string Value)[] shown)
    {
        var systemctl = new SystemctlClient(
            _host, new FakeRunner(), ServiceScope.User, "/usr/bin/systemctl", new UserManager(_host));
        var path = At("own/user");
        return
        [
            .. new UnitConflicts(systemctl, _host).Find(
                _desired, path, SystemdObserver.ReadInstalled(_desired, path),
                new UnitProperties(shown.ToDictionary(pair => pair.Name, pair => pair.Value)), _unitPath),
        ];
    }
}
