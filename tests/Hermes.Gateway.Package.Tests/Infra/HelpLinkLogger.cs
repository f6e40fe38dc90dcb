using Microsoft.Build.Framework;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>A logger for MSBuild that notes the help links of errors: they are not in binlogs.</summary>
public sealed class HelpLinkLogger : ILogger
{
    /// <inheritdoc/>
    public LoggerVerbosity Verbosity { get; set; }

    /// <inheritdoc/>
    public string? Parameters { get; set; }

    /// <summary>The switch that makes MSBuild use it.</summary>
    public static string Switch(string notes) =>
        $"-logger:{typeof(HelpLinkLogger).FullName},{typeof(HelpLinkLogger).Assembly.Location};{notes}";

    /// <inheritdoc/>
    public void Initialize(IEventSource eventSource)
    {
        ArgumentNullException.ThrowIfNull(eventSource);
        eventSource.ErrorRaised += (_, error) => File.AppendAllText(Parameters!, $"{error.Code} {error.HelpLink}\n");
    }

    /// <inheritdoc/>
    public void Shutdown()
    {
    }

    /// <summary>What was noted.</summary>
    internal static IEnumerable<(string Code, Uri Link)> Read(string notes) => File.ReadAllLines(notes)
        .Select(line => line.Split(' ', 2)).Select(parts => (parts[0], new Uri(parts[1])));
}
