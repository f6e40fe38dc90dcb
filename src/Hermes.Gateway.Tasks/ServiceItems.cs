using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Microsoft.Build.Utilities;

namespace Hermes.Gateway.Tasks;

/// <summary>Converts MSBuild items to inputs, and reports to MSBuild items.</summary>
internal static class ServiceItems
{
    /// <summary>Reads the metadata of one item; those that it does not set come from <paramref name="defaults"/>.</summary>
    /// <param name="service">The item.</param>
    /// <param name="defaults">The item with the project's defaults; null when there is none.</param>
    /// <param name="published">What the project has published.</param>
    /// <param name="readsBuild">Whether the operation may bring another release than the current one.</param>
    /// <param name="source">The project file.</param>
    /// <param name="fingerprint">Computes the fingerprint of a program from its path and the list of its build's files
    /// (<see cref="ProgramFingerprint.Of"/>).</param>
    public static ServiceInput Read(
        ITaskItem service, ITaskItem? defaults, PublishedOutput published, bool readsBuild, string source, Func<string, string?, string> fingerprint)
    {
        var own = defaults?.GetMetadata("OwnProgram") ?? "";
        // A preset sets the program itself.
        var preset = Text("Preset");
        var releaseFolder = preset.Length == 0 ? Text("ReleaseFolder") : "";
        var isOwn = Text("Program").Length == 0 && own.Length > 0 && preset.Length == 0 && releaseFolder.Length == 0;
        var program = isOwn ? own : Text("Program");
        // With UseAppHost=false the program is dotnet itself, and what was built is the assembly.
        var assembly = isOwn ? defaults!.GetMetadata("OwnAssembly") : "";
        var built = assembly.Length > 0 ? assembly : program;
        var isReleased = isOwn && Text("Releases").Equals("true", StringComparison.OrdinalIgnoreCase);
        var arguments = ReadList("Arguments");
        if (assembly.Length > 0 && !isReleased) arguments = arguments.Insert(0, assembly);
        var environment = ReadList("Environment");
        if (isOwn && defaults!.GetMetadata("DotnetRoot") is { Length: > 0 } root
            && !environment.Any(entry => entry.StartsWith("DOTNET_ROOT=", StringComparison.Ordinal)))
            environment = environment.Add($"DOTNET_ROOT={root}");
        return new ServiceInput
        {
            Name = service.ItemSpec.Trim(),
            // Relative to the release, unless the program is dotnet itself.
            Program = isReleased && assembly.Length == 0 ? Path.GetFileName(program) : program,
            Releases = releaseFolder.Length > 0 ? "true" : isOwn ? Text("Releases") : "",
            PublishedFolder = releaseFolder.Length > 0 ? (readsBuild ? releaseFolder : "") : isReleased ? published.Folder : "",
            ReleasedAssembly = isReleased ? Path.GetFileName(assembly) : "",
            BuildList = isReleased ? defaults!.GetMetadata("OutputList") : "",
            IsBuildNewer = isReleased && published.IsBuildNewer,
            SourceRevision = published.SourceRevision,
            ReleaseRoot = Text("ReleaseRoot"),
            KeepReleases = Text("KeepReleases"),
            Arguments = arguments,
            WorkingDirectory = Text("WorkingDirectory"),
            StateDirectory = Text("StateDirectory"),
            Environment = environment,
            EnvironmentFile = Text("EnvironmentFile"),
            User = Text("User"),
            Scope = Text("Scope"),
            ServiceManager = Text("ServiceManager"),
            ManagerProperties = RequestReader.ManagerProperties.ToImmutableDictionary(name => name, Text),
            Restart = Text("Restart"),
            HealthCheck = Text("HealthCheck"),
            TimeoutSeconds = Text("TimeoutSeconds"),
            StabilitySeconds = Text("StabilitySeconds"),
            Revision = Text("Revision") is { Length: > 0 } revision ? revision
                : preset.Length > 0 || isReleased || releaseFolder.Length > 0 || !Path.IsPathRooted(built) ? ""
                : fingerprint(built, isOwn ? defaults!.GetMetadata("OutputList") : null),
            Rollback = Text("Rollback"),
            TakeOver = Text("TakeOver"),
            RestartExitCodes = ReadList("RestartExitCodes"),
            ParkExitCodes = ReadList("ParkExitCodes"),
            Preset = preset,
            Agent = new AgentInput
            {
                Home = Text("HermesAgentHome"),
                Profile = Text("HermesAgentProfile"),
                Checkout = Text("HermesAgentCheckout"),
                Python = Text("HermesAgentPython"),
                AllowTemporary = Text("AllowTemporary"),
            },
            IsNameDefault = service.GetMetadata("IsNameDefault") == "true",
            Source = source,
        };

        string Text(string name) =>
            service.GetMetadata(name) is { Length: > 0 } value ? value : defaults?.GetMetadata(name) ?? "";

        // Split before unescaping: %3B is a semicolon within an entry.
        ImmutableArray<string> ReadList(string name)
        {
            var escaped = ((ITaskItem2)service).GetMetadataValueEscaped(name);
            if (string.IsNullOrEmpty(escaped)) escaped = ((ITaskItem2?)defaults)?.GetMetadataValueEscaped(name) ?? "";
            return [.. escaped.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(EscapingUtilities.Unescape)];
        }
    }

