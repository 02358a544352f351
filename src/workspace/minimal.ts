/** `gatebook init --minimal`: a workspace for exports of impressions and clicks alone, without saves, dwell and lookups. */

/** Of the package's queries; paths relative to the workspace. */
export const minimalQueries: readonly string[] = [
  "queries/README.md",
  "queries/sources/README.md",
  "queries/relations/user_days.sql",
  "queries/metrics/ctr.sql",
  "queries/checks/clicks_without_impression.sql",
  "queries/checks/duplicate_event_ids.sql",
  "queries/checks/event_id_populated.sql",
  "queries/checks/freshness.sql",
  "queries/checks/traffic_share.sql",
  "queries/checks/unknown_algorithms.sql",
  "queries/cells/ingestion_by_day.sql",
  "queries/cells/ingestion_by_day.vl.json",
  "queries/cells/traffic_by_day.sql",
];

export const minimalRollout = `# The rollout that gatebook judges every night. Paths are relative to this file; shares may be written 3% or 0.03.
# gatebook schema --out rollout.schema.json writes what every key means, for editors.

# Which algorithm is compared with which, by the algo_version their events carry. Days begin and end in time_zone.
rollout:
  name: clip-cosine-v2
  baseline: clip-cosine-v1
  candidate: clip-cosine-v2
  time_zone: UTC

# The gate that is active now, and all of them: the candidate's share of traffic, since when, and the days before the next.
active_gate: g10
gates:
  - { name: g10, exposure: 10%, started: 2026-02-01, min_days: 2 }
  - { name: g50, exposure: 50%, min_days: 3, max_days: 5, consecutive_healthy_days: 2 }
  - { name: g100, exposure: 100%, min_days: 3 }

# How much worse than the baseline the candidate may be: warning and rollback over the whole gate so far, severe on any day. A
# metric is a file, queries/metrics/NAME.sql (gatebook new metric NAME); one that is not named here is only shown.
thresholds:
  ctr: { drop: { warning: 3%, rollback: 5%, severe: 10% } }

# Where the exports are: CSV, TSV, JSONL or Parquet, plain, .gz or .zst.
#   columns      what a column is called in the export; any further name adds a column to events: platform: [platform, device]
#   event_types  what the export calls an impression or a click, or a type of your own for your metrics: order_paid: conversion
sources:
  - name: feed_events
    files: exports/feed_events/*.csv
    columns: { event_type: [event_type, event] }
    event_types: { feed_impression: impression, feed_click: click }
`;
