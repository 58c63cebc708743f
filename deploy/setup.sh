#!/usr/bin/env bash
# Run once by Compose before the other services start: checks the settings and makes up the database's password.
set -euo pipefail
PASSWORD_FILE="${PASSWORD_FILE:-/run/sluice/password}"

case "$API_ADDRESS" in
  127.* | localhost | ::1 | "[::1]") ;;
  *)
    if [ -z "${API_KEYS:-}${API_KEYS_FILE:-}" ] && [ "${ALLOW_OPEN_API:-}" != true ]; then
      echo "API_ADDRESS=$API_ADDRESS opens the API to the network without API keys. Set API_KEYS or API_KEYS_FILE as well, or ALLOW_OPEN_API=true if everyone who reaches it may load files and see all jobs." >&2
      exit 1
    fi
    ;;
esac

if [ -n "${POSTGRES_PASSWORD:-}" ]; then
  printf '%s' "$POSTGRES_PASSWORD" >"$PASSWORD_FILE"
elif [ ! -s "$PASSWORD_FILE" ]; then
  head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$PASSWORD_FILE"
fi
# The servers read the file as other users. Only containers that mount the volume see it.
chmod 444 "$PASSWORD_FILE"
