# The launchd half of eng/demo.sh: the simulator stands in for launchd, first on PATH, with a home folder of its own.
# shellcheck shell=bash

usual_state=running stopped_state="not loaded"

enter() {
  dotnet build "$root/tests/Launchd.Simulator" --nologo --verbosity quiet -clp:NoSummary --output "$scratch/bin" \
    -p:UseArtifactsOutput=true -p:ArtifactsPath="$scratch/artifacts" -p:SimulatorNative=false
  export LAUNCHD_SIMULATOR_STATE=$scratch/launchd HOME=$scratch/home PATH=$scratch/bin:$PATH
  mkdir -p "$LAUNCHD_SIMULATOR_STATE" "$HOME"
  # MSBuild takes environment variables for properties. The usual home's package folder is not to be filled again.
  export HermesGatewayServiceManager=launchd
  domain=gui/$(id -u)
  fact "launchctl" "$(command -v launchctl), a simulator ($(launchctl managername))"
}
leave() { [ -z "${LAUNCHD_SIMULATOR_STATE:-}" ] || launchctl simulator shutdown >/dev/null 2>&1 || true; }

# Root fields of launchctl print have one tab.
printed() { launchctl print "$domain/$service" 2>/dev/null | sed -n "s/^\t$1 = //p" | head -n 1; }
state() { launchctl print "$domain/$service" >/dev/null 2>&1 && printed state || echo "not loaded"; }
state_in_full() { # a signal is told instead of an exit code
  echo "$(state), last ended by $(printed 'last terminating signal')$(printed 'last exit code'), $(printed runs) runs"
}
main_pid() { printed pid; }
start_id() { echo "pid $(printed pid), run $(printed runs)"; }
definition() { echo "$HOME/Library/LaunchAgents/$service.plist"; }
same_enabled() {
  same "path in launchd's copy" "$(definition)" "$(printed path)"
  same "disabled" "" "$(launchctl print-disabled "$domain" | grep -F "\"$service\" => disabled" || true)"
}
stop_behind_our_back() { launchctl bootout "$domain/$service"; until [ "$(state)" = "not loaded" ]; do :; done; }
same_gone() { # definition file as it was
  same "the job" "not loaded" "$(state)"
  same "files" "" "$(find "$HOME/Library" -name "$service*")"
  fact "the manager's word" "$(launchctl print "$domain/$service" 2>&1 | tail -n 1)"
}
