using System.Globalization;

namespace Hermes.Gateway.Core.Host;

/// <summary>Who may do what with a file or a folder.</summary>
/// <param name="Mode">The mode, without the type.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="GroupId">Its group.</param>
internal sealed record FileRights(int Mode, uint UserId, uint GroupId)
{
    /// <summary>In words, as <c>mode 0700, owner root</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"mode {Convert.ToString(Mode, 8).PadLeft(4, '0')}, owner {Accounts.Find(UserId)?.Name ?? $"{UserId}"}");
}
