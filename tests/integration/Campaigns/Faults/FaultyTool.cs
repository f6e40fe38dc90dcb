using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>A folder with the names of a manager's tools in it: scripts that call the real ones, count the calls, and
/// let one of them go wrong.</summary>
internal sealed class FaultyTool
{
    // A call is named by tool, verb and domain, and by how many of that name came before it: launchctl is called for
    // several domains at once. mkdir either makes a folder or fails, which counts without a race.
    private const string Script = """
        #!/bin/sh
        s='@scratch'
        case ${0##*/} in
        systemctl) real='@systemctl' name="systemctl $2" ;;
        journalctl) real='@journalctl' name=journalctl ;;
        launchctl) real='@launchctl' name="launchctl $1 ${2%%/*}" ;;
        esac
        n=1
        until mkdir "$s/calls/$name #$n" 2>/dev/null; do n=$((n + 1)); done
        { read -r at && read -r kind && read -r exit; } 2>/dev/null <"$s/fault" || at=
        [ "$at" = "$name #$n" ] || exec "$real" "$@"
        : >"$s/reached"
        case $kind in
        nothing) exit 0 ;;
        exit) cat "$s/error" >&2; exit "$exit" ;;
        hang) exec sleep 60 ;;
        deaf) trap '' TERM; sleep 60; exit 0 ;;
        killed) kill -KILL $$ ;;
        huge) "$real" "$@"; status=$?; head -c 3000000 /dev/zero | tr '\0' 'x'; exit $status ;;
        esac
        "$real" "$@" >"$s/output" 2>&1
        status=$?
        case $kind in
        done) cat "$s/error" >&2; exit "$exit" ;;
        text) echo 'Everything = fine, "really" {'; echo '3: It is not.' >&2; exit $status ;;
        bytes) printf '\377\376\200=\303(\000\033[2K\r\n\n=\n'; printf '\355\240\200\n' >&2; exit $status ;;
        killed-after) kill -KILL $$ ;;
        esac

        """;

    private readonly string _scratch;

    public FaultyTool(Subject subject)
    {
        _scratch = Directory.CreateDirectory(Path.Combine(subject.Folder, "faulty")).FullName;
        Folder = Directory.CreateDirectory(Path.Combine(_scratch, "bin")).FullName;
        var script = Script.Replace("@scratch", _scratch, StringComparison.Ordinal);
        foreach (var (name, path) in subject.Tools) script = script.Replace($"@{name}", path, StringComparison.Ordinal);
        foreach (var (name, _) in subject.Tools)
        {
            File.WriteAllText(Path.Combine(Folder, name), script);
            File.SetUnixFileMode(Path.Combine(Folder, name), (UnixFileMode)0b111_101_101);
        }

        Disarm();
    }

    /// <summary>The folder of the tools.</summary>
    public string Folder { get; }

    /// <summary>The calls since it was last armed or disarmed, by name and number.</summary>
    public IReadOnlyList<string> Calls =>
        [.. Directory.GetDirectories(Path.Combine(_scratch, "calls")).Select(call => Path.GetFileName(call)!).Order(StringComparer.Ordinal)];

    /// <summary>The call that was to go wrong has come.</summary>
    public bool IsReached => File.Exists(Path.Combine(_scratch, "reached"));

    /// <summary>A machine on which these tools come first.</summary>
    public HostContext On(HostContext host) => host with { SearchPath = [Folder, .. host.SearchPath] };

    /// <summary>Lets one call go wrong.</summary>
    public void Arm(string call, Mishap mishap)
    {
        Disarm();
        File.WriteAllText(Path.Combine(_scratch, "error"), mishap.Error);
        File.WriteAllText(Path.Combine(_scratch, "fault"), $"{call}\n{mishap.Kind}\n{mishap.Exit}\n");
    }

    /// <summary>Lets every call go right, and counts anew.</summary>
    public void Disarm()
    {
        foreach (var name in new[] { "fault", "reached" }) File.Delete(Path.Combine(_scratch, name));
        var calls = Path.Combine(_scratch, "calls");
        if (Directory.Exists(calls)) Directory.Delete(calls, recursive: true);
        Directory.CreateDirectory(calls);
    }
}
