using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.Definitions;

public class NameOfAService
{
    [Theory]
    [InlineData("hermes-gateway")]
    [InlineData("a")]
    [InlineData("9")]
    [InlineData("_x")]
    [InlineData("A.b_c:d-e")]
    public void Letters_digits_and_a_few_marks_are_accepted_in_a_name(string name)
    {
        Assert.True(ServiceName.TryCreate(name, out var created, out var problem));
        Assert.Equal(name, created!.Value);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("../a")]
    [InlineData("a\nb")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    [InlineData(".hidden")]
    [InlineData("-x")]
    [InlineData("a@b")]
    [InlineData("a\\x2d")]
    [InlineData("a%h")]
    [InlineData("é")]
    [InlineData("a.service")]
    [InlineData("a.SERVICE")]
    [InlineData(".service")]
    public void Name_that_is_unsafe_in_a_path_a_unit_or_a_label_is_rejected(string name)
    {
        Assert.False(ServiceName.TryCreate(name, out var created, out var problem));
        Assert.Null(created);
        Assert.False(string.IsNullOrEmpty(problem));
        Assert.DoesNotContain('\n', problem!);
        Assert.Throws<ArgumentException>(() => ServiceName.Create(name));
    }

    [Fact]
    public void Unit_name_is_limited_to_255_characters()
    {
        Assert.Equal(255, SystemdType.DefaultUnitName(ServiceName.Create(new string('x', 247))).Length);
        Assert.False(ServiceName.TryCreate(new string('x', 248), out _, out _));
    }

    [Theory]
    [InlineData("hermes-gateway", "hermes-gateway.service", "ai.hermes.gateway")]
    [InlineData("hermes-gateway-p", "hermes-gateway-p.service", "ai.hermes.gateway-p")]
    [InlineData("hermes-gateways", "hermes-gateways.service", "hermes-gateways")]
    [InlineData("other", "other.service", "other")]
    public void Default_unit_and_label_follow_from_the_name(string name, string unit, string label)
    {
        var created = ServiceName.Create(name);
        Assert.Equal(unit, SystemdType.DefaultUnitName(created));
        Assert.Equal(label, LaunchdType.DefaultLabel(created));
    }
}
