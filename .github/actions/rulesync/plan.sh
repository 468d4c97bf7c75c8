#!/usr/bin/env bash
# Plans, and shows it: in the log, as annotations, in the summary, and as the one comment on the pull request.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

know_event

if [[ $foreign == yes && -z $key ]]; then
  code=0
  rulesync "${where[@]}" validate "${variables[@]}" --write "github=$out/annotations" || code=$?
  [[ ! -f $out/annotations ]] || cat "$out/annotations"
  output exit-code "$code"
  case $code in
    0) verdict="Nothing is wrong with the rule files." ;;
    3) verdict="The rule files have errors; they stand at their lines, and in the log." ;;
    *) verdict="The rule files could not be checked; the log says why." ;;
  esac
  say offline.md <<WORDS
**Checked offline, without a plan.** $verdict

This pull request comes from a fork or from Dependabot, and such runs get no secrets: the files were checked for mistakes
and never compared with the rules in the app. What merging this would do is not known. Somebody who may push to this
repository can push the branch here, once the change was read, and open a pull request of it: that one gets a plan.
WORDS
  exit "$code"
fi

know_base
code=0
look || code=$?
output exit-code "$code"
case $code in
  0) output changes false ;;
  2) output changes true ;;
esac
summary "$out/plan.md"
if [[ -n $pull ]]; then
  hub comment "$out/plan.json" --body "$out/plan.md" "${branch[@]}" "${bot[@]}" || exit $((code && code != 2 ? code : 1))
fi
[[ $code == 2 ]] || exit "$code"
