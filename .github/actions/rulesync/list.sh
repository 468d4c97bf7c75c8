#!/usr/bin/env bash
# Lists the workspaces of rulesync.yaml as a matrix: one job for each. No network, no key.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

names=()
set -f # a name is no pattern of files
for name in ${ACTION_WORKSPACES:-}; do
  names+=(--workspace "$name")
done
matrix="$(rulesync -C "$directory" "${names[@]}" workspaces --format json)"
# Of more workspaces than a matrix takes, some would share a job, and each needs a key and a comment of its own.
if [[ $matrix =~ \"workspace\":\ \"[^\"]*, ]]; then
  fail 1 "these are more workspaces than one matrix takes: name some with the input workspaces, in several jobs"
fi
output matrix "${matrix//$'\n'/}"
