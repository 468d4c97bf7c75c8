#!/usr/bin/env bash
# Applies the plan that was reviewed, and no other: for the tip of the branch, after planning again.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

know_event
hub tip "${branch[@]}" # first of all: a run of last week must not bring last week's rules back
know_base
if [[ -n $base ]] && ! git_here cat-file -e "$base^{commit}" 2>/dev/null; then
  fail 1 "the commit before this push is not in the history here (a force push, or a shallow clone), so that nobody can tell what it protected: look, and run the workflow by hand with the digest of the plan"
fi

refuse() { # CODE WHY: show the plan of now, and how somebody who has read it can let it be applied
  summary "$out/plan.md"
  say refused.md <<WORDS
**Nothing was applied.** $2

Above is what would be done now. Somebody who has read it and wants it runs this workflow by hand (*Actions*, this workflow,
*Run workflow*) and gives it the digest of that plan.
WORDS
  echo "::error title=rulesync::nothing was applied; the summary of this run says why, and how to go on"
  exit "$1"
}

nothing_left() { # whether the rules in the app are what Git wants already; else the plan of now is written
  local code=0
  look || code=$?
  if ((code != 0 && code != 2)); then
    summary "$out/plan.md"
    output exit-code "$code"
    exit "$code"
  fi
  ((code == 0))
}

reviewed="${ACTION_DIGEST:-}"
reviewed="${reviewed//[[:space:]]/}"
if [[ -n $reviewed ]]; then
  [[ $reviewed =~ ^[0-9a-f]{64}$ ]] ||
    fail 64 "nothing was applied: the digest of a plan has 64 characters of 0-9 and a-f, and what was given is none"
else
  code=0
  reviewed="$(hub digest "${branch[@]}" "${bot[@]}")" || code=$?
  ((code == 0 || code == 3)) || exit "$code"
fi

if [[ -n $reviewed ]]; then
  how=(--plan-digest "$reviewed")
elif [[ ${ACTION_REQUIRE_REVIEW:-true} == false ]]; then
  how=(--auto-approve)
elif nothing_left; then
  summary "$out/plan.md"
  output exit-code 0
  exit 0
else
  output exit-code 3
  refuse 3 "Nobody saw this plan on a pull request."
fi

code=0
with_key apply "${how[@]}" "${options[@]}" "${variables[@]}" ${base:+--base "$base"} "${link[@]}" \
  --report "$out/report.json" --write "markdown=$out/report.md" --write "html=$out/report.html" || code=$?
if [[ $code == 4 && -n $reviewed ]]; then
  # Another plan than the reviewed one. Where nothing is left to do, this was applied before.
  if nothing_left; then
    summary "$out/plan.md"
    output exit-code 0
    exit 0
  fi
fi
output exit-code "$code"
summary "$out/report.md"
told=0
hub comment "$out/report.json" --report --body "$out/report.md" "${branch[@]}" "${bot[@]}" || told=1
if [[ $code == 4 && -n $reviewed ]]; then
  refuse 4 "The plan of now is not the one that was reviewed: Git or the app moved since."
fi
exit $((code ? code : told))
