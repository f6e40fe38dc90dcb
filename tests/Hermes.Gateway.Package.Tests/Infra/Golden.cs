namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>Texts that change only on purpose.</summary>
internal static class Golden
{
    /// <summary>Compares with the file in <c>Golden/</c>; a difference is kept, and the message tells how to accept it.</summary>
    public static void AssertEqual(string name, IEnumerable<string> actual)
    {
        var accepted = Repository.PathOf("tests", "Hermes.Gateway.Package.Tests", "Golden", name);
        var (expected, seen) = (File.Exists(accepted) ? File.ReadAllText(accepted) : "", string.Join('\n', actual) + "\n");
        if (expected == seen) return;

        Directory.CreateDirectory(Evidence.Folder);
        var kept = Path.Combine(Evidence.Folder, name);
        File.WriteAllText(kept, seen);
        var (before, after) = (expected.Split('\n'), seen.Split('\n'));
        Assert.Fail($"""
            {name} has changed.
            gone: {string.Join("\n      ", before.Except(after))}
            new:  {string.Join("\n      ", after.Except(before))}
            If this is meant: cp {kept} {accepted}
            """);
    }
}
