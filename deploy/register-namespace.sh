#!/bin/sh
# Makes the namespace of the journeys and registers their search attributes. It may run again at any time: what exists
# stays. Needs the `temporal` command line tool (the temporalio/admin-tools image has it); TLS and API keys are taken
# by that tool from its own TEMPORAL_* settings.
#
#   TEMPORAL_ADDRESS     host:port of the frontend (required)
#   TEMPORAL_NAMESPACE   default: default
#   NAMESPACE_RETENTION  how long closed journeys stay, default 960h: longer than history.days of the retention file, since
#                        what is deleted here leaves no evidence; only used when the namespace is made
#   MAX_TRIES            per step, default 60
#   RETRY_SECONDS        between two tries, default 2
set -eu

: "${TEMPORAL_ADDRESS:?set it to host:port of the Temporal frontend}"
address=$TEMPORAL_ADDRESS
namespace=${TEMPORAL_NAMESPACE:-default}
retention=${NAMESPACE_RETENTION:-960h}
max_tries=${MAX_TRIES:-60}
retry_seconds=${RETRY_SECONDS:-2}
attributes='OnboardingState OnboardingStatus OnboardingRail OnboardingTenant OnboardingWaitsFor'

say() { echo "register-namespace: $*"; }

give_up() {
  say "$*" >&2
  exit 1
}

# The tool's words of the last call, shown when a step is given up.
said=''
temporal_cli() {
  if said=$(temporal "$@" --address "$address" --command-timeout 15s 2>&1); then return 0; fi
  return 1
}

# retry <what> <command>: until it succeeds, at most max_tries times.
retry() {
  what=$1
  shift
  try=1
  until "$@"; do
    if [ "$try" -ge "$max_tries" ]; then
      give_up "$what: not in $max_tries tries at $address. Last: ${said:-no answer}"
    fi
    say "$what: try $try of $max_tries"
    try=$((try + 1))
    sleep "$retry_seconds"
  done
}

server_answers() { temporal_cli operator cluster health; }

namespace_exists() {
  if temporal_cli operator namespace describe --namespace "$namespace"; then return 0; fi
  case $said in
    *[Nn]ot\ found* | *NotFound*) ;;
    *) return 1 ;;
  esac
  # A failure here may be another process that made it first: the next try sees it.
  temporal_cli operator namespace create --namespace "$namespace" --retention "$retention"
}

# A new namespace is known to all parts of the server only after a moment; then this succeeds.
attributes_exist() {
  set -- operator search-attribute create --namespace "$namespace"
  for name in $attributes; do set -- "$@" --name "$name" --type Keyword; done
  if ! temporal_cli "$@"; then
    case $said in
      *'different type'*)
        give_up "$said. Remove that search attribute from namespace $namespace, or use another namespace." ;;
    esac
    return 1
  fi
  temporal_cli operator search-attribute list --namespace "$namespace" || return 1
  for name in $attributes; do
    printf '%s\n' "$said" | grep -Eq "^[[:space:]]*${name}[[:space:]]+Keyword[[:space:]]*$" || return 1
  done
}

retry 'waiting for the Temporal server' server_answers
retry "namespace $namespace" namespace_exists
retry "search attributes of $namespace" attributes_exist
say "namespace $namespace has $attributes"
