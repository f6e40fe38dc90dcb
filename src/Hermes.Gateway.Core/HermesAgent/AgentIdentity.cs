using System.Security.Cryptography;

namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>Identifies a gateway among those on a machine. The name is the one that the Python program gives it, so that its own
/// definitions are found and no second one is installed.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="Home">The gateway's home; the profile's home when there is a profile.</param>
/// <param name="Profile">The profile; null for none.</param>
internal sealed record AgentIdentity(string Name, string Home, string? Profile)
{
    // The Python program's name for the home without a profile.
    private const string DefaultProfile = "default";

    private const string Profiles = "profiles";
    private const int MaxProfileLength = 64;

    /// <summary>Identifies the gateway of a home, which has no links, and of a valid profile name, empty for none.
    /// <paramref name="defaultHome"/> is the account's own <c>~/.hermes</c>, without links; null when it has none.
    /// <paramref name="problem"/> is why home and profile contradict each other, as the beginning of a sentence.</summary>
    public static AgentIdentity? Of(string home, string? defaultHome, string profile, out string? problem)
    {
        problem = null;
        var profileOfHome = ProfileOf(home);
        if (profile is "" or DefaultProfile) profile = profileOfHome ?? "";
        if (profile.Length == 0)
            return new AgentIdentity(
                home == defaultHome ? ServiceName.Default : $"{ServiceName.Default}-{ShortHash(home)}", home, null);
        if (profileOfHome is not null && profileOfHome != profile)
        {
            problem = $"{home} is the home of the profile '{profileOfHome}'";
            return null;
        }

        var profileHome = profileOfHome is null ? $"{home.TrimEnd('/')}/{Profiles}/{profile}" : home;
        return new AgentIdentity($"{ServiceName.Default}-{profile}", profileHome, profile);
    }

    /// <summary>Whether the Python program accepts a name as the name of a profile.</summary>
    public static bool IsProfile(string name) =>
        name.Length is > 0 and <= MaxProfileLength
        && (char.IsAsciiLetterLower(name[0]) || char.IsAsciiDigit(name[0]))
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-');

    // ROOT/profiles/NAME
    private static string? ProfileOf(string home) =>
        home.Split('/') is [_, .., _, Profiles, var name] && IsProfile(name) ? name : null;

    private static string ShortHash(string home) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)))[..8];
}
