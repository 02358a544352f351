import { describe, expect, it } from "vitest";
import { step } from "../../../src/judge/checklist/steps.ts";
import { emptyLedger, type LedgerNight } from "../../../src/model/ledger.ts";
import { renderText } from "../../../src/report/markdown/text.ts";
import { plainSteps } from "../../../src/report/view/next.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { sampleDecision, sampleResult, stepsOf } from "../../helpers/sample-result.ts";
import {
  beforeAfterResult,
  failingResult,
  firstDayResult,
  hostileResult,
  insufficientResult,
  noDataResult,
  rollbackResult,
  warningResult,
} from "../../helpers/sample-variants.ts";

const render = (result = sampleResult()) => renderText(buildView(result));

const states = {
  promote: sampleResult(),
  rollback: rollbackResult(),
  warning: warningResult(),
  insufficient: insufficientResult(),
  failing: failingResult(),
  "no data": noDataResult(),
  "before/after": beforeAfterResult(),
  "first 24 hours": firstDayResult(),
  hostile: hostileResult(),
};

describe("summary.txt", () => {
  it.each(Object.entries(states))("is at most 25 lines of printable ASCII: %s", (_, result) => {
    const text = render(result);
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it("stays within 25 lines with twenty guardrails and ten reasons, and says what is missing", () => {
    const base = sampleResult();
    const metrics = Array.from({ length: 20 }, (_, index) => ({
      ...base.metrics[0],
      name: `m${index}`,
    })) as typeof base.metrics;
    const reasons = Array.from({ length: 10 }, (_, index) => `Reason ${index}.`);
    const decision = sampleDecision({ reasons, overdue: true, latched: true });
    const text = render(sampleResult({ metrics, decision }));
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
    expect(text).toMatch(/\.\.\. 1\d more in report\.html/);
  });

  it("never cuts what is to be typed: neither a line out of many nor the end of a long one", () => {
    const long = `gatebook record rollback --reason "${"long ".repeat(200)}end"`;
    const commands = [...Array.from({ length: 40 }, (_, index) => `line ${index}`), long];
    const edits = [{ place: "app.env:2", line: `KEY=${"x".repeat(200)}`, was: "y" }];
    const steps = stepsOf(step("Type:", { commands, edits }));
    const text = render(sampleResult({ decision: sampleDecision({ ...steps, reasons: ["x".repeat(900)] }) }));
    for (const line of commands) expect(text.split("\n")).toContain(`   ${line}`);
    expect(text).toContain(`   KEY=${"x".repeat(200)} (app.env:2, was y)\n`);
    expect(text).toMatch(/x{40} \.\.\.\n/);
  });

  it.each(Object.entries(states))("folds every line but those to type at 79 columns: %s", (_, result) => {
    const { steps } = buildView(result).next;
    const typed = plainSteps(steps).filter(({ isCommand }) => isCommand);
    const many = typed.map(({ text }) => text.replace(/[^\x20-\x7e].*$/su, ""));
    const lines = render(result).split("\n");
    expect(lines.filter((line) => line.length > 79 && !many.some((own) => line.startsWith(own)))).toEqual([]);
  });

  it("cuts a title of two hundred characters, so that every row stays a row", () => {
    const [metric] = sampleResult().metrics;
    if (metric === undefined) throw new Error("the sample has metrics");
    const text = render(sampleResult({ metrics: [{ ...metric, title: "and on ".repeat(30) }] }));
    expect(text).toMatch(/^ {2}healthy {2}and on and on and on and \.\.\. {2}[+-]\d/m);
  });

  it("says what, why, what to type and what to expect", () => {
    const text = render(rollbackResult());
    expect(text).toContain("ROLLBACK - clip-cosine-v2 at g10 - 2026-02-07\n");
    expect(text).toContain("Click-through rate fell 7.4% at g10");
    expect(text).toContain("\n   DISCOVERY_ROLLOUT_ENABLED=false (exports/app.env:2, was true)\n");
    expect(text).toContain("Tomorrow: Once rolled back, the next run says disabled");
    expect(text).toMatch(/^ {2}rollback +Click-through rate +-7\.4% \(-10\.3% to -4\.4%\).*2\.4% past/m);
    expect(text).toContain("Report: reports/clip-cosine-v2/2026-02-07/report.html\n");
  });

  it("says of a first night and of an unchanged one what the other formats say", () => {
    const first = sampleResult({ changes: [], ledger: emptyLedger });
    const night: LedgerNight = {
      ...{ date: "2026-02-06", phase: "daily", asOf: "2026-02-07T00:00:00Z" },
      ...{ action: "hold", rule: "observing", healthyDay: true },
    };
    for (const result of [first, { ...first, ledger: { ...emptyLedger, nights: [night] } }])
      expect(render(result)).toContain(`\n${buildView(result).changes.nothing}\n`);
    expect(buildView(first).changes.nothing).toContain("first night");
  });

  it("speaks of the next run in the first 24 hours, not of tomorrow", () => {
    const text = render(firstDayResult());
    expect(text).toContain("HOLD - clip-cosine-v2 at g10 - first 24 hours to 2026-02-01 12:20\n");
    expect(text).toContain("Next: Run again at the end of the day.");
    expect(text).toContain("Since the last run: ");
    expect(text).not.toMatch(/tomorrow|last night/i);
  });

  it("says what it would be without the statistics, and that nothing is randomised", () => {
    expect(render(insufficientResult())).toContain("Without the statistics it would be ROLLBACK");
    expect(render(beforeAfterResult())).toContain("Every change is before/after, not randomised");
  });

  it("keeps a line a line and spells letters that ASCII does not have", () => {
    const text = render(sampleResult({ decision: sampleDecision({ reasons: ["Café\nダウン"] }) }));
    expect(text).toContain("Cafe \\u30bf\\u3099\\u30a6\\u30f3".replace("\\u3099", ""));
  });
});
