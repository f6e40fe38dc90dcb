using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.Redaction;

/// <summary>Finds values that look like secrets in a definition that is about to be written, because every reader of the file
/// sees them. The path of a file (<c>TOKEN_FILE=/run/secrets/token</c>) is no secret.</summary>
internal static class SecretInDefinition
{
    private const int ShortestSecret = 4;

    /// <summary>Returns one warning for all such values; null when there are none.</summary>
    public static Finding? Find(DesiredService desired)
    {
        var definition = desired.Definition;
        var names = new List<string>();
        foreach (var (name, value) in definition.Environment)
            if (HasCredentials(value) || (SecretNames.IsSecretName(name) && value.Length >= ShortestSecret && !Path.Exists(value)))
                names.Add(name);
        var arguments = new List<string>();
        for (var i = 0; i < definition.Arguments.Length; i++)
            if (HasCredentials(definition.Arguments[i])) arguments.Add($"argument {i + 1}");
        if (names.Count + arguments.Count == 0) return null;

        var places = new List<string>();
        if (names.Count > 0) places.Add($"{string.Join(", ", names)} in HermesGatewayEnvironment");
        if (arguments.Count > 0) places.Add($"{string.Join(", ", arguments)} of HermesGatewayArguments");
        return DiagnosticCatalog.SecretInEnvironment.Warning(
            $"{string.Join(" and ", places)} looks like a secret, or holds one. Its value is in MSBuild's logs, and in "
            + $"{desired.DefinitionPath}, which others can read.",
            $"move {string.Join(", ", names.Concat(arguments))} to a file that only its owner can read, named by "
            + "HermesGatewayEnvironmentFile");
    }

    // In an ssh address, a user without a password is only a name: ssh://git@host.
    private static bool HasCredentials(string value) => SecretText.FindCredentials(value).Any(found =>
        !found.IsUserInfo
        || found.Value.Contains(':', StringComparison.Ordinal)
        || !value.Contains("ssh://", StringComparison.OrdinalIgnoreCase));
}
