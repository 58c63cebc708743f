#!/usr/bin/env bash
# Run once by Compose before the other services start: checks the settings and makes up the passwords of the database's
# roles and the key for secrets.
set -euo pipefail
PASSWORD_FILE="${PASSWORD_FILE:-/run/sluice/password}"
ROLES="${ROLES:-/run/roles}"

case "$API_ADDRESS" in
  127.* | localhost | ::1 | "[::1]") ;;
  *)
    if [ -z "${API_KEYS:-}${API_KEYS_FILE:-}" ] && [ "${ALLOW_OPEN_API:-}" != true ]; then
      echo "API_ADDRESS=$API_ADDRESS opens the API to the network without API keys. Set API_KEYS or API_KEYS_FILE as well, or ALLOW_OPEN_API=true if everyone who reaches it may load files and see all jobs." >&2
      exit 1
    fi
    ;;
esac

# Makes up a password, unless the file has one. The servers read it as other users. Only containers that mount the volume
# see it.
password() {
  mkdir -p "$(dirname "$1")"
  [ -s "$1" ] || head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$1"
  chmod 444 "$1"
}

if [ -n "${POSTGRES_PASSWORD:-}" ]; then
  rm -f "$PASSWORD_FILE"
  printf '%s' "$POSTGRES_PASSWORD" >"$PASSWORD_FILE"
fi
password "$PASSWORD_FILE"
for role in owner api worker; do password "$ROLES/$role/password"; done

if [ ! -s "$ROLES/api/secrets.key" ]; then
  head -c 32 /dev/urandom | base64 >"$ROLES/api/secrets.key"
fi
cp -f "$ROLES/api/secrets.key" "$ROLES/worker/secrets.key"
chmod 444 "$ROLES/api/secrets.key" "$ROLES/worker/secrets.key"
