using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public class SystemdExitStatusTests
{
    // Codes are those of waitid(2): 1 exited, 2 killed, 3 dumped core.
    [Theory]
    [InlineData("1", 0, "exit 0")]
    [InlineData("1", 1, "exit 1")]
    [InlineData("1", 99, "exit 99")]
    [InlineData("1", 200, "CHDIR")]
    [InlineData("1", 203, "EXEC")]
    [InlineData("1", 217, "USER")]
    [InlineData("2", 9, "SIGKILL")]
    [InlineData("2", 15, "SIGTERM")]
    [InlineData("3", 11, "SIGSEGV")]
    [InlineData("3", 6, "SIGABRT")]
    [InlineData("2", 34, "34")]
    public void The_end_of_a_process_is_told_in_words(string code, int status, string part) =>
        Assert.Contains(part, SystemdExitStatus.Decode(code, status), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    public void A_process_that_has_not_ended_has_no_end(string code) => Assert.Null(SystemdExitStatus.Decode(code, 0));
}
