namespace Hermes.Gateway.Integration.Tests.Campaigns.Crashes;

/// <summary>Where an operation dies.</summary>
/// <param name="Kind"><c>before</c> or <c>after</c> a command, or the name of a system call that is not made any more.</param>
/// <param name="Number">Which one of that kind, counted from one.</param>
/// <param name="What">For people.</param>
internal sealed record Crash(string Kind, int Number, string What)
{
    /// <summary>The process counts commands itself.</summary>
    public bool IsOfCommand => Kind is "before" or "after";

    public override string ToString() => $"{Kind} {Number}: {What}";
}
