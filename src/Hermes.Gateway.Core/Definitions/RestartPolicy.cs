namespace Hermes.Gateway.Core.Definitions;

/// <summary>When the manager starts a service again by itself.</summary>
public enum RestartPolicy
{
    /// <summary>After a failure: a non-zero exit status, a signal, a time-out.</summary>
    OnFailure,

    /// <summary>However it ended.</summary>
    Always,

    /// <summary>The manager never starts it again by itself.</summary>
    No,
}
