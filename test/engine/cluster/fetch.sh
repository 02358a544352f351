#!/usr/bin/env bash
# Trino's server out of Maven Central, with the plugins that a test cluster needs. Usage: fetch.sh DIST
# 821 MB once, kept in the local Maven repository and unpacked (494 MB) where DIST is missing. Needs mvn, and to run Java 24 or newer.
set -euo pipefail
dist=$1; version=${TRINO_VERSION:-476}
[ -d "$dist/plugin" ] && exit 0
mkdir -p "$dist.part"
mvn -q -B dependency:copy "-Dartifact=io.trino:trino-server:$version:tar.gz" "-DoutputDirectory=$dist.part"
tar xzf "$dist.part/trino-server-$version.tar.gz" -C "$dist.part" --strip-components=1
rm "$dist.part/trino-server-$version.tar.gz"
# Jars that plugins share are hard links into other plugins' folders: all are unpacked first, then most folders dropped.
find "$dist.part/plugin" -mindepth 1 -maxdepth 1 ! -name iceberg ! -name memory -exec rm -rf {} +
mv "$dist.part" "$dist"
