using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

public sealed class RealPathTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Links_are_followed_wherever_they_stand()
    {
        Directory.CreateDirectory(_scratch.At("a/b"));
        Directory.CreateSymbolicLink(_scratch.At("absolute"), _scratch.At("a"));
        Directory.CreateSymbolicLink(_scratch.At("a/relative"), "../absolute/b");

        Assert.Equal(_scratch.At("a/b/new"), RealPath.Of(_scratch.At("absolute/relative/./x/../new")));
    }

    [Fact]
    public void A_circle_ends()
    {
        Directory.CreateSymbolicLink(_scratch.At("one"), _scratch.At("two"));
        Directory.CreateSymbolicLink(_scratch.At("two"), _scratch.At("one"));

        Assert.StartsWith(_scratch.At(""), RealPath.Of(_scratch.At("one")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("//nowhere//x/", "/nowhere/x")]
    [InlineData("/../nowhere", "/nowhere")]
    public void What_does_not_exist_is_only_tidied(string path, string expected) => Assert.Equal(expected, RealPath.Of(path));

    [Theory]
    [InlineData("/tmp", "/tmp", true)]
    [InlineData("/tmp/x", "/tmp", true)]
    [InlineData("/tmpx", "/tmp", false)]
    [InlineData("/x", "/", true)]
    public void Inside_goes_by_whole_names(string path, string folder, bool inside) =>
        Assert.Equal(inside, RealPath.IsInside(path, folder));
}
