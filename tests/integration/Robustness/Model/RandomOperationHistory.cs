using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Hermes.Gateway.Integration.Tests.Robustness.Model;

/// <summary>Runs random histories of operations, operator changes and faults on a real systemd or a simulated launchd, and
/// compares each operation with <see cref="ReferenceModel"/>. A failure prints the shrunk history. HERMES_SEED=N repeats all
/// histories, HERMES_STEPS="Deploy Kill …" runs one.</summary>
[Trait("Campaign", "model")]
[Trait("Scope", "user")]
public class RandomOperationHistory(ITestOutputHelper output)
{
    private const int Length = 25;
    private const int MaxShrinks = 30;

    private static readonly Gen<HistoryStep> AnyStep =
        from action in Gen.Frequency(
            Weighted(6, HistoryAction.Deploy), Weighted(3, HistoryAction.Start, HistoryAction.Restart, HistoryAction.Stop, HistoryAction.Install, HistoryAction.Status),
            Weighted(1, HistoryAction.Verify, HistoryAction.Plan, HistoryAction.Uninstall),
            Weighted(3, HistoryAction.ChooseFirstDefinition, HistoryAction.ChooseSecondDefinition),
            Weighted(1, HistoryAction.ChooseBrokenDefinition, HistoryAction.Rebuild, HistoryAction.MoveProject),
            Weighted(
                4, HistoryAction.EditByHand, HistoryAction.DeleteFile, HistoryAction.Disable, HistoryAction.StopByHand, HistoryAction.Kill,
                HistoryAction.ReloadManager, HistoryAction.AddDropIn, HistoryAction.RemoveDropIn),
            Weighted(1, HistoryAction.Mask, HistoryAction.Unmask), Weighted(2, HistoryAction.CommandFails, HistoryAction.CommandFalselyFails))
        from number in Gen.Choose(0, 6)
        select new HistoryStep(action, number);

    [Fact]
    public void Each_verb_ends_as_the_reference_model_predicts()
    {
        var histories = ServiceUnderTest.IsOnLaunchd ? Campaign.Size(3, 130) : Campaign.Size(6, 350);
        Run(ServiceUnderTest.IsOnLaunchd ? "model-launchd" : "model-systemd", histories);
    }

    private static (int Weight, Gen<HistoryAction> Gen) Weighted(int weight, params HistoryAction[] actions) => (weight, Gen.Elements(actions));

    private void Run(string name, int histories)
    {
        var seed = (ulong)Campaign.Seed(output);
        var (start, steps, slowest, failed, shrinks) = (Stopwatch.GetTimestamp(), 0, TimeSpan.Zero, false, 0);

        if (Environment.GetEnvironmentVariable("HERMES_STEPS") is { Length: > 0 } given)
            RunHistory([.. given.Split(' ').Select(HistoryStep.Parse)]);
        else
            Check.One(
                Config.QuickThrowOnFailure.WithMaxTest(histories).WithStartSize(Length).WithEndSize(Length)
                    .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed), FSharpOption<int>.None))),
                Prop.ForAll(Arb.From(AnyStep.ArrayOf(Length), Shrink), RunHistory));
        var took = Stopwatch.GetElapsedTime(start);
        Campaign.Report(
            name, $"{steps} steps in {histories} histories, all as predicted, seed {seed}, slowest verb {slowest.TotalSeconds:0.0} s, {took.TotalSeconds:0} s", output);

        void RunHistory(HistoryStep[] history)
        {
            // Shrinking runs histories on a real machine, so their number is limited.
            if (failed && ++shrinks > MaxShrinks) return;
            try
            {
                RunHistoryAsync(history).GetAwaiter().GetResult();
            }
            catch
            {
                failed = true;
                throw;
            }
        }

        async Task RunHistoryAsync(HistoryStep[] history)
        {
            await using var service = ObservedService.New(isFast: true);
            var run = new HistoryRun(service);
            await run.RunHistoryAsync(history);
            steps += run.StepCount;
            if (run.Slowest > slowest) slowest = run.Slowest;
        }
    }

    // Removes halves first and single steps last.
    private static IEnumerable<HistoryStep[]> Shrink(HistoryStep[] history)
    {
        for (var size = history.Length / 2; size >= 1; size /= 2)
            for (var i = 0; i + size <= history.Length; i += size)
                yield return [.. history[..i], .. history[(i + size)..]];
    }
}
