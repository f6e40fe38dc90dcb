using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Robustness;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Deploys in processes with different umasks. The expected owners and modes are read from the table in
/// docs/architecture.md.</summary>
public partial class DeployUnderAnyUmask
{
    // Rows of the table without a file after these deploys: the journal entry is deleted at the end of its operation, and logs
    // of launchd are tested in Launchd/InSystemScope.
    private static readonly string[] RowsWithoutAFile =
        ["STATE/NAME/under-way.json", "LOGS", "LOGS/LABEL.log", "LOGS/LABEL.error.log", "DEFINITIONS"];

    [Theory]
    [InlineData("000")]
    [InlineData("022")]
    [InlineData("077")]
    public async Task Creates_each_file_with_the_documented_owner_and_mode(string umask)
    {
        Requires.Systemd();
        Requires.Root();
        await using var service = new SystemdService();
        var state = Path.Combine(service.Scratch, "made", "state");
        service.Host = service.Host with { StateHome = state, MachineState = Path.Combine(state, "hermes-gateway") };
        service.Input = service.Input with
        {
            Arguments = ["first"], Environment = ["A=1"], Program = Path.GetFileName(service.ProgramPath), PublishedFolder = service.Project,
            ReleaseRoot = Path.Combine(service.Scratch, "releases"),
        };
        Directory.CreateDirectory(Path.GetDirectoryName(service.UnitPath)!);
        // A handwritten unit, so that the deploy adopts it and keeps a backup.
        await File.WriteAllTextAsync(service.UnitPath, "[Service]\nExecStart=/bin/true\n", TestContext.Current.CancellationToken);
        foreach (var argument in new[] { "first", "second" })
        {
            var (code, output, error) = Manager.Execute(
                "sh",
                ["-c", $"umask {umask}; exec dotnet \"$@\"", "sh", .. DeployProcess.ArgumentsFor(service.Input with { Arguments = [argument] })],
                new Dictionary<string, string?> { [DeployProcess.StateVariable] = state });
            Assert.True(code == 0 && DeployResult.Parse(output.TrimEnd('\n')).Outcome == Outcome.Changed, output + error);
        }

        var root = service.Host.StateFolder(Manager.Scope);
        var paths = Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).Append(root).Append(service.UnitPath)
            .ToDictionary(path => path, path => RowOf(path, root, service));
        var table = Table();
        Assert.All(paths, path => Assert.Equal(
            (path.Key, table[path.Value], Environment.UserName),
            (path.Key, Convert.ToString((int)File.GetUnixFileMode(path.Key), 8).PadLeft(4, '0'), OwnerOf(path.Key))));
        Assert.Equal(table.Keys.Except(RowsWithoutAFile).Order(StringComparer.Ordinal), paths.Values.Distinct().Order(StringComparer.Ordinal));
        // The parent folders, which the deploy created too.
        Assert.All(
            new[] { state, Path.GetDirectoryName(state)! }, folder => Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(folder)));
    }

    private static string OwnerOf(string path) => Accounts.Find(FileEntry.EntryOf(path)!.Value.Rights.UserId)!.Name;

    private static string RowOf(string path, string root, SystemdService service)
    {
        if (path == service.UnitPath) return "DEFINITIONS/UNIT";
        var row = path.Replace(root, "STATE", StringComparison.Ordinal);
        if (row.StartsWith("STATE/.locks/", StringComparison.Ordinal)) return row.Replace(service.Unit, "UNIT", StringComparison.Ordinal);
        row = row.Replace(service.Name, "NAME", StringComparison.Ordinal);
        return Record().Replace(Copy().Replace(row, "/COPY"), "/REVISION.json");
    }

    // A row of the table: | `path` | mode | …
    private static Dictionary<string, string> Table() => File.ReadLines(Repository.PathOf("docs", "architecture.md"))
        .Select(line => Row().Match(line)).Where(row => row.Success)
        .ToDictionary(row => row.Groups["path"].Value, row => row.Groups["mode"].Value, StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `(?<path>[^`]+)` \| (?<mode>0[0-7]{3}) \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"/[0-9a-f]{16}\.json$")]
    private static partial Regex Record();

    [GeneratedRegex(@"/[0-9T.]+Z-[^/]+$")]
    private static partial Regex Copy();
}
