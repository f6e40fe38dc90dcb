using Xunit.Abstractions;

namespace Hermes.Gateway.Integration.Tests.Campaigns;

/// <summary>A test that tries many cases: a sample of them in every run, all of them when HERMES_CAMPAIGN is
/// <c>long</c>.</summary>
internal static class Campaign
{
    /// <summary>All cases are wanted.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("HERMES_CAMPAIGN") == "long";

    /// <summary>How many cases to try.</summary>
    public static int Size(int shortForm, int longForm) => IsLong ? longForm : shortForm;

    /// <summary>Prints what came of it, and keeps it in artifacts/log/campaigns.</summary>
    public static void Report(string name, string figures, ITestOutputHelper output)
    {
        output.WriteLine(figures);
        var folder = Directory.CreateDirectory(Path.Combine(Root(), "artifacts", "log", "campaigns")).FullName;
        File.WriteAllText(Path.Combine(folder, $"{name}.txt"), figures + "\n");
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Hermes.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("not in the repository");
        return folder;
    }
}
