using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations;

/// <summary>The findings about rights of the folders and files that decide what a service runs.</summary>
internal static class StateFindings
{
    /// <summary>The error for a path that another account could change.</summary>
    public static Finding NotTrusted(DesiredService desired, UntrustedPathException refusal) => DiagnosticCatalog.PathNotTrusted.Error(
        $"{refusal.Message}. Another account could change what {desired.Definition.Name} runs. Nothing was changed.", refusal.Repair);

    /// <summary>Runs a change of files; returns the error that ended it, null when there was none.</summary>
    public static Finding? OfFailure(DesiredService desired, Action change, Func<Exception, Finding> describe)
    {
        try
        {
            change();
            return null;
        }
        catch (UntrustedPathException e)
        {
            return NotTrusted(desired, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return describe(e);
        }
    }

    /// <summary>A finding for each folder whose rights were repaired since the last call.</summary>
    public static IEnumerable<Finding> TakeRepairs(ServiceStore store) => store.TakeRepairs().Select(repair => repair.WasWritable
        ? DiagnosticCatalog.RightsTakenBack.Warning(
            $"other accounts could write to {repair}, as an earlier version left it under an umask such as 000. Check its content; "
            + "files of other accounts in it are ignored.",
            $"ls -la {ShellText.Quote([repair.Path])}")
        : DiagnosticCatalog.RightsTakenBack.Info($"other accounts could read {repair}."));
}
