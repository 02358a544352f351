/**
 * The exports of a rollout whose truth is known, as rows that a test can take away, mix or mislabel before they are written:
 * three days at 50%, in one file per type and day, and a lookup of the items.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type Random } from "../../src/statistics/random.ts";
import { initWorkspace } from "../../src/workspace/init.ts";
import { type GuardrailName, keepMetrics, thresholdsOf } from "./lean-workspace.ts";
import { type Finally, temporaryFolder, writeFilesIn } from "./temp-workspace.ts";

export type Arm = "rank-a" | "rank-b";
type EventType = "impression" | "click" | "favorite" | "download";

export interface ExportRow {
  readonly id: string;
  readonly type: EventType;
  /** Which impression a click or save follows; an impression's own id. */
  readonly impression: string;
  /** Hours since midnight of `day`, UTC. */
  readonly hour: number;
  readonly day: string;
  readonly user: string;
  readonly session: string;
  readonly item: string;
  readonly algorithm: string;
  readonly dwell: number | null;
  /** Of the candidate's users, one who has the change. */
  readonly isAffected: boolean;
}

export interface Exports {
  readonly rows: readonly ExportRow[];
  /** item_id → author_id. */
  readonly items: ReadonlyMap<string, string>;
}

export interface ExportPlan {
  /** True relative change of the candidate's click rate. */
  readonly change: number;
  readonly usersPerArm: number;
  readonly seed: number;
  readonly days?: number;
  /** Share of users that are not logged in: a session and no user. */
  readonly loggedOut?: number;
  /** Who in the candidate's arm has the change; the others have none, and these have it all the more. Default: everybody. */
  readonly affected?: number;
  /** Share of the candidate's impressions that go to one author more than in the baseline. */
  readonly concentrated?: number;
}

export const arms = ["rank-a", "rank-b"] as const satisfies readonly Arm[];
const BASE_RATE = 0.2;
/** Taste of a user around BASE_RATE: the larger, the more alike they are. */
const ALIKE = 60;
const ITEMS = 600;
const AUTHORS = 60;

export function makeExports(plan: ExportPlan): Exports {
  const random = createRandom(`exports ${plan.seed}`);
  const items = new Map(
    Array.from({ length: ITEMS }, (_, at) => [`i${at}`, `a${Math.floor((at * AUTHORS) / ITEMS)}`]),
  );
  const rows: ExportRow[] = [];
  const affected = plan.affected ?? 1;
  for (const arm of arms) {
    for (let user = 0; user < plan.usersPerArm; user += 1) {
      const isOut = random.uniform() < (plan.loggedOut ?? 0);
      const isAffected = arm === "rank-b" && random.uniform() < affected;
      const factor = isAffected ? Math.max(0, 1 + plan.change / affected) : 1;
      const taste = random.beta(BASE_RATE * ALIKE, (1 - BASE_RATE) * ALIKE) * factor;
      const name = `${arm === "rank-a" ? "a" : "b"}${user}`;
      const concentrated = arm === "rank-b" ? (plan.concentrated ?? 0) : 0;
      const person = { arm, name, taste, isOut, isAffected, concentrated };
      for (let day = 1; day <= (plan.days ?? 3); day += 1) visit(rows, person, `2026-02-0${day}`, random);
    }
  }
  return { rows, items };
}

interface Person {
  readonly arm: Arm;
  readonly name: string;
  readonly taste: number;
  readonly isOut: boolean;
  readonly isAffected: boolean;
  readonly concentrated: number;
}

function visit(rows: ExportRow[], person: Person, day: string, random: Random): void {
  const { arm, name, taste, isOut, isAffected, concentrated } = person;
  const shown = 1 + random.poisson(random.gamma(1.5) * 5);
  const user = isOut ? "" : `u${name}`;
  const common = { day, user, session: `s${name}-${day}`, algorithm: arm, isAffected };
  for (let at = 0; at < shown; at += 1) {
    const hour = Math.min(23.99, 24 * random.beta(2.2, 1.6));
    const id = `${name}-${day}-${at}`;
    const favourite = random.uniform() < concentrated;
    const item = `i${Math.floor(favourite ? random.integer(ITEMS / AUTHORS) : ITEMS * random.uniform() ** 2)}`;
    const event = { ...common, impression: id, item, hour };
    rows.push({ ...event, id: `m${id}`, type: "impression", dwell: null });
    if (random.uniform() >= taste) continue;
    const later = Math.min(23.995, hour + 0.002);
    const dwell = Math.round(1000 * 20 * random.gamma(1.2)) / 1000;
    rows.push({ ...event, id: `c${id}`, type: "click", hour: later, dwell });
    const type = random.uniform() < 0.5 ? "favorite" : "download";
    if (random.uniform() < 0.25) rows.push({ ...event, id: `f${id}`, type, hour: later, dwell: null });
  }
}

const FOLDERS: Readonly<Record<EventType, string>> = {
  impression: "impressions",
  click: "clicks",
  favorite: "saves",
  download: "saves",
};
const HEADER = "event_id,event_type,occurred_at,user_id,session_id,item_id,algo_version,dwell_seconds";

/** Replaces what stands in `exports/`. */
export function writeExports(root: string, { rows, items }: Exports): void {
  rmSync(join(root, "exports"), { recursive: true, force: true });
  const files = new Map<string, string[]>();
  for (const row of rows) {
    const path = `exports/${FOLDERS[row.type]}/${row.day}.csv`;
    const lines = files.get(path) ?? [];
    files.set(path, lines);
    const at = new Date(Date.parse(`${row.day}T00:00:00Z`) + Math.round(row.hour * 3_600_000)).toISOString();
    lines.push(
      [row.id, row.type, at, row.user, row.session, row.item, row.algorithm, row.dwell ?? ""].join(","),
    );
  }
  const texts = [...files].map(([path, lines]) => [path, `${[HEADER, ...lines].join("\n")}\n`] as const);
  const lookup = [...items].map(([item, author]) => `${item},${author}`);
  writeFilesIn(root, {
    ...Object.fromEntries(texts),
    "exports/items.csv": `item_id,author_id\n${lookup.join("\n")}\n`,
  });
}

/** A workspace of its own that measures these guardrails alone. */
export async function exportWorkspace(
  finish: Finally,
  guardrails: readonly GuardrailName[],
): Promise<string> {
  const root = temporaryFolder(finish);
  await initWorkspace({ directory: root });
  keepMetrics(root, guardrails);
  writeFilesIn(root, {
    "rollout.yaml": `rollout: { name: losses, baseline: rank-a, candidate: rank-b, time_zone: UTC }
active_gate: g50
gates:
  - { name: g50, exposure: 50%, started: 2026-02-01, min_days: 2 }
  - { name: g100, exposure: 100%, min_days: 2 }
${thresholdsOf(guardrails)}
sources:
  - { name: impressions, files: exports/impressions/*.csv }
  - { name: clicks, files: exports/clicks/*.csv }
  - { name: saves, files: exports/saves/*.csv }
  - { name: items, kind: lookup, files: exports/items.csv }
preflight: { enabled: false }
`,
  });
  return root;
}
