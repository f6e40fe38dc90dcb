#!/usr/bin/env bash
# Runs tests/integration/Machines on machines with systemd as PID 1, once for each image, after a build and eng/pack.sh.
# eng/test.sh calls it; on its own: eng/private-engine eng/test-machines.sh [FILTER]
#   HERMES_TEST_SUITES   Debian's suites, "bookworm trixie" unless set; all that are known: "bullseye bookworm trixie forky"
# Its last line is "N passed, N failed, N skipped".
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
filter=${1:-}
# shellcheck source=eng/lib-results.sh
. eng/lib-results.sh
limit=(timeout --kill-after=30 2400)
export HERMES_PACKAGE_FEED=${HERMES_PACKAGE_FEED:-$root/artifacts/package}
results=$root/artifacts/test-results
mkdir -p "$results"

read -ra suites <<<"${HERMES_TEST_SUITES:-bookworm trixie}"
images=$(eng/systemd-image.sh "${suites[@]}") || broken "the images of the machines could not be made"

# Two machines at a time, since much of a test is waiting. The fixture's own tests are of the engine, not of an image.
lanes=2
where=
while read -r image version; do
  echo "machines: $image, $version"
  HERMES_TEST_IMAGE=$image start_tests "machines-${image#*:}" tests/integration/Machines "$where"
  where='FullyQualifiedName!~Machines.Tests.Fixture'
done <<<"$images"
collect
finish
