#!/usr/bin/env bash
# Tests eng/private-systemd for real, as root. One line per check; the last line counts. Exit status 1 if any failed.
# There are no fixed sleeps: everything polls for its condition, with a deadline. Sections run side by side.
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ps=$(cd "$here/../../eng" && pwd)/private-systemd
export T; T=$(mktemp -d) && chmod 755 "$T"
export MARK=private-systemd-test-$$ # in the environment of every run: finds what is left of it
unset HERMES_PRIVATE_SYSTEMD HERMES_PRIVATE_SYSTEMD_GRACE HERMES_PRIVATE_SYSTEMD_LIB
prefix=hermes-private-systemd-
mine='' sections='' top=$T
trap 'rm -rf "$top"' EXIT

ok() { echo "ok - $1"; }
not_ok() { echo "not ok - $1"; shift; printf '    %s\n' "$@" | head -20; }
skip() { echo "skip - $1: $2"; }
equal() { # NAME EXPECTED ACTUAL
  if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1" "expected: $2" "actual:   $3"; fi
}
check() { # NAME COMMAND...
  local name=$1 out; shift
  if out=$("$@" 2>&1); then ok "$name"; else not_ok "$name" "$* failed" "$out"; fi
}
await() { # SECONDS COMMAND...
  local deadline=$((SECONDS + $1)); shift
  until "$@"; do ((SECONDS < deadline)) || return 1; sleep 0.02; done
}
there() { [[ -e $T/$1 ]]; }
section() { # FUNCTION [ARG]: runs it in the background, with a folder and a mark of its own
  (export T=$T/$1${2-} MARK=$MARK-$1${2-}; mkdir "$T"; "$@" >"$T.log" 2>&1) &
  sections+=" $1${2-}"
}
finish() {
  local s
  wait
  for s in $sections; do cat "$top/$s.log"; done | tee "$top/log"
  echo "$(grep -c '^ok ' "$top/log") passed, $(grep -c '^not ok ' "$top/log") failed," \
    "$(grep -c '^skip ' "$top/log") skipped"
  ! grep -q '^not ok ' "$top/log"; exit
}

# start NAME ARG...: the script in the background, as a CI runner starts it (no signal ignored); sets $pid.
start() {
  local name=$1; shift
  env --default-signal=INT,QUIT,HUP "$ps" "$@" </dev/null >"$T/$name.out" 2>"$T/$name.err" &
  pid=$! mine+=" $pid"
}
hears_int() { ! grep -qs '^SigIgn:.*[2367abef]$' "/proc/$1/status"; }
ended() { [[ ! -d /proc/$1 || $(<"/proc/$1/stat") == *') Z '* ]] 2>/dev/null; }
finished() { await 60 ended "$1" || kill -KILL "$1"; wait "$1" 2>/dev/null; status=$?; } # PID: sets $status

