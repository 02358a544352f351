/** On which days an algorithm was served, as far as the warehouse knows. */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import { addDays } from "../../model/calendar.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day } from "../../model/words.ts";

/** A gate seldom lasts longer. */
const NIGHTS = 14;

/** Both ends as asked for, else the last 14 days of the baseline. Throws GatebookError `input` when it was never served. */
export async function calibrationNights(
  engine: DataEngine,
  asked: { readonly baseline: string; readonly from: Day | null; readonly to: Day | null },
): Promise<{ readonly from: Day; readonly to: Day }> {
  const { baseline } = asked;
  const [served] = (await engine.tables()).has("user_days")
    ? await engine.rows(
        `SELECT min(event_date) AS first, max(event_date) AS last FROM user_days WHERE algo_version = ${sqlText(baseline)}`,
      )
    : [];
  if (typeof served?.["last"] !== "string" || typeof served["first"] !== "string") {
    throw new GatebookError("input", `the warehouse has no day of ${baseline}`, {
      hint: "gatebook run, or gatebook aggregate, loads the exports first",
    });
  }
  const to = asked.to ?? served["last"];
  const [, later = to] = [addDays(to, 1 - NIGHTS), served["first"]].sort();
  const from = asked.from ?? later;
  if (from <= to) return { from, to };
  throw new GatebookError("usage", `--from ${from} is after --to ${to}`, {
    hint: `${baseline} was served from ${served["first"]} to ${served["last"]}`,
  });
}
