using System.Text.Json;

namespace Launchd.Simulator;

/// <summary>What a call does in spite of its verb.</summary>
internal enum FaultEffect
{
    /// <summary>What the verb does.</summary>
    Normal,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>Bootstrap registers the job and does not start it.</summary>
    Idle,
}

/// <summary>One ordered misbehaviour.</summary>
internal sealed record Fault
{
    public static Fault Nothing { get; } = new();

    public FaultEffect Effect { get; private init; }

    public TimeSpan Hang { get; private init; }

    public TimeSpan Settle { get; private init; }

    /// <summary>What is answered instead of the truth; null means the truth.</summary>
    public Answer? Answer { get; private init; }

    private string Verb { get; init; } = "";

    private int Call { get; init; } = 1;

    private int Times { get; init; } = 1;

    /// <summary>The first fault of <c>faults.json</c> that is meant for the <paramref name="call"/>th call of a verb.
    /// </summary>
    public static Fault Find(string state, string verb, int call)
    {
        if (JsonFile.Read(Path.Combine(state, "faults.json")) is not { } json) return Nothing;
        return json.EnumerateArray().Select(Read).FirstOrDefault(fault => fault.Applies(verb, call), Nothing);
    }

    private bool Applies(string verb, int call) =>
        Verb == verb && call >= Call && (Times == 0 || call < Call + Times);

    private static Fault Read(JsonElement json)
    {
        var fault = new Fault();
        var (exit, output, error) = (0, "", "");
        var answers = false;
        foreach (var property in json.EnumerateObject())
        {
            var value = property.Value;
            if (value.ValueKind == JsonValueKind.Null) continue;
            answers |= property.Name is "exit" or "stdout" or "stderr";
            switch (property.Name)
            {
                case "exit":
                    exit = value.GetInt32();
                    break;
                case "stdout":
                    output = value.GetString()!;
                    break;
                case "stderr":
                    error = value.GetString()!;
                    break;
                default:
                    fault = fault.With(property.Name, value);
                    break;
            }
        }

        answers |= fault.Effect == FaultEffect.None;
        return answers ? fault with { Answer = new Answer(exit, output, error) } : fault;
    }

    private Fault With(string name, JsonElement value) => name switch
    {
        "verb" => this with { Verb = value.GetString()! },
        "call" => this with { Call = value.GetInt32() },
        "times" => this with { Times = value.GetInt32() },
        "effect" => this with { Effect = Enum.Parse<FaultEffect>(value.GetString()!, ignoreCase: true) },
        "hangSeconds" => this with { Hang = TimeSpan.FromSeconds(value.GetDouble()) },
        "settleSeconds" => this with { Settle = TimeSpan.FromSeconds(value.GetDouble()) },
        _ => throw new JsonException($"faults.json: a fault has no '{name}'"),
    };
}
