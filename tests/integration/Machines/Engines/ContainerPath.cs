namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>A path in a running container as an engine must be told it: engines work on the image's file system from
/// outside. They do not see what is mounted over it, and each treats links and folders at the end in its own way.</summary>
/// <param name="Path">The path without links; its last part need not be there.</param>
/// <param name="IsFolder">Whether a folder is there.</param>
internal sealed record ContainerPath(string Path, bool IsFolder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const string Script = """
        real=$(realpath -- "$1") && at=$real
        [ -e "$at" ] || at=$(dirname -- "$real")
        kind=$(stat --file-system --format=%T -- "$at")
        if [ -d "$real" ]; then is=folder; else is=other; fi
        printf '%s\n%s\n%s' "$kind" "$is" "$real"
        """;

    /// <summary>Looks a path up; asserts that engines can copy to and from it.</summary>
    public static async Task<ContainerPath> ResolveAsync(Container container, string path)
    {
        var answer = (await container.ExecAsync(["/bin/sh", "-euc", Script, "sh", path], Patience)).Succeeded().Split('\n', 3);
        Assert.True(answer[0] != "tmpfs", $"{path} is on a tmpfs: an engine would copy below it, where nobody sees it");
        return new ContainerPath(answer[2], answer[1] == "folder");
    }

    /// <summary>As <see cref="ResolveAsync"/>, for a file: asserts that no folder is there.</summary>
    public static async Task<string> ResolveFileAsync(Container container, string path)
    {
        var found = await ResolveAsync(container, path);
        Assert.False(found.IsFolder, $"{path} is a folder");
        return found.Path;
    }
}
