
namespace Hermes.Gateway.Integration.Tests.Robustness.Hostile;

/// <summary>Mounts an empty tmpfs of 256 KiB over a folder until it is disposed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Page = 4096;
    private readonly string _folder;

    public SmallDisk(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        Manager.RunCommand("mount", "-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs", _folder);
    }

    private string Filler => Path.Combine(_folder, "filler");

    /// <summary>Fills the disk except for <paramref name="leave"/> bytes.</summary>
    public void Fill(int leave = 0)
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[Page]);
        }
        catch (IOException)
        {
            // The disk is full.
            file.SetLength(Math.Max(0, (file.Length / Page * Page) - leave));
        }
    }

    /// <summary>Frees the space that <see cref="Fill"/> has taken.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        Free();
        // Lazily, because systemd may watch a file there, and the mount point would be busy.
        Manager.RunCommand("umount", "--lazy", _folder);
    }
}
