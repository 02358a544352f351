/**
 * Exports of two days whose every count is planted: groups of users who each see and click the same on both days. No chance in it, so
 * that a test may say what a number is with and without some of them.
 */
import { type GuardrailName, keepMetrics, thresholdsOf } from "./lean-workspace.ts";
import { type Finally, madeWorkspace, writeFilesIn } from "./temp-workspace.ts";

export interface Group {
  readonly algorithm: string;
  readonly users: number;
  /** Per user and day. The first `clicks` impressions are clicked. */
  readonly impressions: number;
  readonly clicks: number;
  /** In front of the ids: groups of one name are the same people. */
  readonly name: string;
  /** What stands in user_id; not given: an id of each user's own. */
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Items are numbered from here on, a hundred of them. */
  readonly firstItem?: number | undefined;
  /** First of the days on which they come; both when not given. */
  readonly days?: readonly string[] | undefined;
  /** Left out of the export. */
  readonly drops?: "impressions" | "clicks" | undefined;
  /** What stands in dwell_seconds of their clicks. */
  readonly dwell?: string | undefined;
}

export const plantedDays = ["2026-02-06", "2026-02-07"] as const;

export interface Planted {
  readonly groups: readonly Group[];
  /** Further lines of rollout.yaml. */
  readonly settings?: string | undefined;
  /** The guardrails; nothing else is measured. */
  readonly thresholds?: readonly GuardrailName[] | undefined;
  readonly exposure?: string | undefined;
}

/** A workspace with one file per day and a lookup of items 0 to 99. Judged by the bare thresholds: nothing here is noise. */
export async function plantedWorkspace(finish: Finally, planted: Planted): Promise<string> {
  const root = await madeWorkspace(finish);
  const { groups, settings = "", thresholds = ["ctr", "long_dwell_share"], exposure = "10%" } = planted;
  keepMetrics(root, thresholds);
  const items = Array.from({ length: 100 }, (_, item) => `${item},a${item % 30},c${item % 7},d${item % 50}`);
  writeFilesIn(root, {
    "rollout.yaml": `rollout: { name: planted, baseline: v1, candidate: v2 }
active_gate: g10
gates:
  - { name: g10, exposure: ${exposure}, started: ${plantedDays[0]}, min_days: 2 }
  - { name: g100, exposure: 100%, min_days: 2 }
${thresholdsOf(thresholds)}
judge: literal
min_sample: { impressions: 10, clicks: 3 }
sources:
  - { name: feed, files: exports/*.csv }
  - { name: items, kind: lookup, files: exports/lookup/items.csv }
preflight: { enabled: false }
${settings}
`,
    "exports/lookup/items.csv": ["item_id,author_id,category_id,duplicate_group", ...items, ""].join("\n"),
    ...Object.fromEntries(plantedDays.map((day) => [`exports/${day}.csv`, exportOf(day, groups)])),
    // saves are no matter here
    "queries/checks/save_events_present.sql":
      "-- @title Saves\nSELECT 'pass' AS status, 0 AS observed, 0 AS expected, '' AS detail",
  });
  return root;
}

const header =
  "event_id,event_type,occurred_at,user_id,session_id,item_id,algo_version,dwell_seconds,metadata";

function exportOf(day: string, groups: readonly Group[]): string {
  const rows = groups.flatMap((group, at) =>
    (group.days ?? plantedDays).includes(day)
      ? Array.from({ length: group.users }, (_, user) => rowsOf(day, group, { at, user })).flat()
      : [],
  );
  return [header, ...rows, ""].join("\n");
}

function rowsOf(day: string, group: Group, { at, user }: { at: number; user: number }): readonly string[] {
  const { impressions, clicks, algorithm, drops, firstItem = 0 } = group;
  const userId = group.userId ?? `${group.name}${user}`;
  const sessionId = group.sessionId ?? `s-${group.name}${user}`;
  return Array.from({ length: impressions }, (_, place) => {
    const minute = (user * 37 + place * 131) % 1440;
    const time = new Date(Date.parse(`${day}T00:00:00Z`) + minute * 60_000).toISOString();
    const item = firstItem + ((user * 7 + place * 3) % 100);
    const row = (type: string, dwell: string) =>
      `${day}-${at}-${user}-${place}-${type},${type},${time},${userId},${sessionId},${item},${algorithm},${dwell},{}`;
    const shown = drops === "impressions" ? [] : [row("impression", "")];
    const isClicked = place < clicks && drops !== "clicks";
    return isClicked ? [...shown, row("click", group.dwell ?? (place % 2 === 0 ? "40" : "3"))] : shown;
  }).flat();
}

/** Nine in ten on the baseline, alike in everything. */
export const alike: readonly Group[] = [
  { name: "b", algorithm: "v1", users: 900, impressions: 4, clicks: 1 },
  { name: "c", algorithm: "v2", users: 100, impressions: 4, clicks: 1 },
];
