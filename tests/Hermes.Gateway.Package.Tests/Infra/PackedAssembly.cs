using System.IO.Compression;
using System.Reflection.PortableExecutable;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>An assembly within a package, read as a file.</summary>
internal static class PackedAssembly
{
    public static PEReader Read(ZipArchiveEntry entry)
    {
        using var file = entry.Open();
        var content = new MemoryStream();
        file.CopyTo(content);
        content.Position = 0;
        return new PEReader(content);
    }

    /// <summary>Whether it has code of a machine beside its instructions (ECMA-335 II.25.3.3, ManagedNativeHeader).</summary>
    public static bool IsCompiled(PEReader assembly) => assembly.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
}
