using Hermes.Gateway.Core.HermesAgent;

namespace Hermes.Gateway.Core.Tests.HermesAgent;

/// <summary>The names under which the Python program registers its services, from facts/field-reports.md 1.1.</summary>
public class NameAndHomeOfAHermesAgent
{
    private const string Default = "/home/me/.hermes";

    [Theory]
    [InlineData("/home/me/.hermes", "", "hermes-gateway", "/home/me/.hermes", null)]
    [InlineData("/home/me/.hermes", "default", "hermes-gateway", "/home/me/.hermes", null)]
    [InlineData("/home/me/.hermes", "work", "hermes-gateway-work", "/home/me/.hermes/profiles/work", "work")]
    [InlineData("/srv/agent", "a_b-2", "hermes-gateway-a_b-2", "/srv/agent/profiles/a_b-2", "a_b-2")]
    // The home of a profile, with and without the profile's name.
    [InlineData("/home/me/.hermes/profiles/work", "", "hermes-gateway-work", "/home/me/.hermes/profiles/work", "work")]
    [InlineData("/home/me/.hermes/profiles/work", "work", "hermes-gateway-work", "/home/me/.hermes/profiles/work", "work")]
    // By sha256sum: printf %s /srv/agent | sha256sum
    [InlineData("/srv/agent", "", "hermes-gateway-5ecc1654", "/srv/agent", null)]
    // An upper-case letter is not allowed in the name of a profile.
    [InlineData("/home/me/.hermes/profiles/Work", "", "hermes-gateway-c74c9d13", "/home/me/.hermes/profiles/Work", null)]
    // Special characters in the home are not in the name.
    [InlineData("/home/ü \"x\"/%h $HOME\n", "", "hermes-gateway-8ec41946", "/home/ü \"x\"/%h $HOME\n", null)]
    [InlineData("/", "", "hermes-gateway-8a5edab2", "/", null)]
    [InlineData("/", "p", "hermes-gateway-p", "/profiles/p", "p")]
    public void Name_and_home_equal_those_of_the_Python_program(
        string home, string profile, string name, string itsHome, string? itsProfile) =>
        Assert.Equal(new AgentIdentity(name, itsHome, itsProfile), AgentIdentity.Of(home, Default, profile, out _));

    [Fact]
    public void Profile_is_rejected_in_the_home_of_another_profile()
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
    public void Profile_name_has_only_lower_case_letters_digits_dashes_and_underscores(string name, bool valid) => Assert.Equal(valid, AgentIdentity.IsProfile(name));

    [Fact]
    public void Profile_name_has_at_most_64_characters()
    {
        Assert.True(AgentIdentity.IsProfile(new string('a', 64)));
        Assert.False(AgentIdentity.IsProfile(new string('a', 65)));
    }
}
