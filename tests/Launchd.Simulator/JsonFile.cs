using System.Text.Json;

namespace Launchd.Simulator;

/// <summary>The small files that tests write.</summary>
internal static class JsonFile
{
    /// <summary>The content; null when there is no file.</summary>
    /// <exception cref="JsonException">The file is not JSON.</exception>
    public static JsonElement? Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(
                UnlockedFile.ReadAllBytes(path),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new JsonException($"{Path.GetFileName(path)} is not JSON: {e.Message}", e);
        }
    }
}
