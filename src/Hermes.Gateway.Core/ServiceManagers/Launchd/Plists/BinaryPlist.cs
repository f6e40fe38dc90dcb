using System.Buffers.Binary;
using System.Xml.Linq;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>Converts binary property lists (CoreFoundation's CFBinaryPList.c), as <c>plutil</c> writes, to XML.</summary>
internal static class BinaryPlist
{
    private const int HeaderLength = 8;
    private const int TrailerLength = 32;

    // Objects can be referenced many times, so a small file could expand to any size.
    private const int MaxValues = 100_000;
    private const int MaxCharacters = 16 << 20;

    private static readonly DateTime Epoch = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Returns the text of the equivalent XML property list. Returns null for a file that is not binary, is
    /// damaged, has no <c>dict</c> at the top or holds a value that XML cannot represent.</summary>
    public static string? TryConvertToXml(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("bplist00"u8) || bytes.Length < HeaderLength + TrailerLength) return null;
        var trailer = bytes[^TrailerLength..];
        int offsetSize = trailer[6], referenceSize = trailer[7];
        var count = BinaryPrimitives.ReadUInt64BigEndian(trailer[8..]);
        var top = BinaryPrimitives.ReadUInt64BigEndian(trailer[16..]);
        var table = BinaryPrimitives.ReadUInt64BigEndian(trailer[24..]);
        var end = (ulong)(bytes.Length - TrailerLength);
        if (offsetSize is < 1 or > 8 || referenceSize is < 1 or > 8 || table <= HeaderLength || table > end) return null;
        // A division, because the product of count and size could overflow.
        if (count == 0 || count > (end - table) / (ulong)offsetSize) return null;

        var reader = new Reader(bytes[..(int)table], bytes[(int)table..(int)end], offsetSize, referenceSize, count);
        return reader.Read(top, depth: 1) is { Name.LocalName: "dict" } dict ? PlistWriter.Write(dict) : null;
    }

    private ref struct Reader(
        ReadOnlySpan<byte> objects, ReadOnlySpan<byte> table, int offsetSize, int referenceSize, ulong count)
    {
        private readonly ReadOnlySpan<byte> _objects = objects;
        private readonly ReadOnlySpan<byte> _table = table;
        private int _values = MaxValues;
        private int _characters = MaxCharacters;

        /// <summary>Reads an object and all below it; null when one is damaged. A cycle ends at the maximal depth.</summary>
        public XElement? Read(ulong index, int depth)
        {
            if (depth > PlistXml.MaxDepth || index >= count || --_values < 0) return null;
            var offset = ToNumber(_table.Slice((int)index * offsetSize, offsetSize));
            if (offset < HeaderLength || offset >= (ulong)_objects.Length) return null;

            var marker = _objects[(int)offset];
            var rest = _objects[((int)offset + 1)..];
            switch (marker >> 4, marker & 0xF)
            {
                case (0x0, 0x8 or 0x9):
                    return PlistXml.Boolean(marker == 0x09);
                case (0x1, <= 4 and var power) when rest.Length >= 1 << power:
                    return ReadInteger(rest[..(1 << power)]);
                case (0x2, 0x2) when rest.Length >= 4:
                    return Real(BinaryPrimitives.ReadSingleBigEndian(rest));
                case (0x2, 0x3) when rest.Length >= 8:
                    return Real(BinaryPrimitives.ReadDoubleBigEndian(rest));
                case (0x3, 0x3) when rest.Length >= 8:
                    return Date(BinaryPrimitives.ReadDoubleBigEndian(rest));
                case (0x8, <= 7 and var more) when rest.Length > more:
                    return PlistXml.Dict(("CF$UID", Integer(ToNumber(rest[..(more + 1)]))));
                case (0x4 or 0x5 or 0x6 or 0xA or 0xD, var length):
                    return TakeCount(length, ref rest) is { } size ? ReadSized(marker >> 4, rest, size, depth) : null;
                default:
                    return null;
            }
        }

        private XElement? ReadSized(int type, ReadOnlySpan<byte> rest, int size, int depth)
        {
            var width = type switch { 0x6 => 2, 0xA => referenceSize, 0xD => 2 * referenceSize, _ => 1 };
            if (size > rest.Length / width) return null;
            rest = rest[..(size * width)];
            if (type == 0xA) return ReadObjects(rest, depth + 1) is { } items ? PlistXml.Array(items) : null;
            if (type == 0xD) return ReadDict(rest, depth + 1);
            if ((_characters -= rest.Length) < 0) return null;
            if (type == 0x4) return new XElement("data", Convert.ToBase64String(rest));
            if (type == 0x5 && !Ascii.IsValid(rest)) return null;
            var text = (type == 0x5 ? Encoding.ASCII : Encoding.BigEndianUnicode).GetString(rest);
            // The decoder replaces invalid UTF-16, which the round trip detects.
            var isExact = type == 0x5 || Encoding.BigEndianUnicode.GetBytes(text).AsSpan().SequenceEqual(rest);
            return isExact && PlistLimits.FindCharacterProblem(text) is null ? PlistXml.String(text) : null;
        }

        private List<XElement>? ReadObjects(ReadOnlySpan<byte> references, int depth)
        {
            var objects = new List<XElement>();
            for (; !references.IsEmpty; references = references[referenceSize..])
            {
                if (Read(ToNumber(references[..referenceSize]), depth) is not { } value) return null;
                objects.Add(value);
            }

            return objects;
        }

        // The references of all keys come first, then those of all values.
        private XElement? ReadDict(ReadOnlySpan<byte> references, int depth)
        {
            var half = references.Length / 2;
            return ReadObjects(references[..half], depth) is { } keys && keys.All(key => key.GetText() is not null)
                && ReadObjects(references[half..], depth) is { } values
                ? PlistXml.Dict(keys.Zip(values, (key, value) => (key.Value, value)))
                : null;
        }

        // A count of 15 or more is an integer object of its own, behind the marker.
        private static int? TakeCount(int size, ref ReadOnlySpan<byte> rest)
        {
            if (size < 0xF) return size;
            if (rest.IsEmpty || rest[0] >> 4 != 1 || (rest[0] & 0xF) > 3) return null;
            var width = 1 << (rest[0] & 0xF);
            if (rest.Length <= width) return null;
            var number = ToNumber(rest.Slice(1, width));
            rest = rest[(1 + width)..];
            return number <= int.MaxValue ? (int)number : null;
        }

        // Integers of one, two and four bytes are unsigned, those of eight and sixteen bytes are signed.
        private static XElement? ReadInteger(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < 8) return Integer(ToNumber(bytes));
            if (bytes.Length == 8) return PlistXml.Integer(BinaryPrimitives.ReadInt64BigEndian(bytes));
            var value = BinaryPrimitives.ReadInt128BigEndian(bytes);
            return value >= long.MinValue && value <= ulong.MaxValue ? Integer(value) : null;
        }

        private static XElement Integer(Int128 value) => new("integer", value.ToString(CultureInfo.InvariantCulture));

        private static XElement Real(double value) => new("real", value switch
        {
            double.NaN => "nan",
            double.PositiveInfinity => "+infinity",
            double.NegativeInfinity => "-infinity",
            _ => value.ToString("R", CultureInfo.InvariantCulture),
        });

        // Dates are seconds since 2001; DateTime has the years 1 to 9999.
        private static XElement? Date(double seconds) =>
            seconds >= (DateTime.MinValue - Epoch).TotalSeconds && seconds < (DateTime.MaxValue - Epoch).TotalSeconds - 1
                ? new("date", Epoch.AddSeconds(Math.Floor(seconds)).ToString(PlistXml.DateFormat, CultureInfo.InvariantCulture))
                : null;

        private static ulong ToNumber(ReadOnlySpan<byte> bytes)
        {
            var number = 0UL;
            foreach (var next in bytes) number = (number << 8) | next;
            return number;
        }
    }
}
