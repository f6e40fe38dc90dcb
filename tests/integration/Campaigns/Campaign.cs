using System.Globalization;

namespace Hermes.Gateway.Integration.Tests.Campaigns;

/// <summary>What all campaigns share: each has a short form, for every run, and a long one (HERMES_CAMPAIGN=long), and
/// says what it came to.</summary>
internal static class Campaign
{
    private const int ShortSeed = 1;

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("HERMES_CAMPAIGN") == "long";

    public static int Size(int shortForm, int longForm) => IsLong ? longForm : shortForm;

    /// <summary>HERMES_SEED, or another one each time in a long form, where news is looked for, and always the same in a
    /// short one, where what is known is kept.</summary>
    public static int Seed(ITestOutputHelper output)
    {
        var seed = Environment.GetEnvironmentVariable("HERMES_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : IsLong ? Random.Shared.Next() : ShortSeed;
        output.WriteLine($"HERMES_SEED={seed}");
        return seed;
    }

    /// <summary>Tells the figures, and keeps them in <c>artifacts/log/campaigns/NAME.txt</c>.</summary>
    public static void Report(string name, string figures, ITestOutputHelper output)
    {
        output.WriteLine($"{name}: {figures}");
        var folder = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "log", "campaigns")).FullName;
        File.WriteAllText(Path.Combine(folder, name + ".txt"), $"{name}: {figures}\n");
    }

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Hermes.sln")))
                folder = folder.Parent ?? throw new InvalidOperationException("These tests run from within the repository.");
            return folder.FullName;
        }
    }
}
