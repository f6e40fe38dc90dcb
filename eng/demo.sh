#!/usr/bin/env bash
# The whole story on a real systemd, or with --launchd on a simulated launchd: deploy a real program, change nothing,
# rebuild it, move its folder, stop it behind our back, make a start impossible, deploy a fault, clean the build, go back to an
# earlier release, uninstall. Every claim printed is read from the machine, and the script fails at the first that is not so.
# Leaves nothing behind.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case "${1:-}" in
  "") manager=systemd ;;
  --launchd) manager=launchd ;;
  *) echo "usage: eng/demo.sh [--launchd]" >&2; exit 2 ;;
esac

"$root/eng/require.sh" dotnet
if [ "$manager" = systemd ] && [ -z "${HERMES_DEMO_INSIDE:-}" ]; then
  "$root/eng/require.sh" systemd
  export HERMES_DEMO_INSIDE=1
  exec "$root/eng/private-systemd" "$root/eng/demo.sh" "$@"
fi

scratch=$(mktemp -d)
service=hello-gateway-demo-$$
# Below those that the kernel gives to whoever asks for any, and nobody's.
port=$((20000 + $$ % 12000))
while (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
project="$scratch/höme of the gateway/HelloGateway"
cleanup() {
  leave
  rm -rf "$scratch"
}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 MSBUILDTERMINALLOGGER=off
export NUGET_PACKAGES=${NUGET_PACKAGES:-$scratch/packages}

chapter() { printf '\n\033[1m== %s\033[0m\n' "$*" | { [ -t 1 ] && cat || sed 's/\x1b\[[0-9;]*m//g'; }; }
fact() { printf '   %-28s %s\n' "$1" "$2"; }
die() { printf 'demo: NOT SO: %s\n' "$*" >&2; exit 1; }
same() { [ "$2" = "$3" ] || die "$1: expected '$2', found '$3'"; }
differ() { [ "$2" != "$3" ] || die "$1: still '$3'"; }

# The manager's and the kernel's word, not ours.
# shellcheck source=/dev/null
source "$root/eng/demo/$manager.sh"
trap cleanup EXIT
argv() { tr '\0' ' ' < "/proc/$(main_pid)/cmdline"; }
http_get() { # path → body; plain bash, so that nothing needs to be installed
  local line
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&3
  while IFS= read -r line <&3 && [ "${line%$'\r'}" != "" ]; do :; done
  cat <&3
  exec 3<&-
}

revision() { http_get /revision | sed 's/, process .*//'; }

gateway() { # target [arguments…]: what a user types, in the project's folder
  local target=$1; shift
  printf '   $ dotnet msbuild -t:%s %s\n' "$target" "$*"
  (cd "$project" && dotnet msbuild -nologo -t:"$target" "$@") | sed 's/^/     /'
}
build_and_deploy() {
  printf '   $ dotnet build -t:Deploy\n'
  (cd "$project" && dotnet build --nologo --verbosity minimal -t:Deploy -clp:NoSummary) | sed 's/^/     /'
}

enter
chapter "Take the package, and copy the sample to a folder with a space and a non-ASCII letter"
package=$("$root/eng/package-under-test.sh" "$scratch/feed")
read -r version feed <<<"$package"
fact "package" "Hermes.Gateway.Tasks $version"
mkdir -p "$project"
cp -R "$root/samples/HelloGateway/"{*.cs,*.csproj,wwwroot} "$project"
cat > "$scratch/Directory.Build.props" <<PROPS
<Project>
  <PropertyGroup>
    <HermesGatewayTasksVersion>$version</HermesGatewayTasksVersion>
    <RestoreAdditionalProjectSources>$feed</RestoreAdditionalProjectSources>
    <HelloGatewayPort>$port</HelloGatewayPort>
    <DemoServiceName>$service</DemoServiceName>
    <HermesGatewayReleaseRoot>$scratch/releases</HermesGatewayReleaseRoot>
  </PropertyGroup>
</Project>
PROPS
sed -i "s:<HermesGatewayName>hello-gateway<:<HermesGatewayName>\$(DemoServiceName)<:" "$project/HelloGateway.csproj"
fact "project" "$project"

chapter "Deploy"
build_and_deploy
same "the manager's state" "$usual_state" "$(state)"
same_enabled
case "$(argv)" in "$scratch/releases/$service/releases/"*) ;; *) die "the process is $(argv)" ;; esac
fact "process" "$(argv)"
fact "GET /health" "$(http_get /health)"
fact "GET /revision" "$(http_get /revision)"
fact "GET /" "$(http_get / | tail -n 1)"
gateway GatewayStatus

