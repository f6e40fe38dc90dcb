using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>A report as JSON for programs. Names and words are a contract; new ones may be added.</summary>
public static class ReportJson
{
    /// <summary>Version of the form.</summary>
    public const int Schema = 1;

    /// <summary>The whole report on one line.</summary>
    public static string Write(ServiceReport report) =>
        JsonBuffer.ToText(writer => WriteReport(writer, report, ReportTexts.Whole));

    /// <summary>A document of several reports, on as many lines as a person wants to read.</summary>
    internal static string Write(ReportDocument document) =>
        JsonBuffer.ToText(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("schema", ReportDocument.Schema);
                writer.WriteString("verb", document.Verb);
                writer.WriteString("outcome", ReportText.Word(document.Outcome));
                writer.WriteStartArray("services");
                foreach (var report in document.Services) WriteReport(writer, report, ReportTexts.Whole);
                writer.WriteEndArray();
                WriteFindings(writer, document.Findings, ReportTexts.Whole);
                writer.WriteEndObject();
            },
            isIndented: true);

    /// <summary>The report as a part of something larger.</summary>
    internal static void WriteReport(Utf8JsonWriter writer, ServiceReport report, ReportTexts texts)
    {
        writer.WriteStartObject();
        writer.WriteNumber("schema", Schema);
        writer.WriteString("service", report.Definition.Name.Value);
        writer.WriteString("verb", report.Verb);
        writer.WriteString("outcome", ReportText.Word(report.Outcome));
        writer.WriteBoolean("changed", report.Changed);
        writer.WriteString("manager", report.Manager);
        writer.WriteString("scope", ReportText.Word(report.Definition.Scope));
        Text("definitionPath", report.DefinitionPath);
        Text("source", report.Definition.Source);
        Layers("before", report.Before);
        Layers("after", report.After);
        writer.WriteStartObject("evidence");
        foreach (var (layer, evidence) in report.Evidence) Text(JsonNamingPolicy.CamelCase.ConvertName(layer), evidence);
        writer.WriteEndObject();
        Number("processId", report.ProcessId);
        Number("processIdBefore", report.ProcessIdBefore);
        Text("invocation", report.Invocation);
        Text("startsWithoutLogin", ReportText.Word(report.StartsWithoutLogin));
        Text("startedAt", report.StartedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (report.Uptime is { } uptime) writer.WriteNumber("uptimeSeconds", Math.Round(uptime.TotalSeconds, 1));
        else writer.WriteNull("uptimeSeconds");
        writer.WriteNumber("restarts", report.Restarts);
        Text("lastExit", report.LastExit);
        Text("health", report.Health);
        Objects("checks", report.Checks, check =>
        {
            Text("name", ReportText.Word(check.Name));
            Text("result", ReportText.Word(check.Result));
            Text("evidence", check.Evidence);
        });
        Objects("differences", report.Differences, drift =>
        {
            writer.WriteString("layer", ReportText.Word(drift.Layer));
            writer.WriteString("key", drift.Key);
            Text("expected", drift.Expected);
            Text("actual", drift.Actual);
        });
        Texts("kept", report.Kept, SecretNames.NameOnly);
        Texts("dropIns", report.DropIns, path => path);
        Texts("fileDiff", report.FileDiff, line => line);
        Objects("steps", report.Steps, step =>
        {
            writer.WriteString("kind", ReportText.Word(step.Kind));
            Text("reason", step.Reason);
            Text("command", step.Command);
            writer.WriteString("status", step.Status is { } status ? ReportText.Word(status) : "planned");
            writer.WriteNumber("milliseconds", Milliseconds(step.Duration));
        });
        Objects("commands", report.Commands, command =>
        {
            Text("command", command.CommandLine);
            writer.WriteString("end", command.End);
            Number("exitCode", command.ExitCode);
            Text("stderr", command.StandardError);
            writer.WriteNumber("milliseconds", Milliseconds(command.Duration));
        });
        WriteFindings(writer, report.Findings, texts);
        Texts("log", report.Log, line => line);
        Text("advice", report.Advice);
        writer.WriteNumber("milliseconds", Milliseconds(report.Duration));
        writer.WriteEndObject();

        void Text(string name, string? text) => WriteText(writer, name, text, texts);

        void Number(string name, int? number)
        {
            if (number is { } value) writer.WriteNumber(name, value);
            else writer.WriteNull(name);
        }

        void Layers(string name, LayerStates states)
        {
            writer.WriteStartObject(name);
            Text("installed", ReportText.Word(states.Installed));
            Text("loaded", ReportText.Word(states.Loaded));
            Text("running", ReportText.Word(states.Running));
            Text("enabled", ReportText.Word(states.Enabled));
            writer.WriteEndObject();
        }

        void Objects<T>(string name, ImmutableArray<T> items, Action<T> write) => WriteObjects(writer, name, texts.Of(items), write);

        void Texts(string name, ImmutableArray<string> items, Func<string, string> shown)
        {
            writer.WriteStartArray(name);
            foreach (var item in texts.Of(items)) writer.WriteStringValue(texts.Of(shown(item)));
            writer.WriteEndArray();
        }
    }

    private static void WriteFindings(Utf8JsonWriter writer, ImmutableArray<Finding> findings, ReportTexts texts) =>
        WriteObjects(writer, "findings", texts.Of(findings), finding =>
        {
            writer.WriteString("code", finding.Code);
            writer.WriteString("severity", ReportText.Word(finding.Severity));
            WriteText(writer, "message", finding.Message, texts);
            WriteText(writer, "advice", finding.Advice, texts);
        });

    private static void WriteObjects<T>(Utf8JsonWriter writer, string name, ImmutableArray<T> items, Action<T> write)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            write(item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? text, ReportTexts texts) =>
        writer.WriteString(name, text is null ? null : texts.Of(text));

    private static double Milliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 1);
}
