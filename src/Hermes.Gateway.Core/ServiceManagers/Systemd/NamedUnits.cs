using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Unit files that stand in the way of ours, each by its name: a mask, a stronger one, a link, one of another
/// folder or of the other scope.</summary>
internal sealed class NamedUnits(SystemctlClient systemctl, HostContext host)
{
    private const string Nothing = "/dev/null";

    private readonly SameName _sameName = new(host, host.HomeOf);

    /// <summary>Everything that is in the way.</summary>
    /// <param name="desired">What is wanted.</param>
    /// <param name="path">Where its unit file is, or belongs.</param>
    /// <param name="installed">What stands there.</param>
    /// <param name="shown">The block of its unit.</param>
    /// <param name="unitPath">Folders in which the manager looks for units, the strongest first; empty when not asked.</param>
    public IEnumerable<Finding> Find(
        DesiredService desired, string path, InstalledFacts installed, ImmutableDictionary<string, string> shown,
        ImmutableArray<string> unitPath)
    {
        var unit = desired.Definition.UnitName;
        var fragment = shown.GetValueOrDefault("FragmentPath", "");
        if (IsMasked(shown, path, installed))
            yield return Mask(unit, path, installed, shown, unitPath);
        else if (FindStronger(fragment, path, unitPath) is { } stronger)
            yield return DiagnosticCatalog.Shadowed.Error(
                $"the manager reads {stronger}{LinkOf(stronger)}, which takes precedence over {path}.",
                systemctl.Show("cat", unit));
        else if (installed.Kind == InstalledKind.Linked)
            yield return Link(unit, path);
        else if (fragment.Length > 0 && fragment != path && installed.Kind == InstalledKind.Missing)
            yield return DiagnosticCatalog.OwnedByOther.Error(
                $"a unit of this name is already installed in {fragment}; a definition in {path} would hide it.",
                "choose another HermesGatewayName");

        if (_sameName.Find(unit, desired.Definition.Scope) is { } other) yield return other;
    }

    private static bool IsMasked(
        ImmutableDictionary<string, string> shown, string path, InstalledFacts installed) =>
        shown.GetValueOrDefault("LoadState") == "masked"
        || shown.GetValueOrDefault("UnitFileState") is "masked" or "masked-runtime"
        // The manager may not have been told yet.
        || (installed.Kind == InstalledKind.Linked && RealPath.Of(path) == Nothing);

    private Finding Mask(
        string unit, string path, InstalledFacts installed, ImmutableDictionary<string, string> shown,
        ImmutableArray<string> unitPath)
    {
        // Up to version 247 the manager tells what the link leads to instead of the link.
        var fragment = shown.GetValueOrDefault("FragmentPath", "");
        var mask = fragment.Length > 0 && fragment != Nothing && SameName.IsMask(fragment)
            ? fragment
            : unitPath.Select(folder => Path.Combine(folder, unit)).FirstOrDefault(SameName.IsMask, path);
        var kind = RealPath.Of(mask) == Nothing ? $"a link to {Nothing}" : "an empty file";
        var hides = mask != path && installed.Kind != InstalledKind.Missing ? $", which takes precedence over {path}" : "";
        return DiagnosticCatalog.Masked.Error(
            $"{unit} is masked by {mask} ({kind}){hides}: the operator forbade to start it.", Unmask(unit, path, mask, shown));
    }

    // Unmasking removes masks from two folders only: the one for units of the machine (or user), and that of this boot.
    private string Unmask(string unit, string path, string mask, ImmutableDictionary<string, string> shown)
    {
        var (own, folder) = (Path.GetDirectoryName(path)!, Path.GetDirectoryName(mask)!);
        if (folder == own) return systemctl.Show("unmask", unit);
        return shown.GetValueOrDefault("UnitFileState") == "masked-runtime"
            && Path.GetFileName(folder) == Path.GetFileName(own) && !host.UserUnitFolders.Contains(folder)
                ? systemctl.Show("unmask", "--runtime", unit)
                : $"ls -l {ShellText.Quote([mask])}";
    }

    private static string? FindStronger(string fragment, string path, ImmutableArray<string> unitPath)
    {
        if (fragment.Length == 0 || fragment == path) return null;
        var stronger = unitPath.TakeWhile(folder => folder != Path.GetDirectoryName(path)).ToList();
        if (stronger.Contains(Path.GetDirectoryName(fragment)!)) return fragment;
        // Up to version 247 the manager tells what a link leads to.
        return unitPath.Contains(Path.GetDirectoryName(fragment)!)
            ? null
            : stronger.Select(folder => Path.Combine(folder, Path.GetFileName(path))).FirstOrDefault(File.Exists);
    }

    private Finding Link(string unit, string path)
    {
        var target = TargetOf(path);
        // A link that leads nowhere is all that is removed by "disable" then (measured on 247, 252 and 257).
        return target is not null && PathProblem.IsMissing(RealPath.Of(path))
            ? DiagnosticCatalog.DefinitionIsLink.Error(
                $"{path} is a link to {target}, which is gone: it was moved or removed after the unit had been linked. "
                + "The link is not overwritten.",
                systemctl.Show("disable", unit))
            : DiagnosticCatalog.DefinitionIsLink.Error(
                $"{path} is a link to {target}; it is managed by something else and is left alone.",
                systemctl.Show("cat", unit));
    }

    private static string LinkOf(string file) => TargetOf(file) is { } target ? $" (a link to {target})" : "";

    private static string? TargetOf(string file) =>
        RealPath.LinkTarget(file) is { } target ? Path.GetFullPath(target, Path.GetDirectoryName(file)!) : null;
}
