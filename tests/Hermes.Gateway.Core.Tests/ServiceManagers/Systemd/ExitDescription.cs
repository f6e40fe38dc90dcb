using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public class ExitDescription
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
    public void Contains_the_exit_code_its_meaning_or_the_signal(string code, int status, string part) =>
        Assert.Contains(part, SystemdExitStatus.Describe(code, status), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    public void Is_missing_while_no_process_has_ended(string code) => Assert.Null(SystemdExitStatus.Describe(code, 0));
}
