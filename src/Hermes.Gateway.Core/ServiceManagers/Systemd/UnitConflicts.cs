using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Finds unit files of the same name that keep the manager from reading ours: a mask, a file in a folder of higher
/// precedence, a link in the place of ours, a unit of another owner, and units of the other scope.</summary>
internal sealed class UnitConflicts(SystemctlClient systemctl, HostContext host)
{
    private const string MaskTarget = "/dev/null";

    private readonly OtherScopeUnits _otherScope = new(host, host.HomeOf);

    /// <summary>Finds the conflicts of a unit file that belongs at <paramref name="path"/>. <paramref name="unitPath"/> are the
    /// manager's unit folders, highest precedence first; empty when they were not requested.</summary>
    public IEnumerable<Finding> Find(
        DesiredService desired, string path, InstalledFacts installed, UnitProperties shown, ImmutableArray<string> unitPath)
    {
        var unit = desired.Definition.UnitName;
        var fragment = shown["FragmentPath"];
        if (IsMasked(shown, path, installed))
            yield return MakeMasked(unit, path, installed, shown, unitPath);
        else if (FindShadow(fragment, path, unitPath) is { } shadow)
            yield return DiagnosticCatalog.Shadowed.Error(
                $"the manager reads {shadow}{(TargetOf(shadow) is { } target ? $" (a link to {target})" : "")}, "
                + $"which takes precedence over {path}.",
                systemctl.CommandText("cat", unit));
        else if (installed.Kind == InstalledKind.Linked)
            yield return MakeLinked(unit, path);
        else if (fragment.Length > 0 && fragment != path && installed.Kind == InstalledKind.Missing)
            yield return DiagnosticCatalog.OwnedByOther.Error(
                $"a unit of this name is already installed in {fragment}; a definition in {path} would hide it.",
                "choose another HermesGatewayName");

        if (_otherScope.Find(unit, desired.Definition.Scope) is { } other) yield return other;
    }

    /// <summary>Whether a file is a mask, which forbids to start a unit instead of defining it.</summary>
    public static bool IsMask(string file) =>
        RealPath.LinkTarget(file) is null ? new FileInfo(file) is { Exists: true, Length: 0 } : RealPath.Of(file) == MaskTarget;

    private static bool IsMasked(UnitProperties shown, string path, InstalledFacts installed) =>
        shown["LoadState"] == "masked" || shown.IsMasked
        // A mask that was made after the manager's last reload.
        || (installed.Kind == InstalledKind.Linked && RealPath.Of(path) == MaskTarget);

    private Finding MakeMasked(
        string unit, string path, InstalledFacts installed, UnitProperties shown, ImmutableArray<string> unitPath)
    {
        // Up to version 247 FragmentPath is the target of the link, not the link.
        var fragment = shown["FragmentPath"];
        var mask = fragment.Length > 0 && fragment != MaskTarget && IsMask(fragment)
            ? fragment
            : unitPath.Select(folder => Path.Combine(folder, unit)).FirstOrDefault(IsMask, path);
        var kind = RealPath.Of(mask) == MaskTarget ? $"a link to {MaskTarget}" : "an empty file";
        var hides = mask != path && installed.Kind != InstalledKind.Missing ? $", which takes precedence over {path}" : "";
        return DiagnosticCatalog.Masked.Error(
            $"{unit} is masked by {mask} ({kind}){hides}: the operator forbade to start it.", UnmaskAdvice(unit, path, mask, shown));
    }

    // "systemctl unmask" removes masks from two folders only: that of the scope's own units, with --runtime that of this boot.
    private string UnmaskAdvice(string unit, string path, string mask, UnitProperties shown)
    {
        var (own, folder) = (Path.GetDirectoryName(path)!, Path.GetDirectoryName(mask)!);
        if (folder == own) return systemctl.CommandText("unmask", unit);
        return shown["UnitFileState"] == "masked-runtime"
            && Path.GetFileName(folder) == Path.GetFileName(own) && !host.Systemd.UserUnitFolders.Contains(folder)
                ? systemctl.CommandText("unmask", "--runtime", unit)
                : $"ls -l {ShellText.Quote([mask])}";
    }

    private static string? FindShadow(string fragment, string path, ImmutableArray<string> unitPath)
    {
        if (fragment.Length == 0 || fragment == path) return null;
        var higher = unitPath.TakeWhile(folder => folder != Path.GetDirectoryName(path)).ToList();
        if (higher.Contains(Path.GetDirectoryName(fragment)!)) return fragment;
        // Up to version 247 FragmentPath is the target of a link, which can be in any folder.
        return unitPath.Contains(Path.GetDirectoryName(fragment)!)
            ? null
            : higher.Select(folder => Path.Combine(folder, Path.GetFileName(path))).FirstOrDefault(File.Exists);
    }

    private Finding MakeLinked(string unit, string path)
    {
        var target = TargetOf(path);
        // "systemctl disable" removes a link whose target is gone, and nothing else (measured on 247, 252 and 257).
        var isGone = target is not null && PathCheck.IsMissing(RealPath.Of(path));
        return DiagnosticCatalog.DefinitionIsLink.Error(
            $"{path} is a link to {target}" + (isGone
                ? ", which is gone: it was moved or removed after the unit had been linked. The link is not overwritten."
                : "; it is managed by something else and is left alone."),
            systemctl.CommandText(isGone ? "disable" : "cat", unit));
    }

    private static string? TargetOf(string file) =>
        RealPath.LinkTarget(file) is { } target ? Path.GetFullPath(target, Path.GetDirectoryName(file)!) : null;
}
