using System.ComponentModel;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Describes why a command cannot be, or was not, started.</summary>
internal static class StartFailure
{
    /// <summary>Describes a defect of a request with which the BCL would run something else; null without defect.</summary>
    public static string? Predict(CommandRequest request)
    {
        // The BCL looks a relative path up beside the running program, then in the current folder, which other threads can change.
        if (!Path.IsPathFullyQualified(request.Program))
            return $"The program '{request.Program}' is not an absolute path.";
        if (!Path.IsPathFullyQualified(request.WorkingDirectory))
            return $"The working directory '{request.WorkingDirectory}' is not an absolute path.";

        // The system ends every text at its first NUL, so the command would get a shorter one.
        IEnumerable<string?> texts = [request.Program, request.WorkingDirectory, .. request.Arguments,
            .. request.Environment.Keys, .. request.Environment.Values];
        if (texts.Any(text => text?.Contains('\0', StringComparison.Ordinal) == true))
            return "The program, an argument, the working directory or the environment contains a NUL character.";

        var badName = request.Environment.Keys.FirstOrDefault(name => name.Length == 0 || name.Contains('='));
        return badName is null ? null : $"'{badName}' cannot be the name of an environment variable.";
    }

    /// <summary>Adds to the exception's message which of the paths is missing.</summary>
    public static string Explain(CommandRequest request, Win32Exception exception)
    {
        if (!Directory.Exists(request.WorkingDirectory))
            return $"There is no folder '{request.WorkingDirectory}' to work in. {exception.Message}";
        if (!Path.Exists(request.Program))
            return $"There is no program '{request.Program}'. {exception.Message}";
        return exception.Message;
    }
}
