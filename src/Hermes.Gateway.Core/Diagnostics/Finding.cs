using Hermes.Gateway.Core.Operations.Verifying;

namespace Hermes.Gateway.Core.Diagnostics;

/// <summary>The severity of a finding.</summary>
public enum Severity
{
    /// <summary>Information that needs no action.</summary>
    Info,

    /// <summary>A problem that does not keep the operation from its goal.</summary>
    Warning,

    /// <summary>A problem because of which the operation failed or was not attempted.</summary>
    Error,
}

/// <summary>A diagnosed problem or notable fact: what happened, why, and what to do.</summary>
/// <param name="Descriptor">The code and its title.</param>
/// <param name="Severity">The severity.</param>
/// <param name="Message">What happened and why, in one or two sentences.</param>
/// <param name="Advice">The next command or change to make; never destructive. Null for none.</param>
public sealed record Finding(DiagnosticDescriptor Descriptor, Severity Severity, string Message, string? Advice = null)
{
    /// <summary>The stable code, such as <c>HGW4001</c>.</summary>
    public string Code => Descriptor.Code;

    /// <summary>Returns code, message and advice on one line.</summary>
    public override string ToString() => Advice is null ? $"{Code}: {Message}" : $"{Code}: {Message} Next: {Advice}";
}

/// <summary>The code of a kind of finding.</summary>
/// <param name="Code"><c>HGW</c> and four digits; never reused.</param>
/// <param name="Title">The kind of finding in a few words, as in <c>docs/diagnostics.md</c>.</param>
/// <param name="Check">The check that such a finding explains; null when it is about the operation and not the service.</param>
public sealed record DiagnosticDescriptor(string Code, string Title, CheckName? Check = null)
{
    /// <summary>Makes an error with this code.</summary>
    public Finding Error(string message, string? advice = null) => new(this, Severity.Error, message, advice);

    /// <summary>Makes a warning with this code.</summary>
    public Finding Warning(string message, string? advice = null) => new(this, Severity.Warning, message, advice);

    /// <summary>Makes an informational finding with this code.</summary>
    public Finding Info(string message, string? advice = null) => new(this, Severity.Info, message, advice);
}
