using Hermes.Gateway.Core.HermesAgent;

namespace Hermes.Gateway.Core.Tests.HermesAgent;

/// <summary>The names under which the Python program registers its services, from facts/field-reports.md 1.1.</summary>
public class AgentIdentityTests
{
    private const string Default = "/home/me/.hermes";

    [Theory]
    [InlineData("/home/me/.hermes", "", "hermes-gateway", "/home/me/.hermes", null)]
    [InlineData("/home/me/.hermes", "default", "hermes-gateway", "/home/me/.hermes", null)]
    [InlineData("/home/me/.hermes", "work", "hermes-gateway-work", "/home/me/.hermes/profiles/work", "work")]
    [InlineData("/srv/agent", "a_b-2", "hermes-gateway-a_b-2", "/srv/agent/profiles/a_b-2", "a_b-2")]
    // The home of a profile is one, however it was said.
    [InlineData("/home/me/.hermes/profiles/work", "", "hermes-gateway-work", "/home/me/.hermes/profiles/work", "work")]
    [InlineData("/home/me/.hermes/profiles/work", "work", "hermes-gateway-work", "/home/me/.hermes/profiles/work", "work")]
    // By sha256sum: printf %s /srv/agent | sha256sum
    [InlineData("/srv/agent", "", "hermes-gateway-5ecc1654", "/srv/agent", null)]
    // Not the name of a profile.
    [InlineData("/home/me/.hermes/profiles/Work", "", "hermes-gateway-c74c9d13", "/home/me/.hermes/profiles/Work", null)]
    // Hostile, and all the same a good name.
    [InlineData("/home/ü \"x\"/%h $HOME\n", "", "hermes-gateway-8ec41946", "/home/ü \"x\"/%h $HOME\n", null)]
    [InlineData("/", "", "hermes-gateway-8a5edab2", "/", null)]
    [InlineData("/", "p", "hermes-gateway-p", "/profiles/p", "p")]
    public void A_gateway_has_the_name_that_the_python_program_gives_it(
        string home, string profile, string name, string itsHome, string? itsProfile) =>
        Assert.Equal(new AgentIdentity(name, itsHome, itsProfile), AgentIdentity.Of(home, Default, profile, out _));

    [Fact]
    public void A_profile_of_another_profiles_home_is_a_contradiction()
    {
        Assert.Null(AgentIdentity.Of("/srv/profiles/one", Default, "two", out var problem));
        Assert.Contains("'one'", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("0-_", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("_a", false)]
    [InlineData("A", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    [InlineData("a\n", false)]
    public void A_profile_has_a_plain_name(string name, bool valid) => Assert.Equal(valid, AgentIdentity.IsProfile(name));

    [Fact]
    public void A_profiles_name_has_at_most_64_characters()
    {
        Assert.True(AgentIdentity.IsProfile(new string('a', 64)));
        Assert.False(AgentIdentity.IsProfile(new string('a', 65)));
    }
}
