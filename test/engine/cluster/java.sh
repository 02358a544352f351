#!/usr/bin/env bash
# Prints the path of a Java that runs Trino (24 or newer): TRINO_JAVA, the one of JAVA_HOME or PATH, or any below /usr/lib/jvm. Fails where there is none.
set -u
for java in "${TRINO_JAVA:-}" "${JAVA_HOME:+$JAVA_HOME/bin/java}" "$(command -v java || true)" /usr/lib/jvm/*/bin/java; do
  [ -x "$java" ] || continue
  major=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1)
  [ "${major:-0}" -ge 24 ] && { echo "$java"; exit 0; }
done
exit 1
