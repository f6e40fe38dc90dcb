#!/usr/bin/env bash
# Measures whole operations on a real systemd, side by side with the bare commands, a script, and what else is
# installed: a table on stdout, results.json and services.svg in artifacts/bench. See benchmarks/README.md.
#   eng/bench.sh [--short] [--counts "1 10 100 1000"] [--rounds N] [--out FOLDER] [--check]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 MSBUILDTERMINALLOGGER=off

"$root/eng/require.sh" dotnet systemd time
scratch=$(mktemp -d)
child=
# The program removes what it deployed, so it is waited for. (TERM: a background job hears no INT.)
stop() { [ -z "$child" ] || { kill -TERM "$child" && wait "$child"; } || true; exit "$1"; }
trap 'rm -rf "$scratch"' EXIT
trap 'stop 130' INT
trap 'stop 143' TERM

package=$("$root/eng/package-under-test.sh" "$scratch/feed")
read -r version feed <<<"$package"
project=$root/benchmarks/Hermes.Gateway.WholeOperations
dotnet build "$project" --configuration Release --nologo --verbosity quiet -clp:NoSummary >&2
program=$(dotnet msbuild "$project" -p:Configuration=Release -getProperty:TargetPath)

# Never the manager of a real user: nothing else is to weigh on the figures, and nothing of theirs is to be touched.
[ "${HERMES_PRIVATE_SYSTEMD:-}" = 1 ] || export HERMES_PRIVATE_SYSTEMD=force
"$root/eng/private-systemd" --quiet dotnet "$program" --out "$root/artifacts/bench" "$@" \
  --scratch "$scratch" --feed "$feed" --version "$version" &
child=$!
status=0
wait "$child" || status=$?
exit "$status"
