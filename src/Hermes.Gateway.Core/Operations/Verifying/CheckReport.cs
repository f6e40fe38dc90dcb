namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>The aspect of a service that a check evaluates.</summary>
public enum CheckName
{
    /// <summary>The release of the current build is complete and unchanged.</summary>
    Release,

    /// <summary>The definition file is current.</summary>
    Definition,

    /// <summary>The current definition is loaded.</summary>
    Loaded,

    /// <summary>The live process was started from the current definition.</summary>
    Process,

    /// <summary>The service starts by itself at login or boot.</summary>
    Enabled,

    /// <summary>The definition belongs to this project.</summary>
    Ownership,

    /// <summary>The process lives for the stability window.</summary>
    Stability,

    /// <summary>The health check passes.</summary>
    Health,
}

/// <summary>The result of a check.</summary>
public enum CheckResult
{
    /// <summary>As the operation wants it, on positive evidence.</summary>
    Pass,

    /// <summary>Not as the operation wants it.</summary>
    Fail,

    /// <summary>Not known; never treated as <see cref="Pass"/>.</summary>
    Unknown,

    /// <summary>The check was not made: the goal of the operation does not include it, or there is nothing to check.</summary>
    Skipped,
}

/// <summary>A check in a report.</summary>
/// <param name="Name">The aspect.</param>
/// <param name="Result">The result.</param>
/// <param name="Evidence">The reason, in a few words, without values of variables.</param>
public sealed record CheckReport(CheckName Name, CheckResult Result, string Evidence);
