using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Health;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>The values of one service that are secrets, as far as its definition tells.</summary>
public static class KnownSecrets
{
    // A shorter value would be hidden in half of the words of a report.
    private const int ShortestByName = 4;
    private const int ShortestInFile = 8;
    private const long LongestFile = 64 << 10;

    private const string Prefix = "Environment[";

    /// <summary>Hides the secrets of a service.</summary>
    /// <param name="request">What is wanted of it.</param>
    /// <param name="installed">What was there before, whose values an old process may still write to its log.</param>
    public static SecretText Of(ServiceRequest request, DefinitionContent? installed)
    {
        var definition = request.Definition;
        return new SecretText(
        [
            .. InVariables(definition.Environment),
            .. InVariables(installed?.Keys.Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(pair => KeyValuePair.Create(pair.Key[Prefix.Length..^1], pair.Value)) ?? []),
            .. InVariables(installed?.Variables ?? []),
            .. InArguments(definition.Arguments),
            .. InArguments(installed?.Command ?? []),
            .. InFile(definition.EnvironmentFile),
            .. InFile(installed?.Keys.GetValueOrDefault("EnvironmentFile")),
            .. InAddress(request.Health),
        ]);
    }

    private static IEnumerable<string> InVariables(IEnumerable<KeyValuePair<string, string>> variables) => variables
        .Where(variable => Secrets.IsSecretName(variable.Key))
        .SelectMany(variable => Lines(variable.Value, ShortestByName));

    private static IEnumerable<string> InArguments(IReadOnlyList<string> arguments) =>
        arguments.Select((argument, i) => SecretArguments.Start(arguments, i) is { } at ? argument[at..] : "")
            .SelectMany(value => Lines(value, ShortestByName));

    // The file is there for secrets, so every value in it is one; only where something exists is no secret.
    private static IEnumerable<string> InFile(string? path)
    {
        if (path is null || ReadFile(path) is not { } text) return [];
        return text.Split('\n').Select(line => line.Trim())
            .Select(line => (Line: line, At: line.IndexOf('=', StringComparison.Ordinal)))
            .Where(entry => entry.At > 0 && entry.Line[0] is not ('#' or ';'))
            .SelectMany(entry =>
            {
                var name = entry.Line[..entry.At].Trim().Split(' ')[^1];
                var value = entry.Line[(entry.At + 1)..].Trim().Trim('"', '\'');
                return Secrets.IsSecretName(name) ? Lines(value, ShortestByName)
                    : Path.Exists(value) ? []
                    : Lines(value, ShortestInFile);
            });
    }

    private static string? ReadFile(string path)
    {
        try
        {
            // A pipe in this place would never end.
            return File.Exists(path) && new FileInfo(path) is { Length: > 0 and <= LongestFile }
                ? File.ReadAllText(path)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> InAddress(HealthCheck? check)
    {
        if (check is not HealthCheck.Http { Address.UserInfo: { Length: > 0 } info }) return [];
        var password = info[(info.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return new[] { password, Uri.UnescapeDataString(password) }.SelectMany(value => Lines(value, ShortestByName));
    }

    // What has several lines in a file (a key in PEM form) is told line by line in a log.
    private static IEnumerable<string> Lines(string value, int shortest)
    {
        if (!value.Contains('\n', StringComparison.Ordinal)) return value.Length >= shortest ? [value] : [];
        return value.Split('\n').Select(line => line.Trim()).Append(value).Where(line => line.Length >= ShortestInFile);
    }
}
