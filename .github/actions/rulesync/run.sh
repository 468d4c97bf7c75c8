#!/usr/bin/env bash
# Runs one command of the action. Everything comes in by the environment, so that nothing is pasted into a script.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

case "${ACTION_COMMAND:-}" in
  list | plan | apply | drift) exec "$here/$ACTION_COMMAND.sh" ;;
  *)
    echo "::error title=rulesync::the action has the commands list, plan, apply and drift" >&2
    exit 64
    ;;
esac
