using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Integration.Tests;

/// <summary>Makes a folder read-only until disposed: for root by a read-only mount over it (in the private mount
/// namespace of <c>eng/private-systemd</c>), since file modes do not bind root; for others by its mode.</summary>
internal sealed class ReadOnlyFolder : IDisposable
{
    private readonly string _folder;
    private readonly bool _mounted;
    private readonly UnixFileMode _mode;

    public ReadOnlyFolder(string folder)
    {
        _folder = folder;
        _mounted = HostContext.Resolve(Environment.GetEnvironmentVariable).IsRoot;
        _mode = File.GetUnixFileMode(folder);
        if (_mounted)
        {
            Manager.RunCommand("mount", "--bind", folder, folder);
            Manager.RunCommand("mount", "-o", "remount,bind,ro", folder);
        }
        else
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    public void Dispose()
    {
        if (_mounted) Manager.RunCommand("umount", _folder);
        else File.SetUnixFileMode(_folder, _mode);
    }
}
