using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Redaction;

/// <summary>Collects the secret values of one service from its definition, its environment file and its health check.</summary>
internal sealed class KnownSecrets
{
    // A shorter value occurs in many words of a report.
    private const int Shortest = 4;

    // A shorter value of the environment file without a secret's name is hidden as a whole word only.
    private const int ShortestAnywhere = 8;

    // A user without a password is a token only when it is long; in postgres://me@host it is a name.
    private const int ShortestToken = 16;
    private const long LongestFile = 1 << 20;

    private const string Prefix = "Environment[";

    // Frequent words of logs that are no generated secrets.
    private static readonly HashSet<string> UsualWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "true", "false", "none", "null", "auto", "info", "warn", "warning", "error", "debug", "trace", "default", "enabled",
        "disabled", "production", "development", "staging", "localhost", "http", "https",
        "127.0.0.1", "0.0.0.0",
    };

    private readonly List<string> _values = [];
    private readonly List<string> _words = [];

    // Values of the environment file that are not hidden, because messages and advised commands contain them.
    private readonly HashSet<string> _exempt;

    private KnownSecrets(ServiceDefinition definition) =>
        _exempt = new([definition.Name.Value, definition.Identifier, definition.User ?? ""], StringComparer.Ordinal);

    /// <param name="request">The requested service.</param>
    /// <param name="installed">The installed definition, whose values an old process may still write to its log.</param>
    /// <param name="loaded">The keys that the manager holds, which include the variables of an operator's drop-ins.</param>
    public static SecretText Of(
        ServiceRequest request, DefinitionContent? installed, IReadOnlyDictionary<string, string>? loaded = null)
    {
        var definition = request.Definition;
        var found = new KnownSecrets(definition);
        foreach (var (name, value) in definition.Environment) found.AddVariable(name, value);
        if (installed is not null)
        {
            found.AddKeys(installed.Keys);
            foreach (var (name, value) in installed.Variables) found.AddVariable(name, value);
        }

        if (loaded is not null) found.AddKeys(loaded);
        found.AddArguments(definition.Arguments);
        if (installed is not null) found.AddArguments(installed.Command);
        found.AddFile(definition.EnvironmentFile);
        var file = installed?.Keys.GetValueOrDefault("EnvironmentFile");
        if (file != definition.EnvironmentFile) found.AddFile(file);
        found.AddAddress(request.Health);
        if (request.Release?.UnusedSettings is { } unused) found.AddSettings(unused);
        return found._values.Count + found._words.Count == 0 ? SecretText.PatternsOnly : new SecretText(found._values, found._words);
    }

    // The log can still have lines of a process that ran with them.
    private void AddSettings(ReleaseSettings settings)
    {
        foreach (var entry in settings.Environment)
            if (entry.IndexOf('=', StringComparison.Ordinal) is var at and > 0) AddVariable(entry[..at], entry[(at + 1)..]);
        AddArguments(settings.Arguments);
        AddAddress(HealthCheck.TryParse(settings.HealthCheck));
    }

    private void AddKeys(IEnumerable<KeyValuePair<string, string>> keys)
    {
        foreach (var (key, value) in keys)
            if (key.StartsWith(Prefix, StringComparison.Ordinal)) AddVariable(key[Prefix.Length..^1], value);
    }

    private void AddVariable(string name, string value)
    {
        if (SecretNames.IsSecretName(name)) AddLines(value, Shortest);
        AddCredentials(value);
    }

    private void AddArguments(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (SecretArguments.Start(arguments, i) is { } at) AddLines(arguments[i][at..], Shortest);
            AddCredentials(arguments[i]);
        }
    }

    private void AddCredentials(string text)
    {
        foreach (var (value, isUserInfo) in SecretText.FindCredentials(text))
            if (isUserInfo) AddUserInfo(value);
            else AddHeader(value);
    }

    // Of "Token X", with a scheme of its own, X alone is the secret.
    private void AddHeader(string value)
    {
        AddLines(value, Shortest);
        if (value.LastIndexOfAny([' ', '\t']) is var blank and > 0) AddLines(value[(blank + 1)..], Shortest);
    }

    // Programs log the password alone too, encoded or decoded.
    private void AddUserInfo(string info)
    {
        var parts = info.Split(':', 2);
        AddEscaped(parts[0], ShortestToken);
        if (parts.Length > 1) AddEscaped(parts[1], Shortest);
    }

    private void AddEscaped(string value, int shortest)
    {
        AddLines(value, shortest);
        if (value.Contains('%', StringComparison.Ordinal)) AddLines(Uri.UnescapeDataString(value), shortest);
    }

    // Every value in the environment file is treated as a secret, except the path of an existing file and usual words.
    private void AddFile(string? path)
    {
        if (path is null || ReadFile(path) is not { } text) return;
        foreach (var (name, value, source) in EnvironmentFileValues.Parse(text))
        {
            var isSecret = SecretNames.IsSecretName(name);
            if (!isSecret && (Path.Exists(value) || UsualWords.Contains(value) || _exempt.Contains(value) || IsPort(name, value))) continue;
            foreach (var form in source.Prepend(value).Distinct(StringComparer.Ordinal)) AddFileValue(form, isSecret);
            AddCredentials(value);
        }
    }

    private void AddFileValue(string value, bool isSecret)
    {
        if (value.Length < Shortest) return;
        if (isSecret || value.Length >= ShortestAnywhere) AddLines(value, Shortest);
        else _words.Add(value);
    }

    private static bool IsPort(string name, string value) =>
        name.EndsWith("PORT", StringComparison.OrdinalIgnoreCase) && ushort.TryParse(value, out _);

    private static string? ReadFile(string path) => FileErrors.Ignore(fallback: null, () =>
    {
        // A link is followed; a pipe is refused, because reading it would block.
        using var file = RegularFile.Open(RealPath.Of(path), NativeMethods.OpenMode.Read);
        if (file is null || RandomAccess.GetLength(file) > LongestFile) return null;
        using var reader = new StreamReader(new FileStream(file, FileAccess.Read));
        return reader.ReadToEnd();
    });

    private void AddAddress(HealthCheck? check)
    {
        if (check is not HealthCheck.Http { Address: var address }) return;
        if (address.UserInfo.Length > 0) AddUserInfo(address.UserInfo);
        foreach (var part in address.Query.TrimStart('?').Split('&'))
        {
            var value = part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..];
            if (!UsualWords.Contains(value)) AddEscaped(value, Shortest);
        }
    }

    // A value of several lines (a PEM key) appears in a log line by line.
    private void AddLines(string value, int shortest)
    {
        if (value.Contains('\n', StringComparison.Ordinal))
            foreach (var line in value.Split('\n'))
                if (line.Trim() is var text && text.Length >= shortest) Add(text);
        if (value.Length >= shortest) Add(value);
    }

    private void Add(string value)
    {
        _values.Add(value);
        // ShellText quotes it in this form within a command line.
        if (value.Contains('\'', StringComparison.Ordinal)) _values.Add(value.Replace("'", "'\\''", StringComparison.Ordinal));
    }
}
