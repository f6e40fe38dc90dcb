namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>The result of a command in a container.</summary>
/// <param name="Command">The command.</param>
/// <param name="ExitCode">Its exit code; 126 or 127 if it could not be run.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record ExecResult(IReadOnlyList<string> Command, int ExitCode, string Output, string Errors)
{
    /// <summary>The command and its result, for the message of a failed assertion.</summary>
    public override string ToString() => $"exit {ExitCode}: {string.Join(' ', Command)}\n{Output}\n{Errors}";

    /// <summary>Asserts that the exit code is 0, and returns the output without trailing white space.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, ToString());
        return Output.TrimEnd();
    }
}
