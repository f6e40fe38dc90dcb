namespace Hermes.Gateway.Core.Host;

/// <summary>Handles the errors of the file system where a file that is missing or cannot be accessed has a harmless substitute.</summary>
internal static class FileErrors
{
    /// <summary>Runs an action; ignores its <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public static void Ignore(Action action) => Ignore(fallback: true, () =>
    {
        action();
        return true;
    });

    /// <summary>Returns the result of a function; <paramref name="fallback"/> when an <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> ends it.</summary>
    public static T Ignore<T>(T fallback, Func<T> function)
    {
        try
        {
            return function();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return fallback;
        }
    }
}