    /// <summary>Returns the result item of a report. <see cref="GatewayTask.Results"/> describes its metadata.</summary>
    public static ITaskItem Write(ServiceReport report)
    {
        var item = new TaskItem(EscapingUtilities.Escape(report.Definition.Name.Value));
        Set("Manager", report.Manager);
        Set("Scope", ReportText.Word(report.Definition.Scope));
        Set("DefinitionPath", report.DefinitionPath);
        Set("Release", report.Release);
        Set("Released", ReportText.Word(report.After.Released));
        Set("Installed", ReportText.Word(report.After.Installed));
        Set("Loaded", ReportText.Word(report.After.Loaded));
        Set("Running", ReportText.Word(report.After.Running));
        Set("Enabled", ReportText.Word(report.After.Enabled));
        Set("ProcessId", report.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "");
        Set("Health", report.Health);
        Set("Outcome", ReportText.Word(report.Outcome));
        Set("Changed", report.Changed ? "true" : "false");
        Set("Differences", string.Join("\n", report.Differences));
        Set("Findings", string.Join("\n", report.Findings));
        Set("Advice", report.Advice);
        Set("Report", ReportJson.Write(report));
        return item;

        void Set(string name, string value) => item.SetMetadata(name, EscapingUtilities.Escape(value));
    }

    /// <summary>Returns the result items of reports, in the same order.</summary>
    public static ITaskItem[] Write(ImmutableArray<ServiceReport> reports)
    {
        if (reports is [var single]) return [Write(single)];
        var items = new ITaskItem[reports.Length];
        Parallel.For(0, items.Length, i => items[i] = Write(reports[i]));
        return items;
    }

    /// <summary>Returns the item of an entry of a history, as <see cref="GetGatewayServiceHistory"/> describes it.</summary>
    public static ITaskItem Write(string service, HistoryEntry entry)
    {
        var item = new TaskItem(EscapingUtilities.Escape(service));
        // Not "When", which is an element of MSBuild.
        Set("Began", HistoryEntry.Time(entry.When));
        Set("LastBegan", HistoryEntry.Time(entry.Last));
        Set("Count", entry.Count.ToString(CultureInfo.InvariantCulture));
        Set("UserId", entry.UserId.ToString(CultureInfo.InvariantCulture));
        Set("Verb", entry.Verb);
        Set("Outcome", entry.Outcome);
        Set("DurationMilliseconds", entry.Milliseconds.ToString(CultureInfo.InvariantCulture));
        Set("Steps", string.Join("\n", entry.Steps));
        // Another version, or another program, may have written the file.
        Set("Findings", PlainText.Of(string.Join("\n", entry.Findings)));
        Set("Record", PlainText.Of(entry.ToLine()));
        return item;

        void Set(string name, string value) => item.SetMetadata(name, EscapingUtilities.Escape(value));
    }

    /// <summary>Returns the item of a release, as <see cref="GetGatewayServiceHistory.Releases"/> describes it.</summary>
    public static ITaskItem Write(string service, ReleaseOnDisk release)
    {
        var item = new TaskItem(release.Revision);
        Set("Service", service);
        Set("Folder", release.Folder);
        Set("Created", release.Created is { } created ? HistoryEntry.Time(created) : "");
        Set("Verified", release.Verified is { } verified ? HistoryEntry.Time(verified) : "");
        Set("SourceRevision", PlainText.Of(release.SourceRevision));
        Set("Current", release.IsCurrent ? "true" : "false");
        return item;

        void Set(string name, string value) => item.SetMetadata(name, EscapingUtilities.Escape(value));
    }
}
