using System.Text;

namespace Launchd.Simulator;

/// <summary>What a caller asks.</summary>
internal sealed record Request(string[] Arguments, string Folder, uint UserId, bool IsTerminal)
{
    public static Request Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        var arguments = new string[reader.ReadInt32()];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = reader.ReadString();
        return new Request(arguments, reader.ReadString(), reader.ReadUInt32(), reader.ReadBoolean());
    }

    public void Write(Stream stream)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Arguments.Length);
            foreach (var argument in Arguments) writer.Write(argument);
            writer.Write(Folder);
            writer.Write(UserId);
            writer.Write(IsTerminal);
        }

        stream.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}

/// <summary>What the tool prints, and how it exits.</summary>
internal sealed record Answer(int Exit, string Out = "", string Error = "")
{
    public static Answer Ok { get; } = new(0);

    public static Answer Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        return new Answer(reader.ReadInt32(), reader.ReadString(), reader.ReadString());
    }

    public void Write(Stream stream)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Exit);
            writer.Write(Out);
            writer.Write(Error);
        }

        stream.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
