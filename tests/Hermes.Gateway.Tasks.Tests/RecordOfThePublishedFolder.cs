using Microsoft.Build.Utilities;

namespace Hermes.Gateway.Tasks.Tests;

/// <summary>The file in which the targets record the folder that they published to.</summary>
public sealed class RecordOfThePublishedFolder : IDisposable
{
    private readonly string _project = Directory.CreateTempSubdirectory("published-").FullName;

    public RecordOfThePublishedFolder() => Directory.CreateDirectory(Path.Combine(_project, "obj", "published"));

    public void Dispose() => Directory.Delete(_project, recursive: true);

    [Theory]
    [InlineData("published/\n", "obj/published")]
    [InlineData("../obj/published/\n", "obj/published")]
    [InlineData("../\n", "")]
    public void Relative_path_begins_in_the_folder_of_the_record(string text, string folder) =>
        Assert.Equal(Path.TrimEndingDirectorySeparator(Path.Combine(_project, folder)), Read(text));

    [Fact]
    public void Absolute_path_is_kept() => Assert.Equal(_project, Read($"{_project}/\n"));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("not there/\n")]
    public void Damaged_record_and_missing_folder_count_as_not_published(string text) => Assert.Equal("", Read(text));

    [Fact]
    public void Missing_record_counts_as_not_published() => Assert.Equal("", PublishedOutput.Of(new TaskItem(Record)).Folder);

    private string Record => Path.Combine(_project, "obj", "hermes-gateway.published");

    private string Read(string text)
    {
        File.WriteAllText(Record, text);
        return PublishedOutput.Of(new TaskItem(Record)).Folder;
    }
}
