namespace Hermes.Gateway.Core.Definitions;

/// <summary>A validated service name.</summary>
public sealed record ServiceName
{
    /// <summary>The name of a service whose project sets none.</summary>
    public const string Default = "hermes-gateway";

    // 255 is systemd's limit for a whole unit name (UNIT_NAME_MAX 256 with the terminator).
    private const int MaxLength = 255 - 8;

    private ServiceName(string value) => Value = value;

    /// <summary>The name itself, for example <c>hermes-gateway</c>.</summary>
    public string Value { get; }

    /// <summary>Accepts a name that is safe as a unit name, a label and a file name: ASCII letters, digits and <c>: _ . -</c>,
    /// not beginning with a dot or a dash, at most 247 characters. (Unit names also allow <c>\</c> and <c>@</c> for templates and
    /// escapes, which a deployed service is not.)</summary>
    public static bool TryCreate(string value, out ServiceName? name, out string? problem)
    {
        problem = FindProblem(value);
        name = problem is null ? new ServiceName(value) : null;
        return problem is null;
    }

    /// <summary>Like <see cref="TryCreate"/>, for names known to be good.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static ServiceName Create(string value) =>
        TryCreate(value, out var name, out var problem) ? name! : throw new ArgumentException(problem, nameof(value));

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static string? FindProblem(string value)
    {
        if (value.Length == 0) return "it is empty";
        if (value.Length > MaxLength) return $"it has {value.Length} characters; at most {MaxLength} are allowed";
        if (value[0] is '.' or '-') return $"it begins with '{value[0]}'";
        if (value.EndsWith(".service", StringComparison.OrdinalIgnoreCase))
            return "it ends with '.service'; give the bare name";
        foreach (var c in value)
            if (!char.IsAsciiLetterOrDigit(c) && c is not (':' or '_' or '.' or '-'))
                return $"it contains {Describe(c)}; allowed are ASCII letters, digits and : _ . -";
        return null;
    }

    private static string Describe(char c) => char.IsControl(c) ? $"the control character U+{(int)c:X4}" : $"'{c}'";
}
