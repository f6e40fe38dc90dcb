using System.Diagnostics;

namespace Hermes.Gateway.Testing;

/// <summary>A script that a test writes and runs at once.</summary>
public static class ProgramFile
{
    /// <summary>Writes a script that everybody may execute.</summary>
    /// <remarks>Not by this process: what another thread starts at that moment has the open file too, until it becomes its own
    /// program, and as long the kernel refuses to execute the file (ETXTBSY).</remarks>
    public static void Write(string path, string text)
    {
        using var writer = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "cat > \"$1\" && chmod 755 \"$1\"", "sh", path])
        {
            RedirectStandardInput = true,
        })!;
        writer.StandardInput.Write(text);
        writer.StandardInput.Close();
        writer.WaitForExit();
        Assert.Equal(0, writer.ExitCode);
    }
}
