#!/usr/bin/env bash
# Ends the nodes that start.sh started, and no other process. Usage: stop.sh DATA
set -u
[ -e "$1/pids" ] || exit 0
for pid in $(cat "$1/pids"); do kill "$pid" 2>/dev/null; done
for pid in $(cat "$1/pids"); do
  for _ in $(seq 1 40); do kill -0 "$pid" 2>/dev/null || break; sleep 0.25; done
  kill -9 "$pid" 2>/dev/null
done
rm -f "$1/pids" "$1/url"
