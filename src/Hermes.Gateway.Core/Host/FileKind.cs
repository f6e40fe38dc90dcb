namespace Hermes.Gateway.Core.Host;

/// <summary>What stands at a path.</summary>
internal enum FileKind
{
    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A named pipe, a socket or a device: reading it can wait for ever, writing to it can have any effect.</summary>
    Special,
}
