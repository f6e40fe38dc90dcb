using Hermes.Gateway.Core.Definitions;

namespace Hermes.Gateway.Core.Tests.Redaction;

/// <summary>Generates secrets and places each in a service: in its definition, its environment file, its log, a server's answer, or
/// the output of a command.</summary>
/// <remarks>Places none where the documentation says that secrets are not recognized: in an argument whose meaning only the program
/// knows (<c>-p SECRET</c>), and in a value without a recognizable name or form.</remarks>
internal sealed class SecretPlacements(Random random)
{
    private const string Letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private static readonly string[] SecretNames =
    [
        "API_TOKEN", "DB_PASSWORD", "GH_PAT", "JWT", "CERT_PEM", "PGPASS", "SMTPPASS", "DB_PASS", "STRIPE_SK", "SESSION_SALT", "CARD_PIN",
        "SLACK_WEBHOOK", "SENTRY_DSN", "CLIENT_SECRET", "SIGNING_KEY", "HTTP_AUTH", "MAIN_CONNECTION_STRING",
    ];

    private static readonly string[] Schemes = ["http", "https", "postgres", "mongodb+srv", "amqp", "redis", "ftp", "jdbc:mysql"];

    private readonly List<(string Secret, string Place)> _placed = [];
    private readonly List<string> _file = [];
    private int _count;

    public IEnumerable<(string Secret, string Place)> Placed => _placed;

    /// <summary>Lines that the program logs. Each repeats a secret, alone or in a phrase.</summary>
    public List<string> Log { get; } = [];

    /// <summary>The environment file.</summary>
    public string File => string.Concat(_file);

    /// <summary>A definition with some secrets in it.</summary>
    public ServiceDefinition Fill(ServiceDefinition definition, int secrets)
    {
        var (arguments, environment) = (definition.Arguments.ToBuilder(), definition.Environment.ToBuilder());
        for (var i = 0; i < secrets; i++)
            switch (random.Next(12))
            {
                case 0: environment[Name()] = Url("an address in a variable"); break;
                case 1: environment[$"X{_count++}_{Pick(SecretNames)}"] = Logged("a variable with a secret's name", 8); break;
                case 2: environment[Name()] = $"Bearer {Logged("Bearer in a variable", 8)}"; break;
                case 3: arguments.Add(Url("an address in an argument")); break;
                case 4: arguments.AddRange("--header", $"Authorization: {Pick("Bearer", "Basic", "Token")} {Logged("a header in an argument", 8)}"); break;
                case 5: arguments.AddRange(Pick("--token", "--api-key", "-db.password", "--pat"), Logged("after an option", 8)); break;
                case 6: arguments.Add($"{Pick("--token", "--client-secret", "API_TOKEN", "GH_PAT")}={Logged("in an option", 8)}"); break;
                case 7: arguments.Add($"X-Api-Key: {Logged("another header in an argument", 8)}"); break;
                case 8: _file.Add($"F{_count++}={Logged("a value of the environment file", random.Next(4, 20))}\n"); break;
                case 9: Continued(); break;
                case 10: definition = definition with { Revision = $"r{_count++}+https://u:{Secret("the revision", 8)}@h" }; break;
                default: Said(); break;
            }

        return definition with { Arguments = arguments.ToImmutable(), Environment = environment.ToImmutable() };
    }

    /// <summary>Returns a text with a secret that is in no definition or file, but has a recognizable form.</summary>
    public string Phrase(string place)
    {
        var secret = Secret(place, 8);
        return random.Next(7) switch
        {
            0 => $"cannot open {Pick(Schemes)}://me:{secret}@host/db",
            1 => $"sent Authorization: Bearer {secret}",
            2 => $"refused Basic {secret}",
            3 => $"run --token {secret} --mode fast",
            4 => $"db_password={secret}",
            5 => $"GET /x?access_token={secret}&page=2",
            _ => $"GH_PAT: {secret}",
        };
    }

    /// <summary>Generates a unique secret of letters and digits.</summary>
    public string Secret(string place, int length)
    {
        // No word of our outputs begins like this; the shortest secrets have only four characters.
        var secret = "Z" + random.Next(2, 10) + string.Concat(Enumerable.Range(2, length - 2).Select(_ => Letters[random.Next(Letters.Length)]));
        _placed.Add((secret, place));
        return secret;
    }

    private string Url(string place)
    {
        var scheme = Pick(Schemes);
        if (random.Next(4) == 0) return $"{scheme}://{Secret(place, 20)}@host/db";
        return $"{scheme}://u{_count++}:{Logged(place, 8)}@host:5432/db?x=1";
    }

    private void Continued()
    {
        var (first, second) = (Secret("a continued value", 9), Secret("a continued value", 9));
        _file.Add(random.Next(3) switch
        {
            0 => $"F{_count++}={first}\\\n{second}\n",
            1 => $"F{_count++}=\"{first}\n{second}\"\n",
            _ => $"F{_count++}=\"{first}\\\n{second}\"\n",
        });
        Log.Add(random.Next(3) switch
        {
            0 => $"read {first}{second}",
            1 => $"read {first} and",
            _ => $"then {second}.",
        });
    }

    private void Said() => Log.Add(Phrase("the log"));

    private string Logged(string place, int length)
    {
        var secret = Secret(place, length);
        if (random.Next(2) == 0) Log.Add($"cannot log in with '{secret}'");
        return secret;
    }

    private string Name() => $"V{_count++}_{Pick("URL", "DB", "ADDRESS", "MODE", "X")}";

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];
}
