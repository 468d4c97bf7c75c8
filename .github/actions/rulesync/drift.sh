#!/usr/bin/env bash
# Looks for what the app holds that nobody put into Git, and keeps the one issue about it.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

know_event
code=0
with_key drift ${ACTION_WAITING_HOURS:+--waiting-hours "$ACTION_WAITING_HOURS"} \
  ${ACTION_BASE:+--base "$ACTION_BASE"} "${variables[@]}" "${link[@]}" \
  --write "json=$out/drift.json" --write "markdown=$out/drift.md" --write "html=$out/drift.html" || code=$?
output exit-code "$code"
summary "$out/drift.md"
case $code in
  0) output changes false ;;
  2) output changes true ;;
  *) # what could not be read is an error, never an absence: the issue stays as it is
    fail "$code" "nobody can tell what drifted; the issue, if there is one, is left as it is"
    ;;
esac
hub issue "$out/drift.json" --body "$out/drift.md" "${bot[@]}"
if [[ $code == 2 && ${ACTION_FAIL_ON_DRIFT:-false} == true ]]; then
  exit 2
fi
