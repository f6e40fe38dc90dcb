namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>Transcripts, binlogs and texts of failed tests.</summary>
internal static class Evidence
{
    public static string Folder { get; } = Repository.PathOf("artifacts", "log", "package-tests");
}
