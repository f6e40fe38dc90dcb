using Xunit.Abstractions;

namespace Hermes.Gateway.Integration.Tests.Campaigns;

/// <summary>What all campaigns share: each has a short form, for every run, and a long one (HERMES_CAMPAIGN=long), and
/// says what it came to.</summary>
internal static class Campaign
{
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("HERMES_CAMPAIGN") == "long";

    public static int Size(int shortForm, int longForm) => IsLong ? longForm : shortForm;

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
