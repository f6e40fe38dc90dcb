using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Reads binary property lists, which <c>plutil</c> and editors leave behind. Never writes one: a definition
/// shall be readable.</summary>
internal static class PlistBinary
{
    private const int HeaderLength = 8;
    private const int TrailerLength = 32;

    // Objects can be shared, so that a small file can unfold to any size.
    private const int MaxValues = 100_000;
    private const int MaxCharacters = 16 << 20;

    /// <summary>The same content as the text of an XML property list. Null when it is no binary list, is damaged, has
    /// no <c>dict</c> at the top, or holds what XML cannot.</summary>
    public static string? TryToXml(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("bplist00"u8) || bytes.Length < HeaderLength + TrailerLength) return null;
        var trailer = bytes[^TrailerLength..];
        int offsetSize = trailer[6], referenceSize = trailer[7];
        var count = BinaryPrimitives.ReadUInt64BigEndian(trailer[8..]);
        var top = BinaryPrimitives.ReadUInt64BigEndian(trailer[16..]);
        var table = BinaryPrimitives.ReadUInt64BigEndian(trailer[24..]);
        var end = (ulong)(bytes.Length - TrailerLength);
        if (offsetSize is < 1 or > 8 || referenceSize is < 1 or > 8) return null;
        if (table <= HeaderLength || table > end) return null;
        // By division: the product can overflow.
        if (count == 0 || count > (end - table) / (ulong)offsetSize) return null;

        var reader = new Reader(bytes[..(int)table], bytes[(int)table..(int)end], offsetSize, referenceSize, count);
        return reader.Read(top, depth: 1) is { Name.LocalName: "dict" } dict ? PlistXml.Write(dict) : null;
    }

    private ref struct Reader(
        ReadOnlySpan<byte> objects, ReadOnlySpan<byte> table, int offsetSize, int referenceSize, ulong count)
    {
        private readonly ReadOnlySpan<byte> _objects = objects;
        private readonly ReadOnlySpan<byte> _table = table;
        private int _values = MaxValues;
        private int _characters = MaxCharacters;

        /// <summary>One object and all below it; null when it is damaged. A cycle is too deep.</summary>
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
                    return new XElement("real", PlistNumbers.FormatReal(BinaryPrimitives.ReadSingleBigEndian(rest)));
                case (0x2, 0x3) when rest.Length >= 8:
                    return new XElement("real", PlistNumbers.FormatReal(BinaryPrimitives.ReadDoubleBigEndian(rest)));
                case (0x3, 0x3) when rest.Length >= 8:
                    return PlistNumbers.FormatDate(BinaryPrimitives.ReadDoubleBigEndian(rest)) is { } date
                        ? new XElement("date", date)
                        : null;
                case (0x8, <= 7 and var more) when rest.Length > more:
                    return PlistXml.Dict(("CF$UID", Number(ToNumber(rest[..(more + 1)]))));
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
            if (type == 0xA) return ReadArray(rest, depth);
            if (type == 0xD) return ReadDict(rest, depth);
            if ((_characters -= rest.Length) < 0) return null;
            if (type == 0x4) return new XElement("data", Convert.ToBase64String(rest));
            if (type == 0x5 && !Ascii.IsValid(rest)) return null;
            var text = (type == 0x5 ? Encoding.ASCII : Encoding.BigEndianUnicode).GetString(rest);
            // The decoder has replaced what is no text; XML has no way to write some of what is left.
            var isExact = type == 0x5 || Encoding.BigEndianUnicode.GetBytes(text).AsSpan().SequenceEqual(rest);
            return isExact && PlistLimits.FindCharacterProblem(text) is null ? PlistXml.String(text) : null;
        }

        private XElement? ReadArray(ReadOnlySpan<byte> references, int depth)
        {
            var array = new XElement("array");
            for (; !references.IsEmpty; references = references[referenceSize..])
            {
                if (Read(ToNumber(references[..referenceSize]), depth + 1) is not { } value) return null;
                array.Add(value);
            }

            return array;
        }

        // All keys' references, then all values'.
        private XElement? ReadDict(ReadOnlySpan<byte> references, int depth)
        {
            var dict = new XElement("dict");
            for (var values = references[(references.Length / 2)..]; !values.IsEmpty; values = values[referenceSize..])
            {
                if (PlistXml.Text(Read(ToNumber(references[..referenceSize]), depth + 1)) is not { } key) return null;
                if (Read(ToNumber(values[..referenceSize]), depth + 1) is not { } value) return null;
                dict.Add(PlistXml.Key(key), value);
                references = references[referenceSize..];
            }

            return dict;
        }

        /// <summary>A size of 15 or more stands behind the marker, as an integer of its own.</summary>
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

        // One, two and four bytes are unsigned, eight are signed; sixteen hold what is too large for that.
        private static XElement? ReadInteger(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < 8) return Number(ToNumber(bytes));
            if (bytes.Length == 8) return PlistXml.Integer(BinaryPrimitives.ReadInt64BigEndian(bytes));
            var value = BinaryPrimitives.ReadInt128BigEndian(bytes);
            return value >= long.MinValue && value <= ulong.MaxValue
                ? new XElement("integer", value.ToString(CultureInfo.InvariantCulture))
                : null;
        }

        private static XElement Number(ulong value) => new("integer", value.ToString(CultureInfo.InvariantCulture));

        private static ulong ToNumber(ReadOnlySpan<byte> bytes)
        {
            var number = 0UL;
            foreach (var next in bytes) number = (number << 8) | next;
            return number;
        }
    }
}
