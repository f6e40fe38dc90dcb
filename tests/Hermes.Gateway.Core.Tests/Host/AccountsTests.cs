using System.Globalization;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>Compares with the password file, which has root on every machine.</summary>
public class AccountsTests
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

        Assert.Equal(expected, Accounts.Find(0));
        Assert.Equal(expected, Accounts.Find("root"));
    }

    [Fact]
    public void A_missing_account_is_not_found()
    {
        Assert.False(Accounts.Exists("no-such-account"));
        Assert.True(Accounts.Exists("root"));
        Assert.Null(Accounts.Find("no-such-account"));
        Assert.Null(Accounts.Find(4_000_000_001));
    }

    [Fact]
    public void A_lookup_that_a_signal_interrupts_is_repeated()
    {
        var calls = 0;

        var result = Accounts.Read(
            (buffer, out entry, out found) =>
            {
                (entry, found) = (default, IntPtr.Zero);
                // EINTR
                return ++calls < 3 ? 4 : 0;
            },
            out var account);

        Assert.Equal((Accounts.Lookup.NoEntry, 3), (result, calls));
        Assert.Null(account);
    }

    [Fact]
    public void Roots_primary_group_is_one_of_its_groups() =>
        Assert.Contains(Accounts.Find(0)!.GroupId, Accounts.GroupsOf(Accounts.Find(0)!)!);
}
