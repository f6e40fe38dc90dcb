using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

public sealed class PathResolution : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Follows_absolute_and_relative_links()
    {
        Directory.CreateDirectory(_scratch.At("a/b"));
        Directory.CreateSymbolicLink(_scratch.At("absolute"), _scratch.At("a"));
        Directory.CreateSymbolicLink(_scratch.At("a/relative"), "../absolute/b");

        Assert.Equal(_scratch.At("a/b/new"), RealPath.Of(_scratch.At("absolute/relative/./x/../new")));
    }

    [Fact]
    public void Ends_for_circular_links()
    {
        Directory.CreateSymbolicLink(_scratch.At("one"), _scratch.At("two"));
        Directory.CreateSymbolicLink(_scratch.At("two"), _scratch.At("one"));

        Assert.StartsWith(_scratch.At(""), RealPath.Of(_scratch.At("one")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("//nowhere//x/", "/nowhere/x")]
    [InlineData("/../nowhere", "/nowhere")]
    public void Normalizes_a_missing_path(string path, string expected) => Assert.Equal(expected, RealPath.Of(path));

    [Theory]
    [InlineData("/tmp", "/tmp", true)]
    [InlineData("/tmp/x", "/tmp", true)]
    [InlineData("/tmpx", "/tmp", false)]
    [InlineData("/x", "/", true)]
    public void Path_is_inside_a_folder_only_by_whole_folder_names(string path, string folder, bool inside) =>
        Assert.Equal(inside, RealPath.IsInside(path, folder));
}
