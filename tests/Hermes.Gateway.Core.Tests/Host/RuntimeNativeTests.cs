using System.Globalization;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>Held against the password file, which another reader wrote: root is in every one.</summary>
public class RuntimeNativeTests
{
    [Fact]
    public void An_account_is_found_by_its_id_and_by_its_name()
    {
        var fields = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(entry => entry[0] == "root");
        var expected = new Account(
            "root", uint.Parse(fields[2], CultureInfo.InvariantCulture), uint.Parse(fields[3], CultureInfo.InvariantCulture), fields[5])
        {
            Shell = fields[6],
        };

        Assert.Equal(expected, RuntimeNative.AccountOf(0));
        Assert.Equal(expected, RuntimeNative.AccountOf("root"));
    }

    [Fact]
    public void There_is_no_account_that_nobody_has()
    {
        Assert.Null(RuntimeNative.AccountOf("no-such-account"));
        Assert.Null(RuntimeNative.AccountOf(4_000_000_001));
    }

    [Fact]
    public void The_owner_of_a_file_is_told()
    {
        Assert.Equal(0u, RuntimeNative.OwnerOf("/etc/passwd"));
        Assert.Null(RuntimeNative.OwnerOf("/nowhere"));
    }
}
