using System.Globalization;

namespace Hermes.Gateway.Integration.Tests.Robustness;

/// <summary>Size, seed and report of a campaign. Each campaign has a short form for every test run, and a long form with
/// HERMES_CAMPAIGN=long.</summary>
internal static class Campaign
{
    private const int ShortSeed = 1;

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("HERMES_CAMPAIGN") == "long";

    public static int Size(int shortForm, int longForm) => IsLong ? longForm : shortForm;

    /// <summary>Returns HERMES_SEED if it is set. Otherwise a long form has a random seed, to find new failures, and the short form a
    /// fixed one, so that every test run is the same.</summary>
    public static int Seed(ITestOutputHelper output)
    {
        var seed = Environment.GetEnvironmentVariable("HERMES_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : IsLong ? Random.Shared.Next() : ShortSeed;
        output.WriteLine($"HERMES_SEED={seed}");
        return seed;
    }

    /// <summary>Writes figures to the output of the test and to <c>artifacts/log/campaigns/NAME.txt</c>.</summary>
    public static void Report(string name, string figures, ITestOutputHelper output)
    {
        output.WriteLine($"{name}: {figures}");
        var folder = Directory.CreateDirectory(Repository.PathOf("artifacts", "log", "campaigns")).FullName;
        File.WriteAllText(Path.Combine(folder, name + ".txt"), $"{name}: {figures}\n");
    }
}
