using System.Security.Cryptography;

namespace Hermes.Gateway.Core.Definitions;

/// <summary>Identifies a definition. It is in the service's environment, so that the same text can be read in the file, in the
/// manager's memory and in the live process.</summary>
/// <param name="Hash">Hash of the owned keys, without the project file: 16 lower-case hexadecimal digits.</param>
/// <param name="Revision">Fingerprint of the program's build output, or whatever the project says it is.</param>
public sealed record Stamp(string Hash, string Revision)
{
    /// <summary>Name of the environment variable that carries the stamp.</summary>
    public const string Variable = "HERMES_GATEWAY_STAMP";

    /// <summary>Name of the environment variable that carries the project file.</summary>
    public const string SourceVariable = "HERMES_GATEWAY_SOURCE";

    /// <summary>Version of the stamp's own form.</summary>
    public const int Schema = 1;

    /// <summary>Stamps the owned keys of a definition. Same keys and revision give the same stamp. The project file does not count: a
    /// process is not another one because the project was moved.</summary>
    public static Stamp Of(IEnumerable<KeyValuePair<string, string>> ownedKeys, string revision)
    {
        // Lengths make the text unambiguous whatever the values contain.
        var text = new StringBuilder();
        foreach (var (key, value) in ownedKeys.ToImmutableSortedDictionary(StringComparer.Ordinal).Remove(DefinitionKeys.Source))
            text.Append(key.Length).Append(':').Append(key).Append(value.Length).Append(':').Append(value);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return new Stamp(Convert.ToHexStringLower(hash)[..16], revision);
    }

    /// <summary>Parses a stamp; null for any other text, and for a stamp of another schema version.</summary>
    public static Stamp? TryParse(string? text)
    {
        var parts = text?.Split(':', 3);
        return parts is [var schema, { Length: 16 } hash, var revision] && schema == $"{Schema}"
            ? new Stamp(hash, revision)
            : null;
    }

    /// <summary>The stamp's text: <c>schema:hash:revision</c>.</summary>
    public override string ToString() => $"{Schema}:{Hash}:{Revision}";
}
