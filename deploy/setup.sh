#!/usr/bin/env bash
# Run once by Compose before the other services start: checks the settings and makes up the database's password.
set -euo pipefail
PASSWORD_FILE="${PASSWORD_FILE:-/run/sluice/password}"

fail() {
  echo "$1" >&2
  exit 1
}

case "$API_ADDRESS" in
  127.* | localhost | ::1 | "[::1]") ;;
  *)
    [ -n "${API_KEYS:-}" ] ||
      fail "API_ADDRESS=$API_ADDRESS opens the API to the network, where anyone could load files. Set API_KEYS as well."
    ;;
esac

if [ -n "${POSTGRES_PASSWORD:-}" ]; then
  # It becomes part of a URL.
  [[ "$POSTGRES_PASSWORD" =~ ^[A-Za-z0-9._~-]+$ ]] ||
    fail "POSTGRES_PASSWORD may have only letters, digits and the characters . _ ~ -"
  printf '%s' "$POSTGRES_PASSWORD" >"$PASSWORD_FILE"
elif [ ! -s "$PASSWORD_FILE" ]; then
  head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$PASSWORD_FILE"
fi
# The servers read the file as other users. Only containers that mount the volume see it.
chmod 444 "$PASSWORD_FILE"
