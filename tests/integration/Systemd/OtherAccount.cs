namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Runs commands as an unprivileged account, <c>nobody</c>.</summary>
internal static class OtherAccount
{
    /// <summary>Runs a command as that account.</summary>
    /// <returns>The exit code, standard output and standard error.</returns>
    public static (int Code, string Output, string Error) Try(string program, params string[] arguments) => Manager.Execute(
        "setpriv", [$"--reuid={FileOwner.Nobody}", $"--regid={FileOwner.Nobody}", "--clear-groups", "--", program, .. arguments]);

    /// <summary>Runs a shell script as that account and asserts that it succeeds.</summary>
    public static void RunScript(string script, params string[] arguments)
    {
        var (code, _, error) = Try("sh", ["-euc", script, "sh", .. arguments]);
        Assert.True(code == 0, $"{script}: exit {code}: {error}");
    }
}
