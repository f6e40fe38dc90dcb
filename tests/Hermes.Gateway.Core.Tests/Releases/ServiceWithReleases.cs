using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>A service with releases on a machine for one test, whose requests are read from the settings of its project.</summary>
public abstract class ServiceWithReleases : IDisposable
{
    private protected readonly World _world = new();
    private protected readonly ServiceInput _input;

    protected ServiceWithReleases()
    {
        File.WriteAllText(_world.At("App.csproj"), "<Project/>");
        _input = new ServiceInput
        {
            Name = "my-gateway",
            Program = "App",
            Source = _world.At("App.csproj"),
            ServiceManager = "systemd",
            Releases = "true",
            ReleaseRoot = _world.At("releases"),
        };
    }

    public void Dispose()
    {
        _world.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected ServiceRelease Deploy(string version, Func<ServiceInput, ServiceInput>? change = null)
    {
        var request = Request(version, change);
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
        _world.Clock.Advance(TimeSpan.FromHours(1));
        return request.Release!;
    }

    private protected ServiceReport Run(Operation operation, string version) => _world.Run(operation, Request(version));

    private protected ServiceReport RollBack(string release = "", Func<ServiceInput, ServiceInput>? change = null) =>
        _world.Run(Operation.Rollback, Read((change ?? (input => input))(_input) with { ChosenRelease = release }));

    private protected Finding Refused(string release, Func<ServiceInput, ServiceInput>? change = null) =>
        Assert.Single(RequestReader.Read([(change ?? (input => input))(_input) with { ChosenRelease = release }], _world.Host).Problems);

    private protected ServiceRequest Request(string version, Func<ServiceInput, ServiceInput>? change = null)
    {
        PublishedSample.Write(_world.At("published"), version);
        return Read((change ?? (input => input))(_input) with { PublishedFolder = _world.At("published") });
    }

    private protected ServiceRequest Read(ServiceInput input)
    {
        var (requests, problems) = RequestReader.Read([input], _world.Host);
        Assert.Empty(problems);
        return Assert.Single(requests);
    }

    private protected ReleaseRecords Records(ServiceRelease release) => new(_world.Host, default, release.Folders.Name);

    private protected string RecordOf(ServiceRelease release) =>
        Path.Combine(_world.Store.FolderOf(Request("1").Definition), "releases", release.Revision + ".json");
}
