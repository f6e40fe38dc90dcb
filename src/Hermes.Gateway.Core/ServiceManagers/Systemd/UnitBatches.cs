using System.Text;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Parts a long list of units into as few commands as the kernel agrees to start.</summary>
internal static class UnitBatches
{
    /// <summary>The most bytes of one command's arguments. Linux counts them together with the environment, and allows a
    /// quarter of the stack's limit, which is 8 MiB where nobody chose another (execve(2)): half of that is left to the
    /// caller's environment.</summary>
    public const int MostBytes = 1 << 20;

    // Its terminator, and the pointer to it.
    private const int BytesBeside = 1 + 8;

    /// <summary>What arguments take of <see cref="MostBytes"/>.</summary>
    public static int BytesOf(IEnumerable<string> arguments)
    {
        var bytes = 0;
        foreach (var argument in arguments) bytes += BytesOf(argument);
        return bytes;
    }

    /// <summary>Where each command's units begin and end; nothing when there are no units.</summary>
    /// <param name="taken">Bytes of what each command has beside its units.</param>
    /// <param name="units">The units.</param>
    public static IEnumerable<Range> Of(int taken, IReadOnlyList<string> units)
    {
        var (first, bytes) = (0, taken);
        for (var i = 0; i < units.Count; i++)
        {
            var more = BytesOf(units[i]);
            // One unit at least: a name is never longer than a file's.
            if (i > first && bytes + more > MostBytes)
            {
                yield return first..i;
                (first, bytes) = (i, taken);
            }

            bytes += more;
        }

        if (first < units.Count) yield return first..units.Count;
    }

    private static int BytesOf(string argument) => Encoding.UTF8.GetByteCount(argument) + BytesBeside;
}
