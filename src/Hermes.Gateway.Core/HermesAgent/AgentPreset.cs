using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>The settings of the preset <c>hermes-agent</c> as the project gives them, before validation. Empty means not set.</summary>
public sealed record AgentInput
{
    /// <summary><c>HermesAgentHome</c>: an absolute path; default: <c>~/.hermes</c> of the service's account.</summary>
    public string Home { get; init; } = "";

    /// <summary><c>HermesAgentProfile</c>: the name of a profile; default: none.</summary>
    public string Profile { get; init; } = "";

    /// <summary><c>HermesAgentCheckout</c>: an absolute path; required.</summary>
    public string Checkout { get; init; } = "";

    /// <summary><c>HermesAgentPython</c>: absolute path of an interpreter; default: the one in venv or .venv.</summary>
    public string Python { get; init; } = "";

    /// <summary><c>HermesGatewayAllowTemporary</c>: <c>true</c> or <c>false</c>; default: <c>false</c>.</summary>
    public string AllowTemporary { get; init; } = "";
}

/// <summary>The preset <c>hermes-agent</c>: completes a service's input to run the gateway of a Hermes Agent checkout.</summary>
public static class AgentPreset
{
    /// <summary>The preset's name in <c>HermesGatewayPreset</c>.</summary>
    public const string Word = "hermes-agent";

    private const string Module = "hermes_cli.main";
    private const string Replace = "--replace";

    // Fixed, because the PATH of the caller must not enter a definition.
    private static readonly string[] SystemPath =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    private static readonly string[] HomebrewPath = ["/opt/homebrew/bin", "/opt/homebrew/sbin"];

    private static readonly ProgramProbe Probe = new(["-B", "-c", $"import {Module}"], $"import {Module}");

    /// <summary>Completes the input of a service with this preset; returns any other input unchanged.</summary>
    public static ServiceInput Expand(ServiceInput input, HostContext host)
    {
        if (!string.Equals(input.Preset, Word, StringComparison.OrdinalIgnoreCase)) return input;
        var problems = new List<Finding>();
        var agent = input.Agent;
        var checkout = ReadPath("HermesAgentCheckout", agent.Checkout);
        var python = ReadPath("HermesAgentPython", agent.Python);
        if (agent.Checkout.Length == 0)
            problems.Add(Wrong(input, "HermesAgentCheckout", "the preset needs the folder of the checkout.",
                "set HermesAgentCheckout to the folder with pyproject.toml and venv"));
        if (agent.Profile.Length > 0 && !AgentIdentity.IsProfile(agent.Profile))
            problems.Add(Wrong(input, "HermesAgentProfile",
                $"'{RequestReader.Printable(agent.Profile)}' is not the name of a profile.",
                "set HermesAgentProfile to a name of a-z, 0-9, '_' and '-' (at most 64), not beginning with '_' or '-'",
                DiagnosticCatalog.InvalidName));
        if (input.Arguments.Contains(Replace))
            problems.Add(Wrong(input, "HermesGatewayArguments",
                $"{Replace} makes the gateway and its supervisor replace each other.",
                $"remove {Replace} from HermesGatewayArguments"));

        var accountHome = host.HomeOf(input.User) is { } account ? Path.Combine(account, ".hermes") : null;
        var home = agent.Home.Length > 0 ? ReadPath("HermesAgentHome", agent.Home) : accountHome;
        if (home is null)
            problems.Add(Wrong(input, "HermesAgentHome", "the account has no home folder that could be found.",
                "set HermesAgentHome to the gateway's home"));
        if (problems.Count > 0) return Reject(problems);

        var identity = AgentIdentity.Of(
            RealPath.Of(home!), accountHome is null ? null : RealPath.Of(accountHome), agent.Profile, out var problem);
        if (identity is null)
            return Reject([Wrong(input, "HermesAgentHome", $"{problem}, and HermesAgentProfile is '{agent.Profile}'.",
                "remove HermesAgentProfile, or set HermesAgentHome to the folder that has 'profiles' in it")]);

        return Fill(input, AgentFacts.Read(identity, checkout, python, host));

        string ReadPath(string property, string path)
        {
            if (path.Length == 0) return "";
            if (path[0] == '/' && !path.Contains('\0', StringComparison.Ordinal))
                return Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            problems.Add(Wrong(input, property, $"'{RequestReader.Printable(path)}' is not an absolute path.",
                $"set {property} to an absolute path", DiagnosticCatalog.RelativePath));
            return "";
        }

        // With a program, so that a missing program is not reported as well.
        ServiceInput Reject(List<Finding> found) => input with
        {
            Program = Or(input.Program, "/python"),
            FromPreset = new PresetOutcome([.. found], [], null),
        };
    }

