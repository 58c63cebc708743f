#!/usr/bin/env bash
# Prints the base images of docker-compose.yml with their present digests, as lines for `.env`:
#   bash deploy/pinImages.sh >> .env
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
grep -ohE '\$\{[A-Z]+_IMAGE:-[^}]+\}' docker-compose.yml | tr -d '${}' | sort -u | while IFS= read -r line; do
  name="${line%%:-*}" image="${line#*:-}"
  docker pull --quiet "$image" >/dev/null
  digest="$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image" | grep -m1 -oE 'sha256:[0-9a-f]{64}')" ||
    { echo "$image has no digest: it does not come from a registry." >&2; exit 1; }
  echo "$name=$image@$digest"
done
