namespace Hermes.Gateway.Integration.Tests.Robustness.Crashes;

/// <summary>The point at which an operation is killed.</summary>
/// <param name="Kind"><c>before</c> or <c>after</c> a command, or the name of the system call at whose entry it is killed.</param>
/// <param name="Number">The number of the command or call of that kind, counted from one.</param>
/// <param name="What">A description for the failure message.</param>
internal sealed record CrashPoint(string Kind, int Number, string What)
{
    /// <summary>Whether it is at a command, which the driver process counts, and not at a system call, which strace counts.</summary>
    public bool IsOfCommand => Kind is "before" or "after";

    public override string ToString() => $"{Kind} {Number}: {What}";
}
