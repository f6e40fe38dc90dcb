namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>The files of a published program.</summary>
internal static class PublishedSample
{
    /// <summary>Writes them; two versions differ only in the assembly.</summary>
    public static void Write(string folder, string version)
    {
        Directory.CreateDirectory(Path.Combine(folder, "wwwroot"));
        var program = Path.Combine(folder, "App");
        File.WriteAllText(program, "#!/bin/sh\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(folder, "App.dll"), $"version {version}");
        File.WriteAllText(Path.Combine(folder, "wwwroot", "index.html"), "<h1>hello</h1>");
    }
}
