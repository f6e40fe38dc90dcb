#!/usr/bin/env bash
# Tests eng/private-engine for real, as root. One line per check; the last line counts. Exit status 1 if any failed.
# There are no fixed sleeps: everything polls for its condition, with a deadline.
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
pe=$(cd "$here/../../eng" && pwd)/private-engine
export T; T=$(mktemp -d) && chmod 755 "$T"
export XDG_CACHE_HOME=$T/cache # a store of its own: that of real runs may be in use for minutes
unset DOCKER_HOST
passed=0 failed=0 skipped=0
finish() {
  trap - EXIT
  rm -rf "$T"
  echo "$passed passed, $failed failed, $skipped skipped"
  [[ $failed == 0 ]]; exit
}
trap finish EXIT

ok() { echo "ok - $1"; passed=$((passed + 1)); }
not_ok() { echo "not ok - $1"; shift; printf '    %s\n' "$@" | head -20; failed=$((failed + 1)); }
skip() { echo "skip - $1: $2"; skipped=$((skipped + 1)); }
equal() { # NAME EXPECTED ACTUAL
  if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1" "expected: $2" "actual:   $3" "$(tail -n 5 "$T/err" 2>/dev/null)"; fi
}
await() { # SECONDS COMMAND...
  local deadline=$((SECONDS + $1)); shift
  until "$@"; do ((SECONDS < deadline)) || return 1; sleep 0.05; done
}
there() { [[ -s $T/$1 ]]; }
ended() { [[ ! -d /proc/$1 || $(<"/proc/$1/stat") == *') Z '* ]] 2>/dev/null; }

refusal() { # NAME PATTERN COMMAND...: status 77, the reason on stderr, nothing on stdout
  local name=$1 pattern=$2 out err status; shift 2
  out=$("$@" 2>"$T/err"); status=$?; err=$(<"$T/err")
  if [[ $status == 77 && -z $out && $err =~ $pattern ]]; then ok "$name"
  else not_ok "$name" "status $status, stdout: $out" "stderr: $err"; fi
}
refusal "an engine that does not answer: 77 and the reason" "unix://$T/none.sock does not answer" \
  env DOCKER_HOST="unix://$T/none.sock" "$pe" true

if docker version >/dev/null 2>&1; then
  equal "an engine that answers is used" "unset 5" "$("$pe" bash -c 'echo -n "${DOCKER_HOST-unset} "; exit 5'; echo $?)"
  skip "an engine of its own" "one answers already"
  exit
fi
if ((EUID != 0)); then
  refusal "without root: 77 and the reason" 'only root' "$pe" true
  skip "an engine of its own" "needs root"
  exit
fi
mkdir "$T/eng"; cp "$pe" "$T/eng/"; chmod 755 "$T/eng" "$T/eng/private-engine" # (the checkout may be closed to nobody)
refusal "without root: 77 and the reason" 'only root' \
  setpriv --reuid=65534 --regid=65534 --clear-groups "$T/eng/private-engine" true
if ! "$pe" true 2>"$T/err"; then
  skip "an engine of its own" "$(tail -n 1 "$T/err")"
  exit
fi

processes() { # FOLDER: that have to do with it
  local p
  for p in $(grep -lsz -e "$1" /proc/[0-9]*/cmdline); do
    tr '\0' ' ' <"$p" && echo
  done 2>/dev/null
}
clean() { [[ ! -e $1 && -z $(processes "$1") ]] && ! grep -q "$1" /proc/self/mountinfo; } # FOLDER
nothing_left() { # NAME FILE, which has the DOCKER_HOST of the run
  local folder; folder=$(sed -n 's:^unix\://\(/.*\)/docker.sock$:\1:p' "$T/$2")
  if [[ -n $folder ]] && await 30 clean "$folder"; then ok "$1"; else not_ok "$1" "folder: $folder" "$(processes "$folder")"; fi
}

# The first run: like CMD alone, with an engine.
args=('a b' "it's" '"double"' $'two\nlines\n' '' '*' '$HOME' '\' '--' '-x' 'x=y')
printf '%s\0' "${args[@]}" >"$T/args.expected"
cat >"$T/first" <<'END'
echo "$DOCKER_HOST" >"$T/first.host"
printf '%s\0' "$@" >"$T/args.actual"
cat
echo err >&2
tar -c --files-from=/dev/null | docker import - left:behind >/dev/null && docker create --network none left:behind x >"$T/left"
"$0" bash -c 'echo "$DOCKER_HOST"' >"$T/nested.host"
exit 6
END
out=$(echo in | "$pe" bash -c ". '$T/first'" "$pe" "${args[@]}" 2>"$T/err"); status=$?
equal "the exit status is CMD's, and so are stdin and stdout" "in 6" "$out $status"
equal "stderr is apart, nothing is added" err "$(<"$T/err")"
if cmp "$T/args.expected" "$T/args.actual"; then ok "arguments are exact"; else not_ok "arguments are exact"; fi
equal "CMD has an engine" 64 "$(tr -d '\n' <"$T/left" | wc -c)"
equal "a nested call uses the same" "$(<"$T/first.host")" "$(<"$T/nested.host")"
nothing_left "nothing is left of the engine" first.host

# The second: images stay, containers do not; CMD is killed.
"$pe" bash -c 'echo "$DOCKER_HOST" >"$T/second.host"; docker image ls --format "{{.Repository}}" >"$T/images"
  docker ps --all --quiet >"$T/containers"; kill -KILL $$' 2>"$T/err"
equal "the status of a killed CMD" 137 $?
equal "nothing is said about it" "" "$(<"$T/err")"
equal "images are kept for the next run" left "$(<"$T/images")"
equal "containers are not" "" "$(<"$T/containers")"
nothing_left "nothing is left of the engine of a killed CMD" second.host

# The third: told to end.
env --default-signal=INT,QUIT,HUP "$pe" bash -c 'trap "docker version >/dev/null && echo caught >\"\$T/caught\"; exit 9" TERM
  echo "$DOCKER_HOST" >"$T/third.host"; while [[ -d $T ]]; do sleep 0.05; done' >"$T/out" 2>"$T/err" &
pid=$!
await 60 there third.host || not_ok "CMD runs" "$(<"$T/err")"
kill -TERM "$pid"
await 60 ended "$pid" || kill -KILL "$pid"
wait "$pid" 2>/dev/null
equal "SIGTERM: it says so" 143 $?
equal "SIGTERM: CMD was told while its engine was there" caught "$(cat "$T/caught" 2>/dev/null)"
nothing_left "SIGTERM: nothing is left of the engine" third.host
