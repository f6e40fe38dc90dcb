namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>A local user without rights of its own (<c>nobody</c>) who tries something.</summary>
internal static class OtherAccount
{
    /// <summary>Runs a command as that user.</summary>
    /// <returns>Its exit code, and what it printed.</returns>
    public static (int Code, string Output, string Error) Try(string program, params string[] arguments) => Manager.Execute(
        "setpriv", [$"--reuid={FileOwner.Nobody}", $"--regid={FileOwner.Nobody}", "--clear-groups", "--", program, .. arguments]);

    /// <summary>Runs a script of a shell as that user; must succeed.</summary>
    public static void Do(string script, params string[] arguments)
    {
        var (code, _, error) = Try("sh", ["-euc", script, "sh", .. arguments]);
        Assert.True(code == 0, $"{script}: exit {code}: {error}");
    }
}
