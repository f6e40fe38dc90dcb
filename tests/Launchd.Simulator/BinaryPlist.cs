using System.Buffers.Binary;
using System.Text;

namespace Launchd.Simulator;

/// <summary>Reads the binary form of a property list (<c>bplist00</c>).</summary>
internal sealed class BinaryPlist
{
    private const int TrailerBytes = 32;
    private const int DeepestNesting = 64;

    private readonly byte[] _bytes;
    private readonly int _referenceBytes;
    private readonly int[] _offsets;

    private BinaryPlist(byte[] bytes)
    {
        _bytes = bytes;
        var trailer = bytes.AsSpan(bytes.Length - TrailerBytes);
        var offsetBytes = trailer[6];
        _referenceBytes = trailer[7];
        var count = checked((int)BinaryPrimitives.ReadInt64BigEndian(trailer[8..]));
        var table = checked((int)BinaryPrimitives.ReadInt64BigEndian(trailer[24..]));
        if (count > bytes.Length) throw new FormatException("There cannot be so many objects.");
        _offsets = new int[count];
        for (var i = 0; i < count; i++) _offsets[i] = (int)Number(table + i * offsetBytes, offsetBytes);
    }

    /// <summary>The root value; null when the bytes are damaged.</summary>
    public static object? Parse(byte[] bytes)
    {
        if (bytes.Length < TrailerBytes + 8) return null;
        try
        {
            var plist = new BinaryPlist(bytes);
            var top = checked((int)BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(bytes.Length - 16)));
            return plist.Read(top, depth: 0);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or IndexOutOfRangeException
            or OverflowException or InvalidCastException)
        {
            return null;
        }
    }

    private object Read(int reference, int depth)
    {
        if (depth > DeepestNesting) throw new FormatException("It contains itself.");
        var at = _offsets[reference];
        var marker = _bytes[at++];
        var size = marker & 0xf;
        switch (marker >> 4)
        {
            case 0:
                return size is 8 or 9 ? size == 9 : throw new FormatException("Null.");
            case 1:
                return Number(at, 1 << size);
            case 2:
                return size == 2
                    ? (double)BinaryPrimitives.ReadSingleBigEndian(_bytes.AsSpan(at))
                    : BinaryPrimitives.ReadDoubleBigEndian(_bytes.AsSpan(at));
            case 3:
                return BinaryPrimitives.ReadDoubleBigEndian(_bytes.AsSpan(at));
        }

        if (size == 0xf)
        {
            var bytes = 1 << (_bytes[at] & 0xf);
            size = (int)Number(at + 1, bytes);
            at += 1 + bytes;
        }

        return (marker >> 4) switch
        {
            4 => _bytes.AsSpan(at, size).ToArray(),
            5 => Encoding.ASCII.GetString(_bytes, at, size),
            6 => Encoding.BigEndianUnicode.GetString(_bytes, at, checked(size * 2)),
            0xa => Enumerable.Range(0, size).Select(i => Read(Reference(at, i), depth + 1)).ToList(),
            0xd => Enumerable.Range(0, size).ToDictionary(
                i => (string)Read(Reference(at, i), depth + 1), i => Read(Reference(at, size + i), depth + 1)),
            _ => throw new FormatException("An unknown type."),
        };
    }

    private int Reference(int at, int index) => (int)Number(at + index * _referenceBytes, _referenceBytes);

    private long Number(int at, int bytes)
    {
        long number = 0;
        foreach (var b in _bytes.AsSpan(at, bytes)) number = (number << 8) | b;
        return number;
    }
}
