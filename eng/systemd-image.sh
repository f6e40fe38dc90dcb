#!/usr/bin/env bash
# Makes images of test machines with systemd as PID 1. Needs an engine (eng/private-engine gives one). As root on Debian or
# Ubuntu they are made from Debian's packages, without a registry of images; elsewhere from eng/systemd-image/Dockerfile.
# An image that the engine has already is not made again.
#   eng/systemd-image.sh [SUITE…]   bookworm (systemd 252) and trixie (257) unless said; bullseye (247), forky (testing)
# Prints one line for each: the image and the version of its systemd.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
parts=$root/eng/systemd-image
[ $# -gt 0 ] || set -- bookworm trixie

include=$(paste --serial --delimiters=, "$parts/packages")
# What an image is made from names it, so that a change here makes a new one.
made_from=$(cat "${BASH_SOURCE[0]}" "$parts/packages" "$parts/boot" "$parts/enter" | sha256sum | cut -c 1-12)
has() { docker image inspect "$1" >/dev/null 2>&1; }

from_packages() { # suite, image
  # A suite in the making is signed for a week at a time, and a mirror may be behind. In a session of its own: when the
  # engine refuses what it gets, mmdebstrap sends SIGHUP to its process group, which would be the caller's.
  # shellcheck disable=SC2016 # (the hooks' $1 is the image's root)
  setsid --wait mmdebstrap --quiet --variant=minbase --include="$include" \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --customize-hook="upload $parts/boot /sbin/hermes-boot" \
    --customize-hook="upload $parts/enter /sbin/hermes-enter" \
    --customize-hook='chmod 755 "$1/sbin/hermes-boot" "$1/sbin/hermes-enter"' \
    --customize-hook='rm -f "$1/etc/hostname"; : > "$1/etc/machine-id"' \
    "$1" - |
    docker import --change 'CMD ["/sbin/hermes-boot"]' --change 'ENV container=docker' - "$2" >/dev/null
}
from_registry() { docker build --quiet --build-arg "SUITE=$1" --tag "$2" "$parts" >/dev/null; }

for suite in "$@"; do
  image=hermes-systemd:$suite-$made_from
  if ! has "$image"; then
    echo "systemd-image: making $image" >&2
    make=from_packages
    [ "$(id -u)" -eq 0 ] && "$root/eng/require.sh" images || make=from_registry
    "$make" "$suite" "$image"
    # Images of this suite that were made from something else.
    docker image ls --format '{{.Repository}}:{{.Tag}}' hermes-systemd | { grep "^hermes-systemd:$suite-" || true; } |
      { grep -vx "$image" || true; } | xargs --no-run-if-empty docker image rm >/dev/null
  fi
  version=$(docker run --rm --network none "$image" dpkg-query --show --showformat='${Version}' systemd)
  printf '%s systemd %s\n' "$image" "$version"
done
