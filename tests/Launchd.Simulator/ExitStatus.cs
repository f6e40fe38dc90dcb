namespace Launchd.Simulator;

/// <summary>How a process ended: the raw status that wait(2) gives.</summary>
internal readonly record struct ExitStatus(int Raw)
{
    public int? Code => (Raw & 0x7f) == 0 ? (Raw >> 8) & 0xff : null;

    public int? Signal => (Raw & 0x7f) is var signal and not 0 ? signal : null;

    public bool IsSuccess => Code == 0;

    /// <summary>As <c>list</c> has it: the code, or the negative signal.</summary>
    public int Number => Code ?? -Signal!.Value;

    public static ExitStatus FromCode(int code) => new(code << 8);
}
