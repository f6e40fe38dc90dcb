using System.Globalization;

namespace Hermes.Gateway.Core.Host;

/// <summary>The user namespace of this process (user_namespaces(7)). In one that maps only some accounts, as a container of
/// an ordinary user has, every file of an account outside shows the overflow id.</summary>
internal static class UserNamespace
{
    private const string Map = "/proc/self/uid_map";
    private const string Overflow = "/proc/sys/kernel/overflowuid";

    /// <summary>Whether this is the overflow id and not mapped, so that the owner is an account outside of the namespace, such as
    /// the machine's root. Other accounts of the machine show the same id.</summary>
    public static bool IsOutside(uint userId)
    {
        try
        {
            if (!File.Exists(Map) || File.ReadAllText(Overflow).Trim() != userId.ToString(CultureInfo.InvariantCulture)) return false;
            return !File.ReadLines(Map).Any(line => IsMapped(line, userId));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // "first id inside, first id outside, count".
    private static bool IsMapped(string line, uint userId) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var first, _, var count]
        && uint.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
        && uint.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
        && userId >= from && userId - from < length;
}
