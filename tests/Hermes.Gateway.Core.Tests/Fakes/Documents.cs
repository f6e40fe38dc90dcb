using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>Report documents in which every free text is the same given text.</summary>
internal static class Documents
{
    public static ReportDocument Of(string text, string verb = "deploy") =>
        new(verb, [Report(text, verb)], [DiagnosticCatalog.InvalidName.Error(text, text)]);

    public static ServiceReport Report(string text, string verb = "deploy") => new()
    {
        Definition = Sample.Definition() with { Source = text },
        Verb = verb,
        Manager = text,
        DefinitionPath = text,
        Outcome = Outcome.Failed,
        Changed = false,
        Before = new LayerStates(InstalledState.Missing, LoadedState.No, RunningState.No, Answer.No),
        After = new LayerStates(InstalledState.Current, LoadedState.Current, RunningState.CrashLooping, Answer.Unknown),
        Evidence = Sample.Variables(("Released", text), ("Installed", text), ("Loaded", text), ("Running", text)),
        Health = text,
        Checks =
        [
            new CheckReport(CheckName.Definition, CheckResult.Pass, text),
            new CheckReport(CheckName.Loaded, CheckResult.Pass, text),
            new CheckReport(CheckName.Process, CheckResult.Fail, text),
            new CheckReport(CheckName.Enabled, CheckResult.Unknown, text),
            new CheckReport(CheckName.Ownership, CheckResult.Pass, text),
            new CheckReport(CheckName.Stability, CheckResult.Fail, text),
            new CheckReport(CheckName.Health, CheckResult.Skipped, text),
        ],
        Differences = [new Drift(Layer.Installed, text, text, null)],
        Kept = [text],
        Steps = [new StepReport(StepKind.ClearFailure, text, text, StepStatus.NotLoaded, TimeSpan.FromMilliseconds(1.25))],
        Commands = [new CommandReport(text, "Exited", 1, text, TimeSpan.Zero)],
        Findings = [DiagnosticCatalog.NotRunning.Error(text, text), DiagnosticCatalog.ForeignKept.Info(text)],
        Log = [text, text],
        Advice = text,
        Duration = TimeSpan.FromSeconds(1.5),
    };
}
