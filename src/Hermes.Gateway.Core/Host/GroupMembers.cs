using System.Globalization;

namespace Hermes.Gateway.Core.Host;

/// <summary>The accounts in a group.</summary>
/// <remarks>Named members come from the system's databases (getgrgid_r(3)). Accounts with this primary group come from
/// <c>/etc/passwd</c>; accounts of a directory service are not listed. macOS keeps its accounts elsewhere: always
/// unknown.</remarks>
internal static class GroupMembers
{
    private const string AccountsFile = "/etc/passwd";

    /// <summary>Whether every member of a group is known and meets a condition.</summary>
    public static bool AreAll(uint groupId, Func<uint, bool> condition)
    {
        if (OperatingSystem.IsMacOS() || Accounts.MembersOf(groupId) is not { } names) return false;
        try
        {
            return names.All(name => Accounts.Find(name) is { } account && condition(account.UserId))
                && File.ReadLines(AccountsFile).Select(line => line.Split(':')).Where(fields => IsPrimary(fields, groupId))
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
