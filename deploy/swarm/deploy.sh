#!/usr/bin/env bash
# Deploys the stack, or upgrades it to another image: makes the secrets that are missing, migrates the database, and then
# replaces API and workers, container by container.
#
#   bash deploy/swarm/deploy.sh IMAGE
#
# STACK is the stack's name (sluice), SECRETS the folder of its secrets (deploy/swarm/secrets).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export SLUICE_IMAGE="${1:?usage: bash deploy/swarm/deploy.sh IMAGE}"
STACK="${STACK:-sluice}"
SECRETS="${SECRETS:-deploy/swarm/secrets}"

mkdir -p "$SECRETS"
chmod 700 "$SECRETS"
SECRETS="$(cd "$SECRETS" && pwd)"
export SECRETS
API_ADDRESS=127.0.0.1 PASSWORD_FILE="$SECRETS/postgres" ROLES="$SECRETS" bash deploy/setup.sh
[ -s "$SECRETS/api_keys" ] || head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$SECRETS/api_keys"

# New processes need the new schema, and old ones run on it, too. Forced, because an image may have got the name of the last one.
if docker service inspect "${STACK}_migrate" >/dev/null 2>&1; then
  before="$(docker service ps --quiet --no-trunc "${STACK}_migrate")"
  docker service update --quiet --detach --force --with-registry-auth --image "$SLUICE_IMAGE" "${STACK}_migrate" >/dev/null
  while true; do
    # Swarm repeats a task that failed, so the latest is not enough.
    tasks="$(docker service ps --no-trunc --format '{{.ID}} {{.CurrentState}}' "${STACK}_migrate" | grep -vF "${before:-none}" || true)"
    case "$tasks" in
      *" Complete "*) break ;;
      *" Failed "* | *" Rejected "*)
        docker service logs --raw --tail 20 "${STACK}_migrate" >&2
        echo "The database was not migrated; API and workers have not been changed." >&2
        exit 1
        ;;
    esac
    sleep 1
  done
fi

docker stack deploy --with-registry-auth --compose-file deploy/stack.yml "$STACK"
