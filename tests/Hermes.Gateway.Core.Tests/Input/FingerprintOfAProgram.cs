using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Input;

public sealed class FingerprintOfAProgram : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Missing_program_has_an_empty_fingerprint() =>
        Assert.Equal("", ProgramFingerprint.Of(_scratch.At("nothing"), null));

    [Fact]
    public void Fingerprint_has_sixteen_hexadecimal_digits() =>
        Assert.Matches("^[0-9a-f]{16}$", ProgramFingerprint.Of(Build("a"), null));

    [Fact]
    public void Changed_content_changes_the_fingerprint_and_a_changed_time_does_not()
    {
        var program = Build("a");
        var before = ProgramFingerprint.Of(program, null);

        File.SetLastWriteTimeUtc(program, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(before, ProgramFingerprint.Of(program, null));

        File.AppendAllText(program, "x");
        Assert.NotEqual(before, ProgramFingerprint.Of(program, null));
    }

    [Fact]
    public void Moved_folder_keeps_the_fingerprint()
    {
        var (old, moved) = (Build("a"), Build("b/c"));
        Assert.Equal(
            ProgramFingerprint.Of(old, ListOf(old, "lib.dll")), ProgramFingerprint.Of(moved, ListOf(moved, "lib.dll")));
    }

    [Theory]
    [InlineData("gateway.dll")]
    [InlineData("gateway.deps.json")]
    [InlineData("gateway.runtimeconfig.json")]
    public void Build_output_beside_the_program_changes_the_fingerprint_without_a_file_list(string companion)
    {
        var program = Build("a");
        var before = ProgramFingerprint.Of(program, null);

        File.WriteAllText(Beside(program, companion), "x");

        Assert.NotEqual(before, ProgramFingerprint.Of(program, null));
    }

    [Theory]
    [InlineData("lib.dll", true)]
    [InlineData("appsettings.json", true)]
    [InlineData("gateway.pdb", false)]
    public void Listed_file_changes_the_fingerprint_unless_it_holds_debug_symbols(string name, bool counts)
    {
        var program = Build("a");
        File.WriteAllText(Beside(program, name), "1");
        var list = ListOf(program, name);
        var before = ProgramFingerprint.Of(program, list);

        File.WriteAllText(Beside(program, name), "2");

        Assert.Equal(counts, before != ProgramFingerprint.Of(program, list));
    }

    [Fact]
    public void Unlisted_file_does_not_change_the_fingerprint()
    {
        var program = Build("a");
        var before = ProgramFingerprint.Of(program, ListOf(program, "lib.dll"));
        File.WriteAllText(Beside(program, "gateway.log"), "noise");
        Assert.Equal(before, ProgramFingerprint.Of(program, ListOf(program, "lib.dll")));
    }

    [Fact]
    public void Renamed_file_changes_the_fingerprint()
    {
        var (one, other) = (Build("a"), Build("b"));
        File.WriteAllText(Beside(one, "x.dll"), "1");
        File.WriteAllText(Beside(other, "y.dll"), "1");
        Assert.NotEqual(
            ProgramFingerprint.Of(one, ListOf(one, "x.dll")), ProgramFingerprint.Of(other, ListOf(other, "y.dll")));
    }

    [Fact]
    public void Missing_file_list_gives_the_same_fingerprint_as_no_list()
    {
        var program = Build("a");
        Assert.Equal(ProgramFingerprint.Of(program, null), ProgramFingerprint.Of(program, _scratch.At("no.txt")));
    }

    private string Build(string folder)
    {
        Directory.CreateDirectory(_scratch.At(folder));
        var program = Path.Combine(_scratch.At(folder), "gateway");
        File.WriteAllText(program, "ELF");
        File.WriteAllText(Beside(program, "lib.dll"), "lib");
        return program;
    }

    private static string ListOf(string program, string name)
    {
        var list = Path.Combine(Path.GetDirectoryName(program)!, "list.txt");
        File.WriteAllLines(list, [program, Beside(program, name), "/elsewhere/not-there.dll"]);
        return list;
    }

    private static string Beside(string program, string name) => Path.Combine(Path.GetDirectoryName(program)!, name);
}
