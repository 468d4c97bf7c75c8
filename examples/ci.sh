#!/bin/sh
# rulesync in any CI: `sh ci.sh plan`, `sh ci.sh apply` or `sh ci.sh drift`, in a clone with its history.
#
# SEQUENCE_API_KEY   the key; one that reads is enough for plan and drift
# BASE               the commit that the branch was at before, or that a change is compared with
# BRANCH             for apply: the branch that is applied, main by default
# PLAN_DIGEST        for apply: the digest of the plan that was reviewed; without it, edits made in the app are left alone
# REPORTS            where the reports go, ./reports by default
#
# It ends with the code of rulesync: 0 done, 1 could not run, 2 drift, 3 refused, 4 stale, 5 partial, 64 wrong use.
set -eu

reports=${REPORTS:-reports}
mkdir -p "$reports"

case ${1:-} in
  plan)
    if [ -z "${SEQUENCE_API_KEY:-}" ]; then
      echo "no key: the rule files are checked offline, and not compared with the app" >&2
      exec rulesync validate
    fi
    exec rulesync plan ${BASE:+--base "$BASE"} --write "json=$reports/plan.json" --write "html=$reports/plan.html"
    ;;
  apply)
    branch=${BRANCH:-main}
    git fetch --quiet origin "$branch"
    if [ "$(git rev-parse FETCH_HEAD)" != "$(git rev-parse HEAD)" ]; then
      echo "this is not the tip of $branch any more: nothing is applied, so that old rules do not come back" >&2
      exit 4
    fi
    if [ -n "${PLAN_DIGEST:-}" ]; then
      set -- --plan-digest "$PLAN_DIGEST"
    else
      set -- --auto-approve
    fi
    exec rulesync apply "$@" ${BASE:+--base "$BASE"} \
      --report "$reports/report.json" --write "html=$reports/report.html"
    ;;
  drift)
    exec rulesync drift --write "json=$reports/drift.json" --write "html=$reports/drift.html"
    ;;
  *)
    echo "usage: ci.sh plan|apply|drift" >&2
    exit 64
    ;;
esac
