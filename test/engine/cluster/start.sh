#!/usr/bin/env bash
# A Trino cluster on 127.0.0.1: a coordinator that runs no splits, and workers. Usage: start.sh DIST DATA [WORKERS]
# DIST is what fetch.sh made. TRINO_PORT is the coordinator's port (18080), the workers take those behind it; TRINO_HEAP (1G) is each
# node's, TRINO_QUERY_MEMORY (400MB) what a query may take of it: ten million events need 3G and 1500MB. Leaves DATA/url, DATA/pids
# (the coordinator's first) and DATA/NODE/run, which starts one node again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dist=$(realpath "$1"); data=$2; workers=${3:-2}; port=${TRINO_PORT:-18080}; heap=${TRINO_HEAP:-1G}; memory=${TRINO_QUERY_MEMORY:-400MB}
java=$(bash "$here/java.sh") || { echo "Trino needs Java 24 or newer" >&2; exit 1; }
mkdir -p "$data/lake"; data=$(realpath "$data")
: > "$data/pids"

node_at() { # NAME PORT IS_COORDINATOR
  local home="$data/$1"; rm -rf "$home"; mkdir -p "$home/etc/catalog"
  cat > "$home/etc/config.properties" <<P
node.environment=gatebook
node.id=$1
node.bind-ip=127.0.0.1
node.internal-address=127.0.0.1
coordinator=$3
http-server.http.port=$2
discovery.uri=http://127.0.0.1:$port
plugin.dir=$dist/plugin
catalog.config-dir=$home/etc/catalog
query.max-memory=4GB
query.max-memory-per-node=$memory
memory.heap-headroom-per-node=200MB
exchange.max-error-duration=10s
query.remote-task.max-error-duration=10s
P
  if [ "$3" = true ]; then
    echo 'node-scheduler.include-coordinator=false' >> "$home/etc/config.properties"
    printf 'access-control.name=file\nsecurity.config-file=%s\n' "$here/rules.json" > "$home/etc/access-control.properties"
    echo "access-control.config-files=$home/etc/access-control.properties" >> "$home/etc/config.properties"
  fi
  echo 'io.trino=WARN' > "$home/etc/log.properties"
  echo 'connector.name=memory' > "$home/etc/catalog/memory.properties"
  sed "s#@DATA@#$data#g" "$here/iceberg.properties" > "$home/etc/catalog/iceberg.properties"
  # the compiler's first stage alone, and classes from an archive: two idle cores start all three in 35 s
  cat > "$home/run" <<R
cd "$home" && exec nice -n 5 "$java" -server -Xmx$heap -XX:ReservedCodeCacheSize=150M -XX:TieredStopAtLevel=1 \\
  -XX:+UnlockDiagnosticVMOptions -XX:-OmitStackTraceInFastThrow -Djdk.attach.allowAttachSelf=true \\
  -Dfile.encoding=UTF-8 -Duser.timezone=UTC -XX:+AutoCreateSharedArchive -XX:SharedArchiveFile="$dist/$1.jsa" \\
  -Dconfig="$home/etc/config.properties" -Dlog.levels-file="$home/etc/log.properties" \\
  -cp "$dist/lib/*" io.trino.server.TrinoServer > "$home/log" 2>&1
R
  bash "$home/run" &
  echo "$!" >> "$data/pids"
}

node_at coordinator "$port" true
for i in $(seq 1 "$workers"); do node_at "worker$i" $((port + i)) false; done
if ! node "$here/wait.mjs" "http://127.0.0.1:$port" "$workers" "$data/pids"; then
  grep -h -m5 -E "ERROR|rror:|xception" "$data"/*/log >&2 || true
  exit 1
fi
echo "http://127.0.0.1:$port" > "$data/url"
echo "Trino is ready at http://127.0.0.1:$port with $workers workers"
