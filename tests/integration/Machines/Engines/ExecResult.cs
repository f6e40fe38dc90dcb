namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>How a command in a container ended.</summary>
/// <param name="Command">The command.</param>
/// <param name="ExitCode">Its exit status; 126 or 127 when it could not be run.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record ExecResult(IReadOnlyList<string> Command, int ExitCode, string Output, string Errors)
{
    /// <summary>Everything, for the message of a failed assertion.</summary>
    public override string ToString() => $"exit {ExitCode}: {string.Join(' ', Command)}\n{Output}\n{Errors}";

    /// <summary>Asserts that it succeeded; returns its output without the end of the last line.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, ToString());
        return Output.TrimEnd();
    }
}
