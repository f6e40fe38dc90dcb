#!/usr/bin/env bash
# Prints the version and the folder of the package to run: the one that eng/pack.sh made in the folder HERMES_PACKAGE_FEED if
# that is set, else a new one, which is packed into FOLDER.
#   eng/package-under-test.sh FOLDER
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
feed=${HERMES_PACKAGE_FEED:-}
if [ -n "$feed" ]; then
  feed=$(cd "$feed" && pwd)
  version=$(sed -n 's:.*<HermesGatewayTasksVersion>\(.*\)</HermesGatewayTasksVersion>.*:\1:p' "$feed/version.props")
  [ -f "$feed/Hermes.Gateway.Tasks.$version.nupkg" ] || { echo "package-under-test: there is no package in $feed" >&2; exit 1; }
else
  version=$("$root/eng/pack.sh" "$1")
  feed=$1
fi
printf '%s %s\n' "$version" "$feed"
