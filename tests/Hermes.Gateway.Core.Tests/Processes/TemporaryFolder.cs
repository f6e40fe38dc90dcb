namespace Hermes.Gateway.Core.Tests.Processes;

/// <summary>A folder for one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hgw");

    public string At(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => ScratchFolder.Delete(_folder.FullName);
}
