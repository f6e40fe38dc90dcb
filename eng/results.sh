# Runs tests and adds up their results. For scripts that set $results, the folder for them, and $filter, which may be
# empty, and end with finish.
passed=0 failed=0 skipped=0
options=() # for every dotnet test

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 MSBUILDTERMINALLOGGER=off

finish() {
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
  failed=$((failed + 1))
  finish
}
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
}
add_lines() { # file that ends with "N passed, N failed, N skipped"
  local p f s
  read -r p f s < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$1" | tail -n 1)
  [ -n "${s:-}" ] || return 1
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

run_tests() { # results name, project, filter, command in front…
  local name=$1 project=$2 where=$3 status before
  shift 3
  title "$name"
  [ -z "$filter" ] || where="${where:+$where&}FullyQualifiedName~$filter"
  timeout --kill-after=30 1200 "$@" dotnet test "$project" --no-build --nologo "${options[@]}" \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" ${where:+--filter "$where"}
  status=$?
  if [ -f "$results/$name.trx" ]; then
    before=$failed
    add_trx "$results/$name.trx" || broken "$name left unreadable results"
    # A run that was cut short has results too.
    [ "$status" -eq 0 ] || [ "$failed" -gt "$before" ] || failed=$((failed + 1))
  elif [ -z "$filter" ]; then
    echo "test: $name left no results (exit $status)" >&2
    failed=$((failed + 1))
  fi
}
