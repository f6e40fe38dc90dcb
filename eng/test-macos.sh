#!/usr/bin/env bash
# On a Mac: builds everything and runs the tests that make sense there, the launchd scenarios on the real launchctl.
# They work in the caller's own account, under random labels, and remove what they made. The last line sums the results:
# "N passed, N failed, N skipped". With CI=true a skipped test is a failure. Bash 3.2, which macOS has, is enough.
#   HERMES_TEST_LAUNCHCTL=simulated    the scenarios on the simulator, as on Linux: to try out this script there
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
results=$root/artifacts/test-results
filter=
cd "$root" || exit 1
# shellcheck source=eng/lib-results.sh
. eng/lib-results.sh

export HERMES_TEST_MANAGER=launchd HERMES_TEST_LAUNCHCTL=${HERMES_TEST_LAUNCHCTL:-real}
# The usual one is behind a link, and tests compare paths.
TMPDIR=$(cd "${TMPDIR:-/tmp}" && pwd -P) || broken "there is no folder for temporary files"
export TMPDIR

rm -rf "$results"
mkdir -p "$results"

title "What is needed"
[ "$(uname)" = Darwin ] || [ "$HERMES_TEST_LAUNCHCTL" = simulated ] || broken "this is no Mac; see eng/test.sh"
command -v dotnet >/dev/null || broken "the .NET SDK is missing; see global.json for the version"

title "Build"
dotnet build Hermes.sln --nologo --verbosity minimal -clp:NoSummary || broken "the build failed"

run_tests core tests/Hermes.Gateway.Core.Tests "Os!=linux"
# The other tests of the tasks speak to a systemctl.
run_tests tasks tests/Hermes.Gateway.Tasks.Tests "FullyQualifiedName~TaskContract"
# The simulator itself is for Linux; what reads its transcripts is not.
run_tests transcripts tests/Launchd.Simulator.Tests \
  "FullyQualifiedName~TranscriptExpectation|FullyQualifiedName~TranscriptParsing"
run_tests launchd tests/integration "FullyQualifiedName~Conformance&Os!=linux"

finish
