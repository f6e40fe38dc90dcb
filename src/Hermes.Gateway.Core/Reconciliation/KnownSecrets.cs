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
        var found = new List<string>();
        foreach (var (name, value) in definition.Environment) AddVariable(found, name, value);
        if (installed is not null) AddVariables(found, installed);
        AddArguments(found, definition.Arguments);
        if (installed is not null) AddArguments(found, installed.Command);
        AddFile(found, definition.EnvironmentFile);
        var file = installed?.Keys.GetValueOrDefault("EnvironmentFile");
        if (file != definition.EnvironmentFile) AddFile(found, file);
        AddAddress(found, request.Health);
        return found.Count == 0 ? SecretText.Unknowing : new SecretText(found);
    }

    private static void AddVariables(List<string> found, DefinitionContent installed)
    {
        foreach (var (key, value) in installed.Keys)
            if (key.StartsWith(Prefix, StringComparison.Ordinal)) AddVariable(found, key[Prefix.Length..^1], value);
        foreach (var (name, value) in installed.Variables) AddVariable(found, name, value);
    }

    private static void AddVariable(List<string> found, string name, string value)
    {
        if (Secrets.IsSecretName(name)) AddLines(found, value, ShortestByName);
    }

    private static void AddArguments(List<string> found, IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
            if (SecretArguments.Start(arguments, i) is { } at) AddLines(found, arguments[i][at..], ShortestByName);
    }

    // The file is there for secrets, so every value in it is one; only where something exists is no secret.
    private static void AddFile(List<string> found, string? path)
    {
        if (path is null || ReadFile(path) is not { } text) return;
        foreach (var untrimmed in text.Split('\n'))
        {
            var line = untrimmed.Trim();
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || line[0] is '#' or ';') continue;
            var name = line[..at].Trim().Split(' ')[^1];
            var value = line[(at + 1)..].Trim().Trim('"', '\'');
            if (Secrets.IsSecretName(name)) AddLines(found, value, ShortestByName);
            else if (!Path.Exists(value)) AddLines(found, value, ShortestInFile);
        }
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

    private static void AddAddress(List<string> found, HealthCheck? check)
    {
        if (check is not HealthCheck.Http { Address.UserInfo: { Length: > 0 } info }) return;
        var password = info[(info.IndexOf(':', StringComparison.Ordinal) + 1)..];
        AddLines(found, password, ShortestByName);
        AddLines(found, Uri.UnescapeDataString(password), ShortestByName);
    }

    // What has several lines in a file (a key in PEM form) is told line by line in a log.
    private static void AddLines(List<string> found, string value, int shortest)
    {
        if (!value.Contains('\n', StringComparison.Ordinal))
        {
            if (value.Length >= shortest) found.Add(value);
            return;
        }

        foreach (var line in value.Split('\n'))
            if (line.Trim() is { Length: >= ShortestInFile } text) found.Add(text);
        if (value.Length >= ShortestInFile) found.Add(value);
    }
}
