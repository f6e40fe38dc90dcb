#!/usr/bin/env bash
# Packs Hermes.Gateway.Tasks into artifacts/package under a version of its own, so that no cache can answer with an
# older package of the same version. Prints the version.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
feed=${1:-$root/artifacts/package}
base=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")
version=$base-dev.$(date -u +%Y%m%d.%H%M%S%3N | sed 's/\.0*\([0-9]\)/.\1/')

mkdir -p "$feed" "$root/artifacts"
# One at a time: all of them build in the same folders.
exec 9>"$root/artifacts/pack.lock"
! command -v flock >/dev/null || flock 9
rm -f "$feed"/Hermes.Gateway.Tasks.*.nupkg
# Without analyzers, which have no part in the result; every build of the solution runs them. As in CI: the paths of this
# machine have no part in the result either.
dotnet pack "$root/src/Hermes.Gateway.Tasks" --configuration Release --nologo --verbosity quiet -p:RunAnalyzers=false \
  -p:ContinuousIntegrationBuild=true -p:Version="$version" -p:PackageOutputPath="$feed" >&2 9>&-
printf '<Project>\n  <PropertyGroup>\n    <HermesGatewayTasksVersion>%s</HermesGatewayTasksVersion>\n  </PropertyGroup>\n</Project>\n' \
  "$version" > "$feed/version.props"
printf '%s\n' "$version"
