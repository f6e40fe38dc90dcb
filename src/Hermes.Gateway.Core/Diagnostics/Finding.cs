using Hermes.Gateway.Core.Operations.Verifying;

namespace Hermes.Gateway.Core.Diagnostics;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Worth telling.</summary>
    Info,

    /// <summary>Works, but somebody should look.</summary>
    Warning,

    /// <summary>The verb failed, or must not be tried.</summary>
    Error,
}

/// <summary>Something found out about a service: what happened, why, and what to do.</summary>
/// <param name="Descriptor">Its code.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Message">What happened and why, in one sentence or two.</param>
/// <param name="Advice">The exact next command or change; never destructive. Null when there is none.</param>
public sealed record Finding(DiagnosticDescriptor Descriptor, Severity Severity, string Message, string? Advice = null)
{
    /// <summary>The stable code, such as <c>HGW4001</c>.</summary>
    public string Code => Descriptor.Code;

    /// <summary>Code, message and advice in one line.</summary>
    public override string ToString() => Advice is null ? $"{Code}: {Message}" : $"{Code}: {Message} Next: {Advice}";
}

/// <summary>A code and what it stands for; the docs have one section for each.</summary>
/// <param name="Code">HGW and four digits; never reused.</param>
/// <param name="Title">What it stands for, in a few words.</param>
/// <param name="Check">The check that it concerns; null for what concerns the operation, not the service.</param>
public sealed record DiagnosticDescriptor(string Code, string Title, CheckName? Check = null)
{
    /// <summary>Makes an error of this code.</summary>
    public Finding Error(string message, string? advice = null) => new(this, Severity.Error, message, advice);

    /// <summary>Makes a warning of this code.</summary>
    public Finding Warning(string message, string? advice = null) => new(this, Severity.Warning, message, advice);

    /// <summary>Makes an information of this code.</summary>
    public Finding Info(string message, string? advice = null) => new(this, Severity.Info, message, advice);
}
