using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>Random histories of verbs, operators and faults, on the real systemd and the simulated launchd, against a small
/// reference. A failure prints the whole history, shrunk; HERMES_SEED=N lives all of them again, HERMES_STEPS="Deploy Kill
/// …" one.</summary>
[Trait("Campaign", "model")]
public class ModelCampaign(ITestOutputHelper output)
{
    private const int Length = 25;
    private const int MostShrinks = 30;

    private static readonly Gen<Step> AnyStep =
        from act in Gen.Frequency(
            Often(6, Act.Deploy), Often(3, Act.Start, Act.Restart, Act.Stop, Act.Install, Act.Status), Often(1, Act.Verify, Act.Plan, Act.Uninstall),
            Often(3, Act.WantFirst, Act.WantSecond), Often(1, Act.WantBroken, Act.Rebuild, Act.MoveProject),
            Often(4, Act.EditByHand, Act.DeleteFile, Act.Disable, Act.StopByHand, Act.Kill, Act.ReloadManager, Act.AddDropIn, Act.RemoveDropIn),
            Often(1, Act.Mask, Act.Unmask), Often(2, Act.CommandFails, Act.CommandLies))
        from number in Gen.Choose(0, 6)
        select new Step(act, number);

    [Fact]
    [Trait("Scope", "user")]
    public void Every_verb_ends_as_the_model_says_on_systemd()
    {
        Requires.Systemd();
        Live("model-systemd", Campaign.Size(6, 350), () => new SystemdSubject());
    }

    [Fact]
    [Trait("Scope", "user")]
    public void Every_verb_ends_as_the_model_says_on_launchd() => Live("model-launchd", Campaign.Size(3, 130), () => new LaunchdSubject());

    private static (int Weight, Gen<Act> Gen) Often(int weight, params Act[] acts) => (weight, Gen.Elements(acts));

    private void Live(string name, int histories, Func<Subject> newSubject)
    {
        var seed = (ulong)Campaign.Seed(output);
        var (start, steps, slowest, failed, shrinks) = (Stopwatch.GetTimestamp(), 0, TimeSpan.Zero, false, 0);

        if (Environment.GetEnvironmentVariable("HERMES_STEPS") is { Length: > 0 } told)
            LiveOne([.. told.Split(' ').Select(Step.Parse)]);
        else
            Check.One(
                Config.QuickThrowOnFailure.WithMaxTest(histories).WithStartSize(Length).WithEndSize(Length)
                    .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed), FSharpOption<int>.None))),
                Prop.ForAll(Arb.From(AnyStep.ArrayOf(Length), Shrunk), LiveOne));
        var took = Stopwatch.GetElapsedTime(start);
        Campaign.Report(
            name, $"{steps} steps in {histories} histories, all truthful, seed {seed}, slowest verb {slowest.TotalSeconds:0.0} s, {took.TotalSeconds:0} s", output);

        void LiveOne(Step[] history)
        {
            // A real machine is not shrunk on for ever.
            if (failed && ++shrinks > MostShrinks) return;
            try
            {
                LiveAsync(history).GetAwaiter().GetResult();
            }
            catch
            {
                failed = true;
                throw;
            }
        }

        async Task LiveAsync(Step[] history)
        {
            await using var subject = newSubject();
            var run = new ModelRun(subject);
            await run.LiveAsync(history);
            steps += run.Taken;
            if (run.Slowest > slowest) slowest = run.Slowest;
        }
    }

    // Halves first, then single steps.
    private static IEnumerable<Step[]> Shrunk(Step[] history)
    {
        for (var size = history.Length / 2; size >= 1; size /= 2)
            for (var i = 0; i + size <= history.Length; i += size)
                yield return [.. history[..i], .. history[(i + size)..]];
    }
}
