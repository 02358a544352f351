#!/usr/bin/env bash
# The tests that need a cluster, on one of their own: fetched once, started, stopped. Where Java or Maven is missing it says so and runs none.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=${GATEBOOK_TRINO_HOME:-${TMPDIR:-/tmp}/gatebook-trino}
if ! bash "$here/java.sh" >/dev/null || ! command -v mvn >/dev/null 2>&1; then
  echo "Trino: its tests were not run, for they need Java 24 or newer and Maven"
  exit 0
fi
limit=$(command -v timeout || true)
if ! ${limit:+timeout 900} bash "$here/fetch.sh" "$home/dist"; then
  echo "Trino: its tests were not run, for the server could not be fetched"
  exit 0
fi
data=$(mktemp -d "$home/data.XXXXXX")
trap 'bash "$here/stop.sh" "$data"; rm -rf "$data"' EXIT
# a port of its own, with room for the workers behind it
port=$(node -e 'const server = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); })')
TRINO_PORT=${TRINO_PORT:-$port} bash "$here/start.sh" "$home/dist" "$data" 2
cd "$here/../../.."
GATEBOOK_TRINO_DATA=$data npm run --silent test:trino -- "$@"