mounts() { grep -v -e docker -e hermes-engine- -e hermes-gateway/engine /proc/self/mountinfo | sort; } # (but those of an engine)
own_ns=$(readlink /proc/self/ns/pid)
mounts_before=$(mounts)
is_mine() { # KEY: of a run that this section started
  local p
  [[ $1 =~ ^[0-9a-f]{32} ]] || return
  for p in $mine; do ((16#${1:8:8} == p)) && return; done
  return 1
}
leftovers() { # what the runs of this section (not those of others on the machine) left, one line each
  local dir type key p args
  while read -r _ dir type _; do
    [[ $type == cgroup* ]] || continue
    for key in "$dir/$prefix"*; do is_mine "${key##*"$prefix"}" && echo "cgroup $key"; done
  done </proc/self/mounts
  for p in $(grep -lsz "^MARK=$MARK$" /proc/[0-9]*/environ); do
    p=${p%/environ}
    [[ -d $p ]] || continue # (that grep itself)
    args=$(tr '\0' ' ' <"$p/cmdline")
    # Commands of this very test run in its own PID namespace.
    [[ $(readlink "$p/ns/pid") == "$own_ns" && $args != *unshare* && $args != *"$ps"* ]] || echo "process $p $args"
  done 2>/dev/null
  diff <(echo "$mounts_before") <(mounts) | sed -n 's/^[<>]/mount &/p'
  for key in {,/var}/tmp/systemd-private-*; do is_mine "${key#*systemd-private-}" && echo "folder $key"; done
}
clean() { [[ -z $(leftovers) ]]; }
nothing_left() { if await 20 clean; then ok "$1"; else not_ok "$1" "$(leftovers)"; fi; } # NAME

refusal() { # NAME PATTERN COMMAND...: status 77, one line on stderr, nothing on stdout
  local name=$1 pattern=$2 out err status; shift 2
  out=$("$@" 2>"$T/refusal.err"); status=$?; err=$(<"$T/refusal.err")
  if [[ $status == 77 && -z $out && $err =~ $pattern && $err != *$'\n'* ]]; then ok "$name"
  else not_ok "$name" "status $status, stdout: $out" "stderr: $err"; fi
}
impossible() {
  local force=(env HERMES_PRIVATE_SYSTEMD=force) tool
  if ((EUID != 0)); then
    refusal "without root: 77 and the reason" root "${force[@]}" "$ps" true
    skip "everything else" "needs root"
    return
  fi
  cp "$ps" "$T/copy"; chmod 755 "$T/copy" # (the checkout may be closed to nobody)
  refusal "without root: 77 and the reason" root \
    env -u XDG_RUNTIME_DIR setpriv --reuid=65534 --regid=65534 --clear-groups "$T/copy" true
  refusal "without systemd: 77 and the reason" 'no systemd' \
    "${force[@]}" HERMES_PRIVATE_SYSTEMD_LIB="$T/none" "$ps" true
  mkdir "$T/bin" "$T/refusing"
  for tool in env bash readlink setpriv setsid mount systemctl journalctl find true; do
    ln -s "$(type -P $tool)" "$T/bin/$tool"
  done
  refusal "without unshare: 77 and the reason" "'unshare' is missing" "${force[@]}" PATH="$T/bin" "$ps" true
  printf '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2; exit 1\n' >"$T/refusing/unshare"
  chmod 755 "$T/refusing/unshare"
  refusal "unshare refused: 77 and the reason" 'Operation not permitted' \
    "${force[@]}" PATH="$T/refusing:$PATH" "$ps" true
  "$ps" --no-such-option true 2>/dev/null; equal "usage error: 2" 2 $?
}

like_alone() {
  local statuses='' code args environment
  for code in 0 1 255; do "$ps" bash -c "exit $code"; statuses+="$? "; done
  for code in KILL INT TERM; do
    "$ps" bash -c "echo run >>\"\$T/runs\"; kill -$code \$\$" 2>>"$T/killed.err"; statuses+="$? "
  done
  "$ps" no-such-command 2>/dev/null; statuses+=$?
  equal "exit status is CMD's" "0 1 255 137 130 143 127" "$statuses"
  equal "nothing is said about a killed CMD, which ran once" "run run run" "$(<"$T/killed.err")$(xargs <"$T/runs")"

  args=('a b' "it's" '"double"' $'two\nlines\n' '' '*' '$HOME' '\' '--' '-x' $'\xff\t' 'ä=ö')
  printf '%s\0' "${args[@]}" >"$T/args.expected"
  "$ps" -- bash -c 'printf "%s\0" "$@"' x "${args[@]}" >"$T/args.actual"
  check "arguments are exact" cmp "$T/args.expected" "$T/args.actual"

  head -c 300000 /dev/urandom >"$T/stdin"
  "$ps" cat <"$T/stdin" >"$T/stdout"; check "stdin and stdout are CMD's" cmp "$T/stdin" "$T/stdout"
  equal "stdin is left to the caller" second "$(printf 'first\nsecond\n' | { "$ps" true; sed -n 2p; })"
  equal "stderr is apart, nothing is added" out/err \
    "$("$ps" bash -c 'echo out; echo err >&2' 2>"$T/err")/$(<"$T/err")"

  mkdir "$T/some folder"
  equal "folder and umask are kept" "$T/some folder 0027" \
    "$(cd "$T/some folder" && umask 027 && "$ps" bash -c 'echo "$PWD $(umask)"')"
  # (with names that the script itself uses, and one that is no name of a shell variable)
  environment() { env "mode=x y" key=k S=s target= original=o "W.eird=1" "$@" | grep -v '^_=' | sort; }
  equal "environment is kept, except for what is documented" "> HERMES_PRIVATE_SYSTEMD=1
> XDG_CONFIG_HOME=/run/private-systemd/config
> XDG_DATA_HOME=/run/private-systemd/data
> XDG_RUNTIME_DIR=/run/user/0
> XDG_STATE_HOME=/run/private-systemd/state" "$(
    unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS
    unset "${!HERMES_@}" # (what the caller of the tests sets)
    diff <(environment | grep -v HERMES_) <(DBUS_SESSION_BUS_ADDRESS=x environment "$ps" env) | grep '^[<>]')"
  equal "a signal that a shell ignores for its jobs is not ignored in CMD" $'SigIgn:\t0000000000000000' \
    "$("$ps" grep SigIgn: /proc/self/status & wait)"

  if ! type script >/dev/null 2>&1; then
    skip "CMD can read from its terminal, and Ctrl-C reaches it" "no script(1)"
  else
    equal "CMD can read from its terminal" got:typed "$(echo typed |
      script -qec "$ps bash -c '[[ -t 0 ]] && read -r x && echo got:\$x'" /dev/null | tr -d '\r' | grep got:)"
    mkfifo "$T/keys"
    # (No command before the signal: bash goes on after a Ctrl-C that reaches it while it waits for one that ends well.)
    script -qec "$ps bash -c ': >$T/run.tty; exec sleep 1009'" /dev/null <"$T/keys" >"$T/tty.out" 2>&1 & pid=$!
    { await 60 there run.tty; printf '\003'; await 60 ended "$pid"; } >"$T/keys"
    finished "$pid"; equal "Ctrl-C in a terminal reaches CMD" 130 "$status"
  fi
  nothing_left "nothing left of all that"
}

# journald knows the user unit of a line only while the process that wrote it lives: hence `export -p` and `exec sleep`.
real_units() { find ~/.config/systemd ~/.local/share/systemd ~/.local/state/systemd 2>/dev/null; }
manager() {
  local before InvocationID='' ControlGroup='' ActiveState='' journal out
  before=$(real_units)
  cat >"$T/inside" <<'END'
units=$XDG_CONFIG_HOME/systemd/user; mkdir -p "$units"
printf '[Service]\nExecStart=/bin/sh -c "echo a line from $$HOME; export -p; exec sleep 1000"\n' >"$units/probe.service"
systemctl --user daemon-reload && systemctl --user start probe.service || exit 1
systemctl --user show probe.service -p InvocationID -p ControlGroup -p MainPID -p ActiveState >"$T/show"
deadline=$((SECONDS + 30))
lines() { journalctl --user --unit=probe.service -o cat; }
until lines | grep -q '^export XDG_STATE'; do ((SECONDS < deadline)) || break; sleep 0.02; done
. "$T/show" # (the arguments are none for a moment while it becomes sleep)
until tr '\0' ' ' <"/proc/$MainPID/cmdline" >"$T/cmdline"; [[ -s $T/cmdline ]]; do ((SECONDS < deadline)) || break; done
lines >"$T/journal"; journalctl --user-unit probe.service -o cat >"$T/journal2"
END
  HOME=$T/home "$ps" bash "$T/inside"; equal "a unit starts" 0 $?
  . "$T/show"
  check "it has an invocation ID" grep -qE '^[0-9a-f]{32}$' <<<"$InvocationID"
  equal "it is active in the cgroup it would have on a real host" \
    "active /user.slice/user-0.slice/user@0.service/app.slice/probe.service" "$ActiveState $ControlGroup"
  check "its process is there under its number" grep -qE 'sleep|/bin/sh' "$T/cmdline"
  check "its output is in the journal (--user --unit)" grep -qx "a line from $T/home" "$T/journal"
  check "its output is in the journal (--user-unit)" grep -qx "a line from $T/home" "$T/journal2"
  equal "the manager's environment is plain" \
    "HOME LC_ALL PATH XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR XDG_STATE_HOME" \
    "$(sed -nE 's/^export ((HOME|LC_ALL|PATH|XDG_[A-Z_]+|MARK|T|HERMES[A-Z_]*))=.*/\1/p' "$T/journal" | xargs)"
  equal "the real folders of units are untouched" "$before" "$(real_units)"
  check "HOME got nothing" test ! -e "$T/home/.config/systemd" -a ! -e "$T/home/.local"

  equal "a nested call uses the same manager, force makes another" "same other" "$("$ps" bash -c '
    version() { systemctl --user show -p UserspaceTimestampMonotonic --value; }; export -f version
    outer=$(version) again=$("$0" bash -c version) other=$(HERMES_PRIVATE_SYSTEMD=force "$0" bash -c version)
    [[ $again == "$outer" ]] && echo -n "same "
    [[ $other =~ ^[0-9]+$ && $other != "$outer" ]] && echo other' "$ps")"

  journal=(bash -c 'systemd-run --user --quiet --unit=m sh -c "echo hello; exec sleep 1000"; deadline=$((SECONDS + 30))
    until journalctl --user --unit=m -o cat | grep -x hello; do
      ((SECONDS < deadline)) || { echo "the journal has:"; journalctl -o json --no-pager | grep hello; exit; }
      sleep 0.02
    done')
  equal "a line of the journal is there once" hello "$("$ps" "${journal[@]}")"
  : >"$T/empty"
  equal "an empty /etc/machine-id is no obstacle" hello "$(unshare --mount bash -c '
    mount --bind "$T/empty" /etc/machine-id && exec "$@"' x "$ps" "${journal[@]}" 2>&1)"
  mkdir "$T/etc"
  equal "a missing /etc/machine-id is no obstacle" hello "$(unshare --mount bash -c '
    mount -t tmpfs tmpfs "$T/etc" && mkdir "$T"/etc/{up,work} &&
    mount -t overlay -o "lowerdir=/etc,upperdir=$T/etc/up,workdir=$T/etc/work" overlay /etc &&
    rm /etc/machine-id && exec "$@"' x "$ps" "${journal[@]}" 2>&1)"
  mkdir "$T/lib"; ln -s "$(ls /usr/lib/systemd/systemd /lib/systemd/systemd 2>/dev/null | head -1)" "$T/lib/systemd"
  out=$(HERMES_PRIVATE_SYSTEMD_LIB=$T/lib "$ps" systemctl --user is-active default.target 2>"$T/err")
  equal "without journald: goes on, with one line about it" "active 1 1" \
    "$out $(grep -c journal "$T/err") $(wc -l <"$T/err")"
  nothing_left "nothing left of all that"
}

# Nothing stays behind, whatever CMD does and whatever happens to the script.
no_process() { ! leftovers | grep -q -e ^process -e ^mount; }
behind() { # user|system
  local mode=() sig early='' moment i flag='--user'
  [[ $1 == user ]] || mode=(--system) flag=''
  cat >"$T/daemons" <<END
(setsid sleep 1001 &) ; sleep 1002 & trap '' HUP
setsid bash -c 'trap "" TERM INT HUP; while :; do sleep 1003; done' >/dev/null 2>&1 &
systemd-run $flag --quiet --unit=left sleep 1004 && systemd-run $flag --quiet -p PrivateTmp=yes --unit=tmp sleep 1005
END
  start daemons "${mode[@]}" bash -c '. "$T/daemons"; ls -d /tmp/systemd-private-*; exit 3'
  finished "$pid"; equal "$1: CMD that leaves daemons ends" 3 "$status"
  nothing_left "$1: nothing left of daemons"

  for sig in TERM INT HUP; do
    start $sig "${mode[@]}" bash -c '. "$T/daemons"; trap "echo caught $1; exit 9" $1; touch "$T/run.$1"
      while :; do sleep 0.05; done' x $sig
    await 60 there run.$sig || not_ok "$1: CMD runs" "$(<"$T/$sig.err")"
    kill -$sig "$pid"; finished "$pid"
    equal "$1: SIG$sig is passed to CMD, whose status counts" "caught $sig 9" "$(<"$T/$sig.out") $status"
    nothing_left "$1: nothing left after SIG$sig"
  done

  HERMES_PRIVATE_SYSTEMD_GRACE=1 start deaf "${mode[@]}" bash -c '. "$T/daemons"; trap "" TERM; touch "$T/run.deaf"
    while :; do sleep 1006; done'
  await 60 there run.deaf; kill -TERM "$pid"; finished "$pid"
  equal "$1: CMD that ignores SIGTERM is killed" 143 "$status"
  nothing_left "$1: nothing left of it"

  start killed "${mode[@]}" bash -c '. "$T/daemons"; touch "$T/run.killed"; exec sleep 1007'
  await 60 there run.killed; kill -KILL "$pid"; wait "$pid" 2>/dev/null
  if await 20 no_process; then ok "$1: no process and no mount left after SIGKILL"
  else not_ok "$1: no process and no mount left after SIGKILL" "$(leftovers)"; fi
  "$ps" true; nothing_left "$1: nothing left of it after the next run"

  for moment in 1 2 3 4 5 6; do # all over the start
    start early "${mode[@]}" sleep 1008
    await 60 hears_int "$pid" # (a background job ignores it until env is there)
    for ((i = 0; i < moment * 12; i++)); do /bin/true; done
    kill -INT "$pid"; finished "$pid"; early+="$status "
  done
  equal "$1: interrupted while it starts, it says so" "130 130 130 130 130 130 " "$early"
  nothing_left "$1: nothing left of that"
}

both() {
  local first one
  cat >"$T/both" <<'END'
echo "$1" >"$XDG_RUNTIME_DIR/who"
systemd-run --user --quiet --unit=same sh -c "echo i am $1; exec sleep 1000" || exit 1
touch "$T/up.$1"; deadline=$((SECONDS + 30))
until [[ -e $T/up.one && -e $T/up.two ]]; do ((SECONDS < deadline)) || exit 2; sleep 0.02; done
lines() { journalctl --user --unit=same -o cat | grep '^i am'; }
until lines >/dev/null; do ((SECONDS < deadline)) || exit 3; sleep 0.02; done
[[ $(<"$XDG_RUNTIME_DIR/who") == "$1" ]] && lines
END
  start one bash "$T/both" one; first=$pid
  start two bash "$T/both" two
  finished "$pid"; one=$status; finished "$first"
  equal "two at once do not meet" "0 0 i am one i am two" "$one $status $(<"$T/one.out") $(<"$T/two.out")"
  nothing_left "nothing left of both"
}

machine() { # what systemd could change of the machine
  hostname
  cat /proc/sys/net/unix/max_dgram_qlen /proc/sys/fs/{file-max,nr_open} \
    /proc/sys/kernel/{core_pattern,printk,hostname,random/boot_id} /etc/machine-id
  find /dev -maxdepth 1 -printf '%p %m %l\n' | sort
  ls -lR --time-style=+ /etc/systemd
  ls /var/lib /usr/lib/systemd/system
  ls -d /sys/fs/cgroup/*.slice /sys/fs/cgroup/*/*.slice | # (but those of the other sections, and of machines of containers)
    grep -v -e "/$prefix" -e /hermes-machine-
} 2>/dev/null
system() {
  local InvocationID='' ControlGroup='' ActiveState='' UnitFileState=''
  machine >"$T/machine.before"
  cat >"$T/inside" <<'END'
exec 2>"$T/errors"
cat >/etc/systemd/system/x.service <<X
[Service]
User=nobody
StateDirectory=hermes-gateway
ExecStart=/bin/sh -c 'touch /var/lib/hermes-gateway/state; echo i am \$(id -un); exec sleep 1000'
[Install]
WantedBy=multi-user.target
X
systemctl daemon-reload && systemctl enable x && systemctl start x || exit 1
systemctl show x -p InvocationID -p ControlGroup -p MainPID -p ActiveState -p UnitFileState >"$T/show"
. "$T/show"
deadline=$((SECONDS + 30))
until journalctl -u x -o cat | grep -q '^i am'; do ((SECONDS < deadline)) || break; sleep 0.02; done
journalctl -u x -o cat >"$T/journal"; stat -c %U "/proc/$MainPID" >"$T/owner"
echo "$(</proc/1/comm) $(systemctl is-system-running) $(systemctl --failed --plain --no-legend)" >"$T/running"
ls /var/lib/hermes-gateway >"$T/state"
hostname changed-by-the-test; echo 7 >/proc/sys/net/unix/max_dgram_qlen && touch "$T/sysctl"
HERMES_PRIVATE_SYSTEMD=1 "$1" --system systemctl is-active x >"$T/nested"
touch "$T/done"
END
  start system --system bash "$T/inside" "$ps"; finished "$pid"
  check "--system: CMD ran through" there "done"
  equal "--system: systemd is PID 1 and running, no unit failed" "systemd running " "$(<"$T/running")"
  . "$T/show"
  equal "--system: a unit in /etc/systemd/system is enabled and active" "enabled active /system.slice/x.service" \
    "$UnitFileState $ActiveState $ControlGroup"
  check "--system: it has an invocation ID" grep -qE '^[0-9a-f]{32}$' <<<"$InvocationID"
  equal "--system: it runs as its user" nobody "$(<"$T/owner")"
  check "--system: its output is in the journal" grep -qx "i am nobody" "$T/journal"
  equal "--system: /var/lib can be written" state "$(<"$T/state")"
  check "--system: sysctl cannot be written" test ! -e "$T/sysctl"
  equal "--system: a nested call uses the same manager" active "$(<"$T/nested")"
  equal "--system: stdin, arguments and status" "in a b 6" \
    "$(echo in | { "$ps" --system bash -c 'cat; echo "$1"; exit 6' x 'a b'; echo $?; } | xargs)"
  nothing_left "--system: nothing left"
  machine >"$T/machine.after"
  check "--system: the machine is unchanged" diff "$T/machine.before" "$T/machine.after"
}

section impossible
wait
((EUID == 0)) || finish
export HERMES_PRIVATE_SYSTEMD=force # (this very test may run where a manager answers)
nowhere() { skip "everything else" "$why"; }
why=$("$ps" true 2>&1)
if [[ $? == 77 ]]; then section nowhere; finish; fi
section like_alone; section manager; section behind user; section behind system; section both; section system
finish