chapter "Deploy again: nothing to do"
first=$(start_id)
gateway DeployGateway
same "the process" "$first" "$(start_id)"
fact "still the same process" "pid $(main_pid), start $first"

chapter "Rebuild with a changed source: the new revision runs"
before=$(http_get /revision)
sed -i 's/hello, world/hello again, world/' "$project/Revision.cs"
build_and_deploy
after=$(http_get /revision)
differ "the answer" "$before" "$after"
differ "the process" "$first" "$(start_id)"
fact "before" "$before"
fact "after" "$after"

chapter "Move the folder: the service does not notice"
old=$project
project="$scratch/another place/HelloGateway"
mkdir -p "$(dirname "$project")"
first=$(start_id)
mv "$old" "$project"
fact "GET /health" "$(http_get /health)"
gateway GatewayStatus

chapter "Deploy from the new place: the definition names it, and the process is the same"
gateway DeployGateway
same "the process" "$first" "$(start_id)"
grep -qF "$old" "$(definition)" && die "the old path is still in the definition"
fact "old place" "$old"
fact "definition" "$(grep -F "$project" "$(definition)")"
fact "still the same process" "pid $(main_pid), start $first"

chapter "Stopped behind our back: start recovers"
stop_behind_our_back
same "the manager's state" "$stopped_state" "$(state)"
gateway GatewayStatus
gateway StartGateway
same "the manager's state" "$usual_state" "$(state)"
fact "GET /echo/back-again" "$(http_get /echo/back-again)"

chapter "Make a start impossible: a failure that says why, with a non-zero exit"
status=0
gateway DeployGateway -p:HermesGatewayArguments=--urls=not-an-address -p:HermesGatewayRollback=false 2>&1 || status=$?
differ "the exit status" 0 "$status"
fact "exit status" "$status"
fact "the manager's state" "$(state_in_full)"
same "processes started outside the manager" "" "$(pgrep -f "^$scratch/releases/.*/HelloGateway " | grep -vx "$(main_pid)" || true)"

chapter "And good again"
gateway DeployGateway
good=$(revision)
fact "GET /health" "$(http_get /health)"

chapter "A new revision, then one that throws: it is taken back, and the new revision answers"
sed -i 's/hello again, world/hello once more, world/' "$project/Revision.cs"
build_and_deploy
newer=$(revision)
differ "the answer" "$good" "$newer"
cp "$project/Program.cs" "$scratch/Program.cs"
sed -i '0,/^var /s//if (args.Length >= 0) throw new InvalidOperationException("a fault");\nvar /' "$project/Program.cs"
differ "the program" "$(cat "$scratch/Program.cs")" "$(cat "$project/Program.cs")"
status=0
build_and_deploy 2>&1 || status=$?
differ "the exit status" 0 "$status"
same "the answer" "$newer" "$(revision)"
cp "$scratch/Program.cs" "$project/Program.cs"
fact "exit status" "$status"
fact "GET /revision" "$(http_get /revision)"

chapter "Clean the build, and go back by hand: neither needs a build"
(cd "$project" && dotnet clean --nologo --verbosity quiet && rm -rf bin)
gateway RestartGateway
same "the answer" "$newer" "$(revision)"
gateway RollbackGateway
same "the answer" "$good" "$(revision)"
gateway GatewayHistory -p:HermesGatewayHistoryCount=3
fact "GET /revision" "$(http_get /revision)"

chapter "Uninstall: nothing left"
file=$(definition)
gateway UninstallGateway
[ ! -e "$file" ] || die "$file is still there"
same_gone "$file"
fact "$file" "gone"
[ -z "$(ls -A "$scratch/releases")" ] || die "releases are left: $(ls "$scratch/releases")"
fact "$scratch/releases" "empty"

chapter "All of it was so (${SECONDS} s)"
