# Runs tests and adds up their results; read by eng/test.sh, eng/test-machines.sh and eng/test-macos.sh. Bash 3.2, which
# macOS has, is enough. The reader sets $results, the folder of the results, and $filter, which may be empty.
# shellcheck shell=bash

passed=0 failed=0 skipped=0
failures=  # lines "not ok - NAME" of the failed tests, each with the first lines of its message
limit=()   # in front of every run: what ends one that hangs

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 MSBUILDTERMINALLOGGER=off
# Nothing here uses workloads; the search for them takes an eighth of a build without changes.
export MSBuildEnableWorkloadResolver=false
# Most processes of the tests end before a profile of them pays (Core.Tests: 125 s of processor time with it, 105 s without).
export DOTNET_TieredPGO=0

finish() {
  # All failures again at the end: the output of a whole run has thousands of lines.
  [ -z "$failures" ] || printf '\n== what failed\n%s' "$failures"
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ] || exit 1
  if [ "${CI:-}" = true ] && [ "$skipped" -gt 0 ]; then
    echo "test: a skipped test is a failure in CI" >&2
    exit 1
  fi
  exit 0
}
broken() { # what cannot go on: counted, so that the last line never looks better than it is
  printf 'test: %s\n' "$1" >&2
  fail "$1"
  finish
}
fail() { # name of what failed, lines of its message
  failed=$((failed + 1))
  note_failures "not ok - $1${2:+
$(sed 's/^/    /' <<<"$2")}"
}
note_failures() { [ -z "$1" ] || failures=$failures$1$'\n'; } # lines as shorten prints them
title() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }

# Adds up what the test run wrote, whatever its exit status: that tells of no test that did not run.
add_trx() { # file
  local counters
  counters=$(grep -o '<Counters [^>]*' "$1") || return 1
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  # A skipped test is in the total, but not among the executed.
  local executed; executed=$(count executed)
  passed=$((passed + $(count passed)))
  failed=$((failed + executed - $(count passed)))
  skipped=$((skipped + $(count total) - executed))
  local messages; messages=$(sed -n '/<UnitTestResult [^>]*outcome="Failed"/,/<\/UnitTestResult>/p' "$1" | sed '
    s/.*<UnitTestResult .*testName="\([^"]*\)".*/not ok - \1/
    /^not ok/! { s/<[^>]*>//g; s/^ *//; s/^/    /; /^ *$/d; }
    s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#xD;//g; s/&amp;/\&/g' | shorten)
  note_failures "$messages"
}
# Keeps the lines "not ok - NAME" of its input, each with at most 24 indented lines that follow it.
shorten() { awk '/^not ok/ { lines = 0; on = 1 } !/^(not ok|    )/ { on = 0 } on && lines++ < 25 { print }'; }
add_lines() { # file that ends with "N passed, N failed, N skipped"
  local p f s
  read -r p f s < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$1" | tail -n 1)
  [ -n "${s:-}" ] || return 1
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  [ "$f" -eq 0 ] || note_failures "$(shorten <"$1")"
}
add_run() { # results name, exit status of dotnet test, filter of the caller's or nothing
  local before=$failed
  if [ -f "$results/$1.trx" ]; then
    add_trx "$results/$1.trx" || broken "$1 left unreadable results"
    # A run that was cut short has results too.
    [ "$2" -eq 0 ] || [ "$failed" -gt "$before" ] || fail "$1: exit $2"
  elif [ -z "$3" ] || [ "$2" -ne 0 ]; then
    echo "test: $1 left no results (exit $2)" >&2
    fail "$1 left no results (exit $2)"
  fi
}
run_tests() { # results name, project, filter, command in front…
  local name=$1 project=$2 where=$3
  shift 3
  title "$name"
  [ -z "$filter" ] || where="${where:+$where&}FullyQualifiedName~$filter"
  # (An empty array is an unset variable to Bash 3.2.)
  ${limit[@]+"${limit[@]}"} "$@" dotnet test "$project" --no-build --nologo \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" ${where:+--filter "$where"}
  add_run "$name" $? "$filter"
}

# Runs side by side: start_tests is called like run_tests, and start_script starts a command. collect shows all that were
# started, in that order, and adds them up. With $lanes, a start waits while so many run already (Bash 4.3).
lanes=
started=() started_ids=() started_kinds=()
# Ends what still runs when the caller ends early: background runs that are not collected, and the compiler server.
trap 'ids=$(jobs -p); [ -z "$ids" ] || kill $ids 2>/dev/null; end_compiler' EXIT
end_compiler() { # the server named $compiler, if there is one
  [ -z "${compiler:-}" ] || pkill -f -- "-pipename:$compiler\$"
}
start_tests() {
  local name=$1 project=$2 where=$3
  shift 3
  [ -z "$filter" ] || where="${where:+$where&}FullyQualifiedName~$filter"
  start tests "$name" ${limit[@]+"${limit[@]}"} "$@" dotnet test "$project" --no-build --nologo \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" ${where:+--filter "$where"}
}
# A script whose output has no line "N passed, N failed, N skipped" counts as one test, which passes when its exit status is 0.
start_script() { start script "$@"; } # results name, command…
start() { # kind, results name, command…
  local kind=$1 name=$2
  shift 2
  while [ -n "$lanes" ] && [ "$(jobs -rp | wc -l)" -ge "$lanes" ]; do wait -n; done
  title "$name starts"
  "$@" > "$results/$name.txt" 2>&1 </dev/null &
  started+=("$name") started_ids+=($!) started_kinds+=("$kind")
}
collect() {
  local i status
  for ((i = 0; i < ${#started[@]}; i++)); do
    wait "${started_ids[i]}"
    status=$?
    title "${started[i]}"
    if [ "${started_kinds[i]}" = script ]; then
      add_script "${started[i]}" "$status"
    else
      cat "$results/${started[i]}.txt"
      add_run "${started[i]}" "$status" "$filter"
    fi
  done
  started=() started_ids=() started_kinds=()
}
add_script() { # results name, exit status
  local output=$results/$1.txt before=$failed
  if add_lines "$output"; then
    cat "$output"
    # A script that was killed during its cleanup has printed its results before.
    [ "$2" -eq 0 ] || [ "$failed" -gt "$before" ] || fail "$1: exit $2"
  elif [ "$2" -eq 0 ]; then
    passed=$((passed + 1))
  else
    cat "$output"
    fail "$1: exit $2" "$(tail -n 20 "$output")"
  fi
}
