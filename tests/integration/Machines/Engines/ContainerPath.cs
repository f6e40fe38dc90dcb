namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>A path in a running container, resolved for the copy API of engines: they access the file system of the image from outside,
/// do not see mounts in the container, and differ in how they treat links and folders.</summary>
/// <param name="Path">The path without links; its last part may be missing.</param>
/// <param name="IsFolder">Whether it is an existing folder.</param>
internal sealed record ContainerPath(string Path, bool IsFolder)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private const string Script = """
        real=$(realpath -- "$1") && at=$real
        [ -e "$at" ] || at=$(dirname -- "$real")
        kind=$(stat --file-system --format=%T -- "$at")
        if [ -d "$real" ]; then is=folder; else is=other; fi
        printf '%s\n%s\n%s' "$kind" "$is" "$real"
        """;

    /// <summary>Resolves a path and asserts that engines can copy to and from it.</summary>
    public static async Task<ContainerPath> ResolveAsync(Container container, string path)
    {
        var answer = (await container.ExecAsync(["/bin/sh", "-euc", Script, "sh", path], Timeout)).Succeeded().Split('\n', 3);
        Assert.True(answer[0] != "tmpfs", $"{path} is on a tmpfs: an engine would copy to the file system below it");
        return new ContainerPath(answer[2], answer[1] == "folder");
    }

    /// <summary>Resolves the path of a file with <see cref="ResolveAsync"/>, and asserts that it is not a folder.</summary>
    public static async Task<string> ResolveFileAsync(Container container, string path)
    {
        var found = await ResolveAsync(container, path);
        Assert.False(found.IsFolder, $"{path} is a folder");
        return found.Path;
    }
}
