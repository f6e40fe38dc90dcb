using Hermes.Gateway.Core.ServiceManagers.Launchd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public class DisabledServicesList
{
    [Theory]
    [InlineData("disabled services = {\n\t\"net.example.off\" => disabled\n\t\"net.example.on\" => enabled\n}\n")]
    [InlineData("disabled services = {\n\t\"net.example.off\" => true\n\t\"net.example.on\" => false\n}\n")]
    [InlineData(
        "\n\tdisabled services = {\n\t\t\"net.example.off\" => disabled\n\t\t\"net.example.on\" => enabled\n\t}\n")]
    [InlineData(
        "disabled services = {\r\n\t\"net.example.off\" => disabled\r\n\t\"net.example.on\" => enabled\r\n}\r\n")]
    public void Both_vocabularies_and_layouts_are_read(string text) => Assert.Equal(
        new Dictionary<string, bool> { ["net.example.off"] = true, ["net.example.on"] = false },
        DisabledServices.TryParse(text));

    [Fact]
    public void Text_after_the_closing_brace_is_ignored() => Assert.Equal(
        new Dictionary<string, bool> { ["a"] = false },
        DisabledServices.TryParse(
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
    public void Labels_with_blanks_quotes_and_arrows_are_read() => Assert.Equal(
        new Dictionary<string, bool> { ["a b"] = true, ["a\"b"] = true, ["a\\b"] = true, ["a\" => enabled"] = true },
        DisabledServices.TryParse(
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
    public void List_without_valid_entries_is_empty(string text) => Assert.Empty(DisabledServices.TryParse(text)!);

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("Could not find domain for user gui: 9999\n")]
    [InlineData("login item associations = {\n}\ndisabled services = {\n}\n")]
    [InlineData("disabled services = {\n")]
    [InlineData("disabled services = {\n\t\"a\" => disabled\n\t\"b\" => en")]
    public void Truncated_or_missing_list_is_unknown(string text) =>
        Assert.Null(DisabledServices.TryParse(text));
}