    /// <summary>Completes the input from the facts. What the project sets is kept.</summary>
    internal static ServiceInput Fill(ServiceInput input, AgentFacts facts)
    {
        var identity = facts.Identity;
        var interpreter = facts.Interpreters.FirstOrDefault() ?? AgentFacts.InterpreterPaths(facts.Checkout)[0];
        var program = Or(input.Program, interpreter);
        return input with
        {
            Name = input.IsNameDefault ? identity.Name : input.Name,
            Program = program,
            Arguments = !input.Arguments.IsEmpty ? input.Arguments :
            [
                "-m", Module,
                .. identity.Profile is { } profile ? (string[])["--profile", profile] : [],
                "gateway", "run", "--external-supervisor",
            ],
            WorkingDirectory = Or(input.WorkingDirectory, facts.HomeExists ? identity.Home : facts.Checkout),
            Environment = Merge(input.Environment, VariablesOf(facts, interpreter)),
            // The exit codes that the Python program documents: "restart me" and "my configuration is wrong".
            RestartExitCodes = !input.RestartExitCodes.IsEmpty ? input.RestartExitCodes : ["75"],
            ParkExitCodes = !input.ParkExitCodes.IsEmpty ? input.ParkExitCodes : ["78"],
            Revision = Or(input.Revision, facts.Revision),
            FromPreset = new PresetOutcome(
                [.. ProblemsOf(input, interpreter)],
                [.. ObstaclesOf(input, facts)],
                // Only for the interpreter, because the arguments are Python's; and not as root for the code of another account.
                program == interpreter && input.User.Length == 0 ? Probe : null),
        };
    }

    private static IEnumerable<(string Name, string Value)> VariablesOf(AgentFacts facts, string interpreter)
    {
        yield return ("HERMES_HOME", facts.Identity.Home);
        yield return ("HERMES_SUPERVISED_CHILD", "1");
        if (facts.VirtualEnvironment is { } environment) yield return ("VIRTUAL_ENV", environment);
        var folder = Path.GetDirectoryName(interpreter)!;
        IEnumerable<string> path = [folder, .. facts.IsMacOS ? HomebrewPath : [], .. SystemPath];
        yield return ("PATH", string.Join(':', path.Distinct()));
    }

    // The project's entries are kept as they are; the request reader reports their mistakes.
    private static ImmutableArray<string> Merge(ImmutableArray<string> own, IEnumerable<(string Name, string Value)> variables) =>
    [
        .. own,
        .. variables.Where(variable => !own.Any(entry => entry.StartsWith(variable.Name + "=", StringComparison.Ordinal)))
            .Select(variable => $"{variable.Name}={variable.Value}"),
    ];

    private static IEnumerable<Finding> ProblemsOf(ServiceInput input, string interpreter)
    {
        if (Path.GetDirectoryName(interpreter)!.Contains(':', StringComparison.Ordinal)
            && !input.Environment.Any(entry => entry.StartsWith("PATH=", StringComparison.Ordinal)))
            yield return Wrong(input, "HermesAgentPython", $"'{interpreter}' has a ':' in its folder, which PATH cannot hold.",
                "move the checkout, or set PATH in HermesGatewayEnvironment", DiagnosticCatalog.InvalidCharacter);
        if (input.Agent.AllowTemporary.ToUpperInvariant() is not ("" or "TRUE" or "FALSE"))
            yield return Wrong(input, "HermesGatewayAllowTemporary",
                $"'{RequestReader.Printable(input.Agent.AllowTemporary)}' is none of true, false.",
                "set HermesGatewayAllowTemporary to one of them", DiagnosticCatalog.UnknownValue);
    }

    private static IEnumerable<Finding> ObstaclesOf(ServiceInput input, AgentFacts facts)
    {
        if (!facts.CheckoutExists)
            yield return Wrong(input, "HermesAgentCheckout", $"there is no folder {facts.Checkout}.",
                $"ls -ld {ShellText.Quote([facts.Checkout])}");
        else if (facts.Interpreters.IsEmpty)
            yield return DiagnosticCatalog.InterpreterUnusable.Error(
                $"there is no interpreter: neither {string.Join(" nor ", AgentFacts.InterpreterPaths(facts.Checkout))} exists "
                + "(HermesAgentPython).",
                $"python3 -m venv {ShellText.Quote([Path.Combine(facts.Checkout, "venv")])}");
        else if (facts.Interpreters is [var one, var other, ..])
            yield return Wrong(input, "HermesAgentPython", $"the checkout has two environments: {one} and {other}.",
                "set HermesAgentPython to the one that the gateway is to use");
        if (facts.RevisionError is { } reason)
            yield return Wrong(input, "HermesAgentCheckout", $"it cannot be read: {reason}", $"ls -l {ShellText.Quote([facts.Checkout])}");
        if (string.Equals(input.Agent.AllowTemporary, "true", StringComparison.OrdinalIgnoreCase)) yield break;
        foreach (var (property, path) in facts.Temporary)
            yield return Wrong(input, property, $"{path} is in a folder for temporary files, which are removed one day.",
                $"set {property} to a lasting place (HermesGatewayAllowTemporary=true is for tests)",
                DiagnosticCatalog.TemporaryFolder);
    }

    private static Finding Wrong(
        ServiceInput input, string property, string message, string advice, DiagnosticDescriptor? descriptor = null) =>
        (descriptor ?? DiagnosticCatalog.PresetIncomplete).Error(
            $"{property} of service '{RequestReader.Printable(input.Name)}': {message}", advice);

    private static string Or(string value, string fallback) => value.Length > 0 ? value : fallback;
}
