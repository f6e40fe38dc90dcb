using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Input;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>The folder for the data of a service's program.</summary>
public sealed class StateDirectoryOfAService : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Deploy_makes_it_for_its_owner_alone_before_the_service_starts()
    {
        var request = Request("data/inner");

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal([StepKind.StateDirectory, StepKind.Write, StepKind.Enable, StepKind.Load, StepKind.Start], report.Steps.Select(step => step.Kind));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_world.At("data/inner")));
        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Verify, request).Outcome);
    }

    [Fact]
    public void Deploy_leaves_an_existing_one_as_it_is()
    {
        var folder = Directory.CreateDirectory(_world.At("data")).FullName;
        File.WriteAllText(Path.Combine(folder, "rows"), "1");
        var mode = File.GetUnixFileMode(folder);

        var report = _world.Run(Operation.Deploy, Request("data"));

        Assert.DoesNotContain(report.Steps, step => step.Kind == StepKind.StateDirectory);
        Assert.Equal(("1", mode), (File.ReadAllText(Path.Combine(folder, "rows")), File.GetUnixFileMode(folder)));
    }

    [Fact]
    public void One_that_vanished_is_not_replaced_by_an_empty_one()
    {
        var request = Request("data");
        _world.Run(Operation.Deploy, request);
        Directory.Delete(_world.At("data"));

        var verified = _world.Run(Operation.Verify, request);
        var deployed = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Failed, "HGW2027"), (verified.Outcome, verified.Findings[0].Code));
        Assert.Equal((Outcome.Failed, "HGW2027", false), (deployed.Outcome, deployed.Findings[0].Code, deployed.Changed));
        Assert.False(Directory.Exists(_world.At("data")));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("link")]
    public void What_is_no_folder_is_refused_before_anything_is_changed(string kind)
    {
        if (kind == "file") File.WriteAllText(_world.At("data"), "");
        else File.CreateSymbolicLink(_world.At("data"), _world.At("nowhere"));

        var report = _world.Run(Operation.Deploy, Request("data"));

        Assert.Equal((Outcome.Failed, "HGW2027", false), (report.Outcome, report.Findings[0].Code, report.Changed));
        Assert.False(File.Exists(report.DefinitionPath));
    }

    [Fact]
    public void One_that_cannot_be_made_fails_the_deploy_before_the_service_is_touched()
    {
        File.WriteAllText(_world.At("file"), "");

        var report = _world.Run(Operation.Deploy, Request("file/data"));

        Assert.Equal((Outcome.Failed, "HGW2027", false), (report.Outcome, report.Findings[0].Code, report.Changed));
        Assert.False(File.Exists(report.DefinitionPath));
    }

    [Fact]
    public void Uninstall_leaves_it_and_says_so()
    {
        var request = Request("data");
        _world.Run(Operation.Deploy, request);

        var report = _world.Run(Operation.Uninstall, request);

        Assert.True(Directory.Exists(_world.At("data")));
        Assert.Equal((Severity.Info, "HGW2028"), (Assert.Single(report.Findings).Severity, report.Findings[0].Code));
    }

    [Theory]
    [InlineData("my-data", "user", "/home/me/state/my-data")]
    [InlineData("my-data", "system", "/var/lib/my-data")]
    [InlineData("/srv/my-data/", "user", "/srv/my-data")]
    public void Is_a_path_or_a_name_below_the_usual_folder_and_is_told_to_the_program(string given, string scope, string expected)
    {
        var definition = InputFor.Accepted(InputFor.Good with { StateDirectory = given, Scope = scope }).Definition;

        Assert.Equal((expected, expected), (definition.StateDirectory, definition.Environment["STATE_DIRECTORY"]));
    }

    private ServiceRequest Request(string folder)
    {
        var request = _world.Request();
        return request with
        {
            Definition = request.Definition with
            {
                StateDirectory = _world.At(folder),
                Environment = request.Definition.Environment.SetItem("STATE_DIRECTORY", _world.At(folder)),
            },
        };
    }
}
