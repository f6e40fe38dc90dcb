using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Integration.Tests.Robustness.Faults;

/// <summary>A folder with scripts named as the tools of a service manager. They run the real tools, count the calls, and make one
/// call faulty.</summary>
internal sealed class FaultyTool
{
    // The name of a call has the tool, the verb, the domain and a number: launchctl is called for several domains at the same
    // time. mkdir(2) either creates a folder or fails, so it counts without a race.
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
        continues-after-term) trap '' TERM; sleep 60; exit 0 ;;
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

    public FaultyTool(ObservedService service)
    {
        _scratch = Directory.CreateDirectory(Path.Combine(service.Scratch, "faulty")).FullName;
        Folder = Directory.CreateDirectory(Path.Combine(_scratch, "bin")).FullName;
        var script = Script.Replace("@scratch", _scratch, StringComparison.Ordinal);
        foreach (var (name, path) in service.Tools) script = script.Replace($"@{name}", path, StringComparison.Ordinal);
        foreach (var (name, _) in service.Tools)
        {
            File.WriteAllText(Path.Combine(Folder, name), script);
            File.SetUnixFileMode(Path.Combine(Folder, name), (UnixFileMode)0b111_101_101);
        }

        Disarm();
    }

    /// <summary>The folder with the scripts.</summary>
    public string Folder { get; }

    /// <summary>The names of the calls since <see cref="Arm"/> or <see cref="Disarm"/>.</summary>
    public IReadOnlyList<string> Calls =>
        [.. Directory.GetDirectories(Path.Combine(_scratch, "calls")).Select(call => Path.GetFileName(call)!).Order(StringComparer.Ordinal)];

    /// <summary>Whether the faulty call has been made.</summary>
    public bool IsReached => File.Exists(Path.Combine(_scratch, "reached"));

    /// <summary>Returns <paramref name="host"/> with the scripts first in the search path.</summary>
    public HostContext On(HostContext host) => host with { SearchPath = [Folder, .. host.SearchPath] };

    /// <summary>Makes one call faulty, and resets the counts.</summary>
    public void Arm(string call, Fault fault)
    {
        Disarm();
        File.WriteAllText(Path.Combine(_scratch, "error"), fault.Error);
        File.WriteAllText(Path.Combine(_scratch, "fault"), $"{call}\n{fault.Kind}\n{fault.Exit}\n");
    }

    /// <summary>Makes no call faulty, and resets the counts.</summary>
    public void Disarm()
    {
        foreach (var name in new[] { "fault", "reached" }) File.Delete(Path.Combine(_scratch, name));
        var calls = Path.Combine(_scratch, "calls");
        if (Directory.Exists(calls)) Directory.Delete(calls, recursive: true);
        Directory.CreateDirectory(calls);
    }
}
