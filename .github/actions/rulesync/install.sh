#!/usr/bin/env bash
# Installs rulesync from the commit that this action is pinned to, and its libraries by their hashes.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
venv="${RUNNER_TEMP:?is set by the runner}/rulesync-venv"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

[[ -x $venv/bin/rulesync ]] && exit 0
"${ACTION_PYTHON:-python3}" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --require-hashes --only-binary :all: --requirement "$here/requirements.txt"
"$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation "$here/../../.."
"$venv/bin/rulesync" --version
