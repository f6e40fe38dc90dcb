namespace Hermes.Gateway.Core.Storage;

/// <summary>What of a written file is still there when the power goes right after. That no reader and no crash of a process
/// ever sees a part of it does not depend on it.</summary>
internal enum Durability
{
    /// <summary>The old file, or the new one, or nothing that makes sense: for what is worth nothing after a power cut, and
    /// whose reader can tell.</summary>
    None,

    /// <summary>The old file or the new one, each whole: its bytes are flushed before it has its name, which is not. Who
    /// writes many into one folder can flush that once for all.</summary>
    Whole,

    /// <summary>The new file: the folder is flushed too.</summary>
    Durable,
}
