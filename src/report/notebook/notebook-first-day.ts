/**
 * The Python that shows a notebook of the first 24 hours what its run saw: the events from the opening to the judged instant,
 * and relations made of these alone. They hide newer rows of the published warehouse.
 */
import { daysIn } from "../../model/hours.ts";
import type { Result } from "../../model/result.ts";
import { pythonText } from "./notebook-cells.ts";

export function firstDayCode(result: Result): string {
  const tables = inOrder(relationsOf(result)).map(
    ({ name, sql }) =>
      `con.execute(${pythonText(`CREATE TEMP TABLE ${quoted(name)} AS\n${sql.trimEnd()}\n`)})`,
  );
  return `# The first 24 hours of gate ${result.rollout.gate.replace(/\s/g, " ")}: temporary tables in front of the published ones.
catalog = con.execute("SELECT current_database()").fetchone()[0]
con.execute(f'''CREATE TEMP VIEW events AS
${eventsSql(result)}
''')
con.execute("CREATE TEMP VIEW user_discovery_events AS SELECT *, metadata AS meta FROM events")
${tables.join("\n")}`;
}

/** Every event under the day of the clock on which it happened, as the run counted it. */
function eventsSql({ window }: Result): string {
  const { openedAt = `${window.from}T00:00:00Z`, asOf, timeZone } = window;
  const days = daysIn({ from: openedAt, to: asOf }, timeZone);
  const cases = days.map(({ date, to }) => `WHEN occurred_at < ${timestamp(to)} THEN DATE '${date}'`);
  return `SELECT * REPLACE (CASE ${cases.join(" ")} END AS event_date) FROM "{catalog}".main.events
WHERE occurred_at >= ${timestamp(openedAt)} AND occurred_at < ${timestamp(asOf)}`;
}

function timestamp(instant: string): string {
  return `TIMESTAMP '${instant.replace(/Z$/, "")}'`;
}

interface Relation {
  readonly name: string;
  readonly sql: string;
}

function relationsOf({ provenance }: Result): readonly Relation[] {
  return Object.entries(provenance.queries).flatMap(([path, { kind, sql }]) =>
    kind === "relation" ? [{ name: path.replace(/^.*\//, "").replace(/\.sql$/, ""), sql }] : [],
  );
}

/** One that reads another comes after it; the record does not list which do, but their SQL names them. */
function inOrder(relations: readonly Relation[]): readonly Relation[] {
  const waiting = [...relations];
  const placed: Relation[] = [];
  while (waiting.length > 0) {
    const names = waiting.map(({ name }) => name);
    const free = waiting.findIndex(
      ({ name, sql }) => !names.some((other) => other !== name && new RegExp(`\\b${other}\\b`).test(sql)),
    );
    placed.push(...waiting.splice(Math.max(0, free), 1));
  }
  return placed;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
