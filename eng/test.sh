#!/usr/bin/env bash
# Builds everything and runs all tests, those that need a service manager on a real systemd. The last line sums the
# results: "N passed, N failed, N skipped". With CI=true a skipped test is a failure.
#   eng/test.sh            everything
#   eng/test.sh FILTER     only tests whose full name contains FILTER (no scripts, no demo)
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
filter=${1:-}
results=$root/artifacts/test-results
cd "$root" || exit 1
# shellcheck source=eng/lib-results.sh
. eng/lib-results.sh
limit=(timeout --kill-after=30 2400)

[ "${CI:-}" = true ] && export HERMES_REQUIRE_SYSTEMD=1

rm -rf "$results"
mkdir -p "$results"

title "What is needed"
eng/require.sh dotnet || broken "the .NET SDK is missing"
eng/require.sh systemd || [ "${CI:-}" != true ] || broken "systemd is missing"
eng/require.sh plist || [ "${CI:-}" != true ] || broken "plistutil is missing"
eng/require.sh python || [ "${CI:-}" != true ] || broken "python3 is missing"
eng/require.sh cc || echo "test: no C compiler here: the simulated launchd is slower" >&2
eng/require.sh strace || [ "${CI:-}" != true ] || broken "strace is missing"

# Made beside the first tests: most of it is waiting for packages.
read -ra suites <<<"${HERMES_TEST_SUITES:-}"
eng/private-engine eng/systemd-image.sh "${suites[@]}" > "$results/images.txt" 2>&1 &
images=$!

# One compiler server of this run's own for all projects: each start of the compiler takes seconds to warm up.
compiler=hermes-test-$$
warm=(env UseSharedCompilation=true "SharedCompilationId=$compiler")

title "Build"
"${warm[@]}" dotnet build Hermes.sln --nologo --verbosity minimal -clp:NoSummary || broken "the build failed"

title "Pack"
HERMES_PACKAGE_FEED=$root/artifacts/package
"${warm[@]}" eng/pack.sh "$HERMES_PACKAGE_FEED" || broken "the package could not be made"
export HERMES_PACKAGE_FEED
end_compiler

# Where no manager can be had, the tests that need one say so and are skipped.
supervised=(eng/private-systemd)
eng/private-systemd true || supervised=()

start_tests core tests/Hermes.Gateway.Core.Tests ""
start_tests tasks tests/Hermes.Gateway.Tasks.Tests ""
start_tests simulator tests/Launchd.Simulator.Tests ""
collect
# Side by side, because most of them wait for something to happen: the package, and the scenarios of every service manager with
# what each manager has alone. The two runs in user scope have a manager each, in which one test at a time changes something.
systemd="FullyQualifiedName!~aunchd"
start_tests package tests/Hermes.Gateway.Package.Tests "" "${supervised[@]}"
start_tests robustness-user tests/integration "Scope!=system&$systemd&FullyQualifiedName~Robustness" "${supervised[@]}"
start_tests integration-user tests/integration "Scope!=system&$systemd&FullyQualifiedName!~Robustness" "${supervised[@]}"
HERMES_TEST_MANAGER=launchd start_tests integration-launchd tests/integration "Manager!=systemd&FullyQualifiedName!~Tests.Systemd."
if [ ${#supervised[@]} -gt 0 ] && eng/private-systemd --system --quiet true; then
  HERMES_TEST_SCOPE=system start_tests integration-system tests/integration "Scope!=user&$systemd&FullyQualifiedName!~Robustness" \
    eng/private-systemd --system
else
  echo "test: no private system manager here; its scenarios are skipped" >&2
  skipped=$((skipped + 1))
fi
collect

# Not beside the others: the machines have deadlines of a few seconds, which more than a dozen busy processes would exceed.
# eng/test-machines.sh limits its own runs; the tests of the scripts and the demos mostly wait.
if wait "$images"; then
  start_script machines eng/private-engine eng/test-machines.sh "$filter"
else
  echo "test: no machines with systemd as PID 1 here; their scenarios are skipped: $(tail -n 3 "$results/images.txt")" >&2
  skipped=$((skipped + 1))
fi
if [ -z "$filter" ]; then
  scripts_limit=(timeout --kill-after=30 1800)
  start_script private-systemd "${scripts_limit[@]}" tests/eng/private-systemd.test.sh
  start_script private-engine "${scripts_limit[@]}" tests/eng/private-engine.test.sh
  if [ ${#supervised[@]} -gt 0 ]; then
    start_script demo-systemd "${limit[@]}" eng/demo.sh
    # Does every operation that is measured have its effect? The figures of such a run are none.
    start_script bench "${limit[@]}" bash -c 'eng/bench.sh --short --out "$0" &&
      dotnet run --configuration Release --project benchmarks/Hermes.Gateway.Benchmarks -- \
        --filter "*" --job Dry --inProcess' "$results/bench"
  else
    skipped=$((skipped + 2))
  fi
  start_script demo-launchd "${limit[@]}" eng/demo.sh --launchd
fi
collect

finish
