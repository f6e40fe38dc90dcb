# The systemd half of eng/demo.sh: where the story plays, and the manager's own word on what is claimed.
# shellcheck shell=bash

unit=$service.service
usual_state=active stopped_state=inactive

enter() { :; } # eng/demo.sh itself was started anew under eng/private-systemd
leave() { systemctl --user disable --now "$unit" >/dev/null 2>&1 || true; }

property() { systemctl --user show --value --property="$1" "$unit"; }
state() { property ActiveState; }
state_in_full() { echo "$(property ActiveState) ($(property SubState))"; }
main_pid() { property MainPID; }
start_id() { property InvocationID; }
definition() { property FragmentPath; }
same_enabled() { same "enabled" enabled "$(property UnitFileState)"; }
stop_behind_our_back() { systemctl --user stop "$unit"; }
same_gone() { # definition file as it was
  same "the unit" not-found "$(property LoadState)"
  same "files" "" "$(find "$(dirname "$1")" -name "$service*")"
  fact "the manager's word" "$(property LoadState)"
}
