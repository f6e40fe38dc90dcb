using System.Globalization;

namespace Hermes.Gateway.Integration.Tests.Robustness.Model;

/// <summary>An event in the history of a service.</summary>
public enum HistoryAction
{
    /// <summary>Operations of this project.</summary>
    Deploy,
    Install,
    Start,
    Restart,
    Stop,
    Uninstall,
    Status,
    Verify,
    Plan,

    /// <summary>Changes by the developer: another definition, another build, or a moved project folder.</summary>
    ChooseFirstDefinition,
    ChooseSecondDefinition,
    ChooseBrokenDefinition,
    Rebuild,
    MoveProject,

    /// <summary>Changes by the operator, without this project.</summary>
    EditByHand,
    DeleteFile,
    Mask,
    Unmask,
    Disable,
    StopByHand,
    Kill,
    ReloadManager,
    AddDropIn,
    RemoveDropIn,

    /// <summary>One command of the next operation fails without an effect.</summary>
    CommandFails,

    /// <summary>One command of the next operation has its effect and reports a failure.</summary>
    CommandFalselyFails,
}

/// <summary>One step of a history.</summary>
/// <param name="Action">The event.</param>
/// <param name="Number">The number of the command that fails, counted from 0.</param>
public sealed record HistoryStep(HistoryAction Action, int Number)
{
    private static bool HasNumber(HistoryAction action) => action is HistoryAction.CommandFails or HistoryAction.CommandFalselyFails;

    public static HistoryStep Parse(string text)
    {
        var parts = text.Split(':');
        return new HistoryStep(Enum.Parse<HistoryAction>(parts[0]), parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
    }

    public override string ToString() => HasNumber(Action) ? $"{Action}:{Number}" : $"{Action}";
}
