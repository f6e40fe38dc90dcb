using Hermes.Gateway.Core.ServiceManagers.Launchd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public class PrintedOverridesTests
{
    [Theory]
    [InlineData("disabled services = {\n\t\"net.example.off\" => disabled\n\t\"net.example.on\" => enabled\n}\n")]
    [InlineData("disabled services = {\n\t\"net.example.off\" => true\n\t\"net.example.on\" => false\n}\n")]
    [InlineData(
        "\n\tdisabled services = {\n\t\t\"net.example.off\" => disabled\n\t\t\"net.example.on\" => enabled\n\t}\n")]
    [InlineData(
        "disabled services = {\r\n\t\"net.example.off\" => disabled\r\n\t\"net.example.on\" => enabled\r\n}\r\n")]
    public void Both_vocabularies_and_both_layouts_are_read(string text) => Assert.Equal(
        new Dictionary<string, bool> { ["net.example.off"] = true, ["net.example.on"] = false },
        PrintedOverrides.TryParse(text));

    [Fact]
    public void What_follows_the_list_is_not_read() => Assert.Equal(
        new Dictionary<string, bool> { ["a"] = false },
        PrintedOverrides.TryParse(
            """

                disabled services = {
                    "a" => enabled
                }

                login item associations = {
                    "a" => disabled
                    "b" => disabled
                    "c" => "net.example.helper"
                }

                disabled services = {
                    "d" => disabled
                }

            """));

    [Fact]
    public void A_label_may_hold_anything() => Assert.Equal(
        new Dictionary<string, bool> { ["a b"] = true, ["a\"b"] = true, ["a\\b"] = true, ["a\" => enabled"] = true },
        PrintedOverrides.TryParse(
            """
            disabled services = {
                "a b" => disabled
                "a"b" => disabled
                "a\b" => disabled
                "a" => enabled" => disabled
            }
            """));

    [Theory]
    [InlineData("disabled services = {\n}\n")]
    [InlineData("\n\tdisabled services = (no disabled services)\n")]
    [InlineData("disabled services = {\n\tnot a label\n\t\"a\" => perhaps\n}\n")]
    public void A_domain_may_have_no_overrides(string text) => Assert.Empty(PrintedOverrides.TryParse(text)!);

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("Could not find domain for user gui: 9999\n")]
    [InlineData("login item associations = {\n}\ndisabled services = {\n}\n")]
    [InlineData("disabled services = {\n")]
    [InlineData("disabled services = {\n\t\"a\" => disabled\n\t\"b\" => en")]
    public void What_is_no_list_or_only_half_of_one_says_nothing(string text) =>
        Assert.Null(PrintedOverrides.TryParse(text));
}
