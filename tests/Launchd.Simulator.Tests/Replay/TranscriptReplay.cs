using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Launchd.Simulator.Tests.Replay;

/// <summary>Does to the simulator what a transcript did to a Mac, and tells the differences.</summary>
internal sealed class TranscriptReplay(Transcript transcript, int flavour)
{
    /// <summary>The answers that are not those of the transcript, each with its line.</summary>
    public ImmutableArray<string> Run()
    {
        using var mac = new Mac(transcript.Settings);
        mac.Change(string.Create(CultureInfo.InvariantCulture, $$"""{"os": {{flavour}}}"""));
        var differences = ImmutableArray.CreateBuilder<string>();
        foreach (var step in transcript.Steps)
        {
            if (Do(mac, step) is { } difference)
                differences.Add($"{transcript.Name}.transcript, line {step.Line}, macOS {flavour}:\n{difference}");
        }

        return differences.ToImmutable();
    }

    private static string? Do(Mac mac, TranscriptStep step)
    {
        switch (step)
        {
            case WriteFile file:
                var text = file.Keys is { } keys
                    ? PropertyList.Render(keys.Select(pair => KeyValuePair.Create(pair.Key, Fill(mac, pair.Value))))
                    : Fill(mac, file.Text);
                var path = Path.Combine(mac.Agents, file.Name);
                Mac.WriteFile(path, text, file.Mode);
                if (file.Owner is { } owner && Environment.IsPrivilegedProcess)
                    Processes.Run("chown", owner.ToString(CultureInfo.InvariantCulture), path);
                return null;
            case DeleteFile file:
                File.Delete(Path.Combine(mac.Agents, file.Name));
                return null;
            case AwaitFile file:
                mac.AwaitFile(Path.Combine(mac.Home, file.Name));
                return null;
            case ChangeSettings settings:
                mac.Change(settings.Json);
                return null;
            case RunCommand command:
                return Answer(mac, command);
            default:
                throw new UnreachableException();
        }
    }

    private static string? Answer(Mac mac, RunCommand command)
    {
        var arguments = command.Arguments.Select(word => Fill(mac, word)).ToArray();
        var time = Stopwatch.StartNew();
        while (true)
        {
            var difference = command.Expected.FindDifference(mac.Run(arguments), text => Fill(mac, text));
            if (difference is null || !command.Repeats || time.Elapsed > Mac.Bound)
                return difference is null ? null : $"launchctl {string.Join(' ', arguments)}\n{difference}";
        }
    }

    private static string Fill(Mac mac, string text) => text
        .Replace("<UID>", mac.Uid.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("<DIR>", mac.Agents, StringComparison.Ordinal)
        .Replace("<HOME>", mac.Home, StringComparison.Ordinal);
}
