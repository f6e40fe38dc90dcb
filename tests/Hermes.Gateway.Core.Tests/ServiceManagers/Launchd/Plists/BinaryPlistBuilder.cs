using System.Buffers.Binary;
using System.Text;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

/// <summary>Builds binary property lists, valid and damaged ones. The first object is the top one.</summary>
internal sealed class BinaryPlistBuilder
{
    private readonly List<byte[]> _objects = [];

    public static byte[] Build(params byte[][] objects)
    {
        var list = new BinaryPlistBuilder();
        list._objects.AddRange(objects);
        return list.ToArray();
    }

    public static byte[] Text(string text) => [.. Marker(0x50, text.Length), .. Encoding.Latin1.GetBytes(text)];

    public static byte[] Wide(string text) => [.. Marker(0x60, text.Length), .. Encoding.BigEndianUnicode.GetBytes(text)];

    public static byte[] Data(params byte[] bytes) => [.. Marker(0x40, bytes.Length), .. bytes];

    public static byte[] Array(params byte[] references) => [.. Marker(0xA0, references.Length), .. references];

    /// <summary>The references of all keys come first, then those of all values.</summary>
    public static byte[] Dict(params byte[] references) => [.. Marker(0xD0, references.Length / 2), .. references];

    public static byte[] Real(double value)
    {
        var bytes = new byte[9];
        bytes[0] = 0x23;
        BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    public static byte[] Date(double seconds)
    {
        var bytes = Real(seconds);
        bytes[0] = 0x33;
        return bytes;
    }

    private byte[] ToArray()
    {
        var bytes = new List<byte>("bplist00"u8.ToArray());
        var offsets = new List<int>();
        foreach (var next in _objects)
        {
            offsets.Add(bytes.Count);
            bytes.AddRange(next);
        }

        var table = bytes.Count;
        foreach (var offset in offsets) bytes.AddRange([(byte)(offset >> 16), (byte)(offset >> 8), (byte)offset]);
        var trailer = new byte[32];
        (trailer[6], trailer[7]) = (3, 1);
        BinaryPrimitives.WriteInt64BigEndian(trailer.AsSpan(8), _objects.Count);
        BinaryPrimitives.WriteInt64BigEndian(trailer.AsSpan(24), table);
        return [.. bytes, .. trailer];
    }

    private static byte[] Marker(int type, int size) => size < 15
        ? [(byte)(type | size)]
        : [(byte)(type | 0xF), 0x12, (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size];
}
