/** `gatebook init --engine trino`: the shipped rollout.yaml, with the tables of a cluster in the place of exports. */

const sources = `# Where the events are: tables of a Trino cluster, which are read where they are. Relations are written to \`scratch\` alone, a schema of an
# Iceberg catalog in which \`user\` may create tables; everything else needs SELECT only.
#   password_env  the environment variable with the user's password, or token_env with a JWT; both need https
#   ca            the PEM file of the certificate that signed the server's, where Node does not know it
#   read_user     whom the files of queries/ run as; it needs SELECT on the sources and on scratch
engine:
  kind: trino
  server: https://trino.example.org:8443
  catalog: iceberg
  schema: feed
  scratch: iceberg.gatebook
  user: gatebook
  password_env: TRINO_PASSWORD

#   table         a table of that catalog and schema, or with its own: iceberg.feed.events
#   columns       what a column is called in the table; of several names the first that has a value is taken
#   event_types   what the table calls an impression, click, favorite or download
#   kind: lookup  a table to join by item_id instead of events
# A table of another shape is turned into events by a query of its own, queries/sources/NAME.sql, in the cluster's SQL.
sources:
  - name: feed_events
    table: feed_events
    columns: { event_type: [event_type, event] }
    event_types: { feed_impression: impression, feed_click: click }
  - name: user_discovery_events
    table: user_discovery_events
    columns: { metadata: [metadata, meta] }
  - name: items
    kind: lookup
    table: items
`;

/** From the shipped file's text. */
export function trinoRollout(shipped: string): string {
  const lines = shipped.split("\n");
  const first = lines.findIndex((line) => line.startsWith("# Where the exports are"));
  const end = lines.findIndex((line, index) => index > first && line.startsWith("# The app's own settings"));
  if (first < 0 || end < 0) throw new Error("the shipped rollout.yaml has no sources to replace");
  return [...lines.slice(0, first), ...sources.split("\n"), ...lines.slice(end)].join("\n");
}
