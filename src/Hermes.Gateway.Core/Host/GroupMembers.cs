using System.Globalization;

namespace Hermes.Gateway.Core.Host;

/// <summary>The accounts in a group.</summary>
/// <remarks>Members by the group's entry come from the system's databases (getgrgid_r(3)). Those whose primary group it is
/// can only be found by reading all accounts: of <c>/etc/passwd</c>, because a directory service need not list its
/// accounts. macOS keeps its accounts elsewhere, so nothing is known there.</remarks>
internal static class GroupMembers
{
    private const string Accounts = "/etc/passwd";

    /// <summary>Whether every member of a group is known and meets a condition.</summary>
    public static bool AreAll(uint groupId, Func<uint, bool> condition)
    {
        if (OperatingSystem.IsMacOS() || RuntimeNative.MembersOf(groupId) is not { } names) return false;
        try
        {
            return names.All(name => RuntimeNative.AccountOf(name) is not { } account || condition(account.UserId))
                && File.ReadLines(Accounts).Select(line => line.Split(':')).Where(fields => IsPrimary(fields, groupId))
                    .All(fields => Number(fields[2]) is { } userId && condition(userId));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // passwd(5): name:password:UID:GID:…
    private static bool IsPrimary(string[] fields, uint groupId) => fields.Length > 3 && Number(fields[3]) == groupId;

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
