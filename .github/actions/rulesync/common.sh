# shellcheck shell=bash
# What the scripts of the action share; it is read by them, after `set -euo pipefail`.
# shellcheck disable=SC2034  # the variables are for those who read this

out="${RUNNER_TEMP:?is set by the runner}/rulesync"
directory="${ACTION_DIRECTORY:-.}"
where=(-C "$directory" --workspace "${ACTION_WORKSPACE:-}")
branch=() bot=() options=() variables=() link=()
[[ -z ${ACTION_BRANCH:-} ]] || branch=(--branch "$ACTION_BRANCH")
[[ -z ${ACTION_BOT:-} ]] || bot=(--bot "$ACTION_BOT")
read -r -a options <<<"${ACTION_OPTIONS:-}"
read -r -a variables <<<"${ACTION_VARIABLES:-}"
event='' pull='' head='' base='' foreign='' url=''

# The key and the token are given to those commands alone that need them. A key is found by its own name: the key of one
# organisation is never tried on another.
key_env="${ACTION_KEY_ENV:-SEQUENCE_API_KEY}"
key=''
while read -r line; do # without the blanks around it; and a key may end with `=`, which `IFS='=' read` would drop
  line="${line%$'\r'}"
  [[ $line != "$key_env="?* ]] || key="${line#*=}"
done <<<"${ACTION_KEYS:-}"
token="${ACTION_TOKEN:-}"
unset ACTION_KEYS ACTION_TOKEN line
[[ -z $key || ${GITHUB_ACTIONS:-} != true ]] || echo "::add-mask::$key"

# What the runner keeps of this between runs are the bodies of rules, which nobody without the key can put there.
export RULESYNC_CACHE_DIR="$RUNNER_TEMP/rulesync-cache"

[[ ! -d $RUNNER_TEMP/rulesync-venv/bin ]] || PATH="$RUNNER_TEMP/rulesync-venv/bin:$PATH"
mkdir -p "$out"
rm -f "$out"/*

fail() { # CODE WORDS: end with words that nobody else wrote
  echo "::error title=rulesync::$2"
  exit "$1"
}

output() { # NAME VALUE
  echo "$1=$2" >>"${GITHUB_OUTPUT:-/dev/null}"
}

summary() { # FILE…: put texts into the summary of the job, as far as they are there
  local file
  for file in "$@"; do
    if [[ -s $file ]]; then
      cat "$file" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
      echo >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
    fi
  done
}

say() { # FILE < WORDS: write words of ours, for the summary
  cat >"$out/$1"
  summary "$out/$1"
}

with_key() ( # ARGUMENTS…: run rulesync with the key of the API
  [[ $key_env =~ ^SEQUENCE_[A-Za-z0-9_]+$ ]] || fail 64 "the variable of a key has a name that begins with SEQUENCE_"
  [[ -z $key ]] || export "$key_env=$key"
  rulesync "${where[@]}" "$@"
)

hub() ( # ARGUMENTS…: run `rulesync github` with the token
  [[ -z $token ]] || export GITHUB_TOKEN="$token"
  rulesync "${where[@]}" github "$@"
)

know_event() { # what set this run off
  local told line
  told="$(hub event)"
  while read -r line; do
    case $line in
      event=*) event=${line#*=} ;;
      pull=*) pull=${line#*=} ;;
      head=*) head=${line#*=} ;;
      base=*) base=${line#*=} ;;
      foreign=*) foreign=${line#*=} ;;
      url=*) url=${line#*=} ;;
    esac
  done <<<"$told"
  [[ -z $url ]] || link=(--link "$url")
  output files "$out"
}

git_here() {
  git -C "$directory" "$@"
}

know_base() { # the commit whose word counts for what is protected and pinned: the tip that this is to follow
  if [[ -n $pull ]]; then
    # What is checked out is the merge of the pull request; its first parent is the newest tip of the other branch.
    if git_here rev-parse --quiet --verify 'HEAD^2' >/dev/null && [[ $(git_here rev-parse HEAD) != "$head" ]]; then
      base="$(git_here rev-parse 'HEAD^1')"
    fi
  elif [[ -z $base ]]; then
    base="$(git_here rev-parse --quiet --verify 'HEAD^1' || true)"
  fi
}

look() { # plan, and write it in every format; with the exit code of `plan --detailed-exitcode`
  local code=0
  with_key plan --detailed-exitcode "${options[@]}" "${variables[@]}" ${base:+--base "$base"} "${link[@]}" \
    --write "json=$out/plan.json" --write "markdown=$out/plan.md" --write "html=$out/plan.html" \
    --write "github=$out/annotations" || code=$?
  [[ ! -f $out/annotations ]] || cat "$out/annotations"
  return "$code"
}
