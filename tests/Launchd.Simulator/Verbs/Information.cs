using System.Globalization;

namespace Launchd.Simulator.Verbs;

/// <summary>The verbs that only tell something.</summary>
internal static class Information
{
    private const int InvalidArgument = 22;

    public static Answer Error(Call call)
    {
        if (call.Arguments is not [var text] || !int.TryParse(text, CultureInfo.InvariantCulture, out var code))
            return Failures.Usage("error <code>");
        return new Answer(0, Out: $"{code}: {(code == InvalidArgument ? "Bad request." : ExitCode.Text(code))}\n");
    }

    public static Answer ManagerUserId(Call call) => new(0, Out: string.Create(
        CultureInfo.InvariantCulture, $"{(call.Settings.Session == "System" ? 0 : call.Settings.UserId)}\n"));

    public static Answer Version(Call call) => new(0, Out: string.Create(
        CultureInfo.InvariantCulture, $"Darwin Bootstrapper Version 7.0.0: simulated macOS {call.Settings.Os}\n"));
}
