namespace Hermes.Gateway.Core.Host;

/// <summary>What an entry of a folder is: the values of stat(2)'s S_IFMT, the same on Linux and macOS.</summary>
internal enum FileType
{
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Folder = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    SymbolicLink = 0xA000,
    Socket = 0xC000,
}
