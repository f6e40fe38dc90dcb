using System.Security.Cryptography;
using System.Text;
using Hermes.Gateway.Core.Definitions;

namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>Which of the gateways on a machine it is, named as the Python program names it, so that its own definitions
/// are found and none is installed beside them. Pure.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="Home">The gateway's home: of the profile, where there is one.</param>
/// <param name="Profile">The profile; null for none.</param>
internal sealed record AgentIdentity(string Name, string Home, string? Profile)
{
    /// <summary>The name by which the Python program knows the home itself.</summary>
    public const string DefaultProfile = "default";

    private const string Profiles = "profiles";
    private const int LongestProfile = 64;

    /// <summary>Identifies a gateway.</summary>
    /// <param name="home">The home, without links.</param>
    /// <param name="defaultHome">The account's own <c>~/.hermes</c>, without links; null when the account has none.</param>
    /// <param name="profile">A valid profile name; empty for none.</param>
    /// <param name="problem">Why it cannot be, as the end of a sentence.</param>
    public static AgentIdentity? Of(string home, string? defaultHome, string profile, out string? problem)
    {
        problem = null;
        var own = ProfileOf(home);
        if (profile.Length > 0 && profile != DefaultProfile)
        {
            if (own is null) return new AgentIdentity($"{ServiceName.Default}-{profile}", Join(home, profile), profile);
            if (own == profile) return new AgentIdentity($"{ServiceName.Default}-{profile}", home, profile);
            problem = $"{home} is the home of the profile '{own}'";
            return null;
        }

        if (own is not null) return new AgentIdentity($"{ServiceName.Default}-{own}", home, own);
        return new AgentIdentity(
            home == defaultHome ? ServiceName.Default : $"{ServiceName.Default}-{ShortHash(home)}", home, null);
    }

    /// <summary>Whether the Python program takes <paramref name="name"/> for a profile's.</summary>
    public static bool IsProfile(string name) =>
        name.Length is > 0 and <= LongestProfile
        && (char.IsAsciiLetterLower(name[0]) || char.IsAsciiDigit(name[0]))
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-');

    // ROOT/profiles/NAME
    private static string? ProfileOf(string home) =>
        home.Split('/') is [_, .., _, Profiles, var name] && IsProfile(name) ? name : null;

    private static string Join(string root, string profile) => $"{root.TrimEnd('/')}/{Profiles}/{profile}";

    private static string ShortHash(string home) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)))[..8];
}
