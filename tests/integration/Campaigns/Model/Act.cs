using System.Globalization;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>What can happen to a service.</summary>
public enum Act
{
    /// <summary>Verbs of ours.</summary>
    Deploy,
    Install,
    Start,
    Restart,
    Stop,
    Uninstall,
    Status,
    Verify,
    Plan,

    /// <summary>What the developer does: another definition is wanted, there is another build, or another place.</summary>
    WantFirst,
    WantSecond,
    WantBroken,
    Rebuild,
    MoveProject,

    /// <summary>What the operator does behind our back.</summary>
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

    /// <summary>One command of the next verb is not carried out, and fails.</summary>
    CommandFails,

    /// <summary>One command of the next verb is carried out, and says that it failed.</summary>
    CommandLies,
}

/// <summary>One step of a history.</summary>
/// <param name="Act">What happens.</param>
/// <param name="Number">Which command fails, counted from 0.</param>
public sealed record Step(Act Act, int Number)
{
    private static bool HasNumber(Act act) => act is Act.CommandFails or Act.CommandLies;

    public static Step Parse(string text)
    {
        var parts = text.Split(':');
        return new Step(Enum.Parse<Act>(parts[0]), parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
    }

    public override string ToString() => HasNumber(Act) ? $"{Act}:{Number}" : $"{Act}";
}
