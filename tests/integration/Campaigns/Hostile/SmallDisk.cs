using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Hostile;

/// <summary>An empty file system of a few pages over a folder, until disposed.</summary>
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

    /// <summary>Takes all the room but some.</summary>
    public void Fill(int leave = 0)
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[Page]);
        }
        catch (IOException)
        {
            // Full.
            file.SetLength(Math.Max(0, (file.Length / Page * Page) - leave));
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        Free();
        // A manager that watches a file there would keep it busy.
        Manager.RunCommand("umount", "--lazy", _folder);
    }
}
