using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>What a check looks at.</summary>
public enum CheckName
{
    /// <summary>The definition file is this build's.</summary>
    Definition,

    /// <summary>The manager holds it.</summary>
    Loaded,

    /// <summary>The live process was started from it.</summary>
    Process,

    /// <summary>The service starts by itself at login or boot.</summary>
    Enabled,

    /// <summary>The definition belongs to this project.</summary>
    Ownership,

    /// <summary>The process lasts.</summary>
    Stability,

    /// <summary>The service does its work.</summary>
    Health,
}

/// <summary>What a check came to.</summary>
public enum CheckResult
{
    /// <summary>As the verb wants it, on positive evidence.</summary>
    Pass,

    /// <summary>Not as the verb wants it.</summary>
    Fail,

    /// <summary>Could not be found out; never taken for <see cref="Pass"/>.</summary>
    Unknown,

    /// <summary>The verb does not ask for it, or there is nothing to look at.</summary>
    Skipped,
}

/// <summary>One row of what was checked.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Result">What it came to.</param>
/// <param name="Evidence">In a few words, why; no values of variables.</param>
public sealed record CheckReport(CheckName Name, CheckResult Result, string Evidence);
