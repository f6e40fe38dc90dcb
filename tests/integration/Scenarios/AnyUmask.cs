using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Campaigns;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>Deploys in processes with different umasks leave files with the owners and modes of the table in
/// docs/architecture.md.</summary>
public partial class AnyUmask
{
    // Rows that these deploys do not leave: the journal entry goes with its operation,
    // and launchd's logs have a test with a launchd.
    private static readonly string[] Elsewhere =
        ["STATE/NAME/under-way.json", "LOGS", "LOGS/LABEL.log", "LOGS/LABEL.error.log", "DEFINITIONS"];

    [Theory]
    [InlineData("000")]
    [InlineData("022")]
    [InlineData("077")]
    public async Task Leaves_every_file_with_the_owner_and_mode_of_the_table(string umask)
    {
        Requires.Systemd();
        Requires.Root();
        await using var service = new TestService();
        var state = Path.Combine(service.Scratch, "made", "state");
        service.Host = service.Host with { StateHome = state, MachineState = Path.Combine(state, "hermes-gateway") };
        service.Input = service.Input with { Arguments = ["first"], Environment = ["A=1"] };
        Directory.CreateDirectory(Path.GetDirectoryName(service.UnitPath)!);
        // Of another hand, so that a copy of it is kept.
        await File.WriteAllTextAsync(service.UnitPath, "[Service]\nExecStart=/bin/true\n", TestContext.Current.CancellationToken);
        foreach (var argument in new[] { "first", "second" })
        {
            var (code, output, error) = Manager.Execute(
                "sh",
                ["-c", $"umask {umask}; exec dotnet \"$@\"", "sh", .. Child.ArgumentsFor(service.Input with { Arguments = [argument] })],
                new Dictionary<string, string?> { [Child.StateVariable] = state });
            Assert.True(code == 0 && Ending.Parse(output.TrimEnd('\n')).Outcome == Outcome.Changed, output + error);
        }

        var root = service.Host.StateFolder(Manager.Scope);
        var paths = Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).Append(root).Append(service.UnitPath)
            .ToDictionary(path => path, path => RowOf(path, root, service));
        var table = Table();
        Assert.All(paths, path => Assert.Equal(
            (path.Key, table[path.Value], Environment.UserName),
            (path.Key, Convert.ToString((int)File.GetUnixFileMode(path.Key), 8).PadLeft(4, '0'), OwnerOf(path.Key))));
        Assert.Equal(table.Keys.Except(Elsewhere).Order(StringComparer.Ordinal), paths.Values.Distinct().Order(StringComparer.Ordinal));
        // The folders above, which were made too.
        Assert.All(
            new[] { state, Path.GetDirectoryName(state)! }, folder => Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(folder)));
    }

    private static string OwnerOf(string path) => Accounts.Find(FileEntry.EntryOf(path)!.Value.Rights.UserId)!.Name;

    private static string RowOf(string path, string root, TestService service)
    {
        if (path == service.UnitPath) return "DEFINITIONS/UNIT";
        var row = path.Replace(root, "STATE", StringComparison.Ordinal);
        if (row.StartsWith("STATE/.locks/", StringComparison.Ordinal)) return row.Replace(service.Unit, "UNIT", StringComparison.Ordinal);
        row = row.Replace(service.Name, "NAME", StringComparison.Ordinal);
        return Copy().Replace(row, "/COPY");
    }

    // | `path` | mode | …
    private static Dictionary<string, string> Table() => File.ReadLines(Path.Combine(Checkout(), "docs", "architecture.md"))
        .Select(line => Row().Match(line)).Where(row => row.Success)
        .ToDictionary(row => row.Groups["path"].Value, row => row.Groups["mode"].Value, StringComparer.Ordinal);

    private static string Checkout()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Hermes.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"^\| `(?<path>[^`]+)` \| (?<mode>0[0-7]{3}) \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"/[0-9T.]+Z-[^/]+$")]
    private static partial Regex Copy();
}
