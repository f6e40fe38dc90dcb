using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>Makes requests for a service that runs from a release of the sample program.</summary>
internal sealed class ReleaseRequests(World world)
{
    private static readonly ReleaseSettings Settings = RecordedSettings.Of(new ServiceInput { Source = "" }, []);

    /// <summary>Publishes a version of the program, and returns a request for its release.</summary>
    public ServiceRequest Publish(string version)
    {
        PublishedSample.Write(world.At("published"), version);
        return Request();
    }

    /// <summary>Returns a request for a release of what is published.</summary>
    public ServiceRequest Request()
    {
        var content = ReleaseContent.Of(world.At("published"));
        var request = world.Request();
        // Unit files escape the character "%".
        var release = new ServiceRelease(new ReleaseFolders(world.At("100%"), request.Definition.Name), content.Revision) 
        {
            Content = content, Current = new ReleaseFolders(world.At("100%"), request.Definition.Name).ReadCurrent(), Settings = Settings,
        };
        return request with
        {
            Release = release,
            Definition = request.Definition with
            {
                Program = Path.Combine(release.Folder, "App"), WorkingDirectory = release.Folder, Revision = release.Revision,
            },
        };
    }

    /// <summary>Returns the request of an operation that finds no published files.</summary>
    public static ServiceRequest WithoutBuild(ServiceRequest request) =>
        request with { Release = request.Release! with { Content = null, Current = request.Release.Revision } };

    /// <summary>The record of a request's release.</summary>
    public ReleaseRecords RecordsOf(ServiceRequest request) => new(world.Host, request.Definition.Scope, request.Definition.Name);

    /// <summary>Edits or adds a file of a release, as root or its owner can, and makes it read-only again.</summary>
    public static void Edit(string path, Action<string> edit)
    {
        var folder = Path.GetDirectoryName(path)!;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (File.Exists(path)) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        edit(path);
        if (File.Exists(path)) File.SetUnixFileMode(path, UnixFileMode.UserRead);
    }
}
