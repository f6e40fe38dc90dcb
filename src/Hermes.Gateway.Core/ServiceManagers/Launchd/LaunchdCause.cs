namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Why <c>launchctl</c> refused, as far as a different answer follows from it.</summary>
internal enum LaunchdCause
{
    /// <summary>It did not refuse.</summary>
    None,

    /// <summary>The domain has no job of this label.</summary>
    NotLoaded,

    /// <summary>The domain has a job of this label, or still has one that is going away.</summary>
    AlreadyLoaded,

    /// <summary>Something asked for before is not finished; ask for the state again.</summary>
    InProgress,

    /// <summary>The file cannot be read as a job.</summary>
    InvalidDefinition,

    /// <summary>The file belongs to somebody else, or others may write to it.</summary>
    BadOwnership,

    /// <summary>The label is switched off by an override.</summary>
    Disabled,

    /// <summary>There is no such domain: nobody of this id has logged in.</summary>
    NoSuchDomain,

    /// <summary>The domain exists, but not for this: no graphical session, for example.</summary>
    WrongDomain,

    /// <summary>The session is ending.</summary>
    DomainTearingDown,

    /// <summary>The definition is limited to another type of session.</summary>
    WrongSession,

    /// <summary>The domain starts nothing that is not asked for.</summary>
    OnDemandOnly,

    /// <summary>macOS protects the job, or does not trust its file.</summary>
    Protected,

    /// <summary>The caller lacks the right.</summary>
    NotPermitted,

    /// <summary>The command line is not understood by this version.</summary>
    Usage,

    /// <summary>The error says nothing (5 says it for nearly everything); ask for the state.</summary>
    Unexplained,
}
