namespace Hermes.Gateway.Core.Definitions;

/// <summary>The vocabulary in which definitions are compared, where managers share it.</summary>
internal static class DefinitionKeys
{
    /// <summary>The key of the project file. It tells whose the definition is; the service does not run from it.</summary>
    public const string Source = "Source";

    /// <summary>The key under which an environment variable is compared.</summary>
    public static string Environment(string name) => $"Environment[{name}]";

    /// <summary>Returns the names of all keys, in their order.</summary>
    public static List<string> NamesOf(ImmutableSortedDictionary<string, string> keys)
    {
        // Not Keys or LINQ, whose generic code over value types the JIT would compile in each build.
        var names = new List<string>(keys.Count);
        foreach (var (name, _) in keys) names.Add(name);
        return names;
    }

    /// <summary>Why no variable should have that name, as the end of a sentence; null when it may. Every shell and
    /// every manager takes these names; environ(7) allows more.</summary>
    public static string? FindVariableProblem(string name)
    {
        if (name.Length == 0) return "it is empty";
        if (char.IsAsciiDigit(name[0])) return "it begins with a digit";
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? null
            : "it contains a character other than ASCII letters, digits and '_'";
    }

    /// <summary>The word for a restart policy, as in <c>HermesGatewayRestart</c> (and in systemd's <c>Restart=</c>).</summary>
    public static string Word(RestartPolicy restart) => restart switch
    {
        RestartPolicy.OnFailure => "on-failure",
        RestartPolicy.Always => "always",
        RestartPolicy.No => "no",
        _ => throw new ArgumentOutOfRangeException(nameof(restart)),
    };
}
