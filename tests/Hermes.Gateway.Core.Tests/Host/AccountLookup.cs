using System.Globalization;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>Compares with the entry of root in the password file.</summary>
public class AccountLookup
{
    [Fact]
    public void Finds_an_account_by_id_and_by_name()
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
    public void Returns_null_for_a_missing_account()
    {
        Assert.False(Accounts.Exists("no-such-account"));
        Assert.True(Accounts.Exists("root"));
        Assert.Null(Accounts.Find("no-such-account"));
        Assert.Null(Accounts.Find(4_000_000_001));
    }

    [Fact]
    public void Is_repeated_when_a_signal_interrupts_it()
    {
        var calls = 0;

        var (exists, account) = Accounts.Read(
            (buffer, out entry, out found) =>
            {
                (entry, found) = (default, IntPtr.Zero);
                // EINTR
                return ++calls < 3 ? 4 : 0;
            });

        Assert.Equal(((bool?)false, 3), (exists, calls));
        Assert.Null(account);
    }

    [Fact]
    public void Includes_the_primary_group_in_the_groups_of_an_account() =>
        Assert.Contains(Accounts.Find(0)!.GroupId, Accounts.GroupsOf(Accounts.Find(0)!)!);
}
