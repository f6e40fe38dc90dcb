#!/usr/bin/env bash
# Makes sure that the named things are there: as root on Debian or Ubuntu it installs what is missing, elsewhere it
# says what is missing and fails.
# Usage: require.sh [systemd] [dotnet] [plist] [python] [strace] [time] [cc] [engine] [images]
set -euo pipefail

missing=()
needs() { # command, Debian package
  command -v "$1" >/dev/null 2>&1 || [ -x "$1" ] || missing+=("$2")
}

for thing in "$@"; do
  case $thing in
    systemd)
      # The manager's binary is not on PATH; its place differs between releases.
      [ -x /usr/lib/systemd/systemd ] || [ -x /lib/systemd/systemd ] || missing+=(systemd)
      needs systemctl systemd
      needs unshare util-linux
      needs pgrep procps
      ;;
    plist)
      # A reader of property lists that is not ours.
      needs plistutil libplist-utils
      ;;
    python)
      # Runs the stand-in for the Hermes Agent.
      needs python3 python3
      ;;
    strace)
      # Ends a process at a system call, and counts those; from outside.
      needs strace strace
      ;;
    time)
      # Tells how much memory a command had at most. The shell's own word cannot.
      needs /usr/bin/time time
      ;;
    cc)
      # Links what is compiled ahead of time: the simulated launchctl.
      needs gcc gcc
      [ -e /usr/include/stdlib.h ] || missing+=(libc6-dev)
      ;;
    engine)
      # iptables is what the engine calls, at least to find out what it can.
      needs docker docker.io
      needs dockerd docker.io
      needs iptables iptables
      ;;
    images)
      needs mmdebstrap mmdebstrap
      # Ubuntu has Debian's keys in a package of their own.
      [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || missing+=(debian-archive-keyring)
      ;;
    dotnet)
      command -v dotnet >/dev/null 2>&1 || {
        echo "require: the .NET SDK is missing (dotnet is not on PATH); see global.json for the version" >&2
        exit 1
      }
      ;;
    *)
      echo "require: unknown thing '$thing'" >&2
      exit 2
      ;;
  esac
done

[ ${#missing[@]} -gt 0 ] || exit 0
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "require: installing ${missing[*]}" >&2
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
else
  echo "require: missing: ${missing[*]}. Install these packages, or run this as root on Debian or Ubuntu." >&2
  exit 1
fi
