namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>How <c>launchctl print</c> writes one line, or the lines of one value.</summary>
internal static class PrintedSyntax
{
    /// <summary>Begins the block of arguments.</summary>
    public const string ArgumentsStart = "\targuments = {";

    /// <summary>Begins the block of the job's own variables.</summary>
    public const string EnvironmentStart = "\tenvironment = {";

    /// <summary>Ends a block of the job.</summary>
    public const string BlockEnd = "\t}";

    /// <summary><c>gui/501/LABEL = {</c></summary>
    public static bool IsHeader(string line) =>
        line.Length > " = {".Length && !char.IsWhiteSpace(line[0]) && line.EndsWith(" = {", StringComparison.Ordinal);

    /// <summary>True for a line of the job itself; those of its blocks have two tabs.</summary>
    public static bool IsField(string line) => line.Length > 1 && line[0] == '\t' && line[1] != '\t';

    /// <summary>The value of a field of this name. It may be empty, and have lost its blank then.</summary>
    public static string? Value(string line, string name)
    {
        if (!IsField(line) || !line.AsSpan(1).StartsWith(name, StringComparison.Ordinal)) return null;
        var rest = line[(1 + name.Length)..];
        return rest == " =" ? "" : rest.StartsWith(" = ", StringComparison.Ordinal) ? rest[3..] : null;
    }

    /// <summary>The lines of the whole block.</summary>
    public static string[] Render(IEnumerable<string> arguments) =>
        string.Join('\n', [ArgumentsStart, .. arguments.Select(argument => "\t\t" + argument), BlockEnd]).Split('\n');

    /// <summary>The lines of one variable.</summary>
    public static string[] Render(string name, string value) => $"\t\t{name} => {value}".Split('\n');

    /// <summary>The first line of a variable.</summary>
    public static (string Name, string Value)? ReadVariable(string line)
    {
        if (!line.StartsWith("\t\t", StringComparison.Ordinal)) return null;
        var arrow = line.IndexOf(" =>", StringComparison.Ordinal);
        if (arrow <= 2 || line.AsSpan(2, arrow - 2).ContainsAny('\t', ' ')) return null;
        var value = line[(arrow + 3)..];
        return value.Length == 0 ? (line[2..arrow], "") : value[0] == ' ' ? (line[2..arrow], value[1..]) : null;
    }
}
