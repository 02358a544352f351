import { describe, expect, it } from "vitest";
import { explain, kindOf } from "../../../src/judge/checks/causes.ts";
import { judge } from "../../../src/judge/judge.ts";
import { finding } from "../../../src/model/check-result.ts";
import { check, type NightSpec, night } from "../builders.ts";

const refused = finding("refused_files", "Every file could be read")("fail", "a.csv is empty");
const rejected = finding("rejected_rows", "Rejected rows stay within max_rejected")("fail", "feed: 7 of 9");
const cell = finding("cells_ran", "Every cell ran")(
  "error",
  "queries/cells/failing.sql:3: column nope not found in FROM clause!",
);

const noCandidate: NightSpec["traffic"] = { baselineUnits: 0, candidateUnits: 0 };
const decided = (spec: NightSpec) => judge(night(spec)).decision;

describe("cause first", () => {
  it("a refused file is told before the incomplete day and the missing guardrails that follow from it", () => {
    const { rule, reasons } = decided({ days: 0, builtInChecks: [refused], traffic: noCandidate });
    expect(rule).toBe("data");
    expect(reasons[0]).toBe('"Every file could be read" fails: a.csv is empty.');
    expect(reasons[1]).toMatch(
      /^As a consequence "Every guardrail was measured", .*"Every day is complete".* fail as well\.$/,
    );
    expect(reasons).toHaveLength(2);
  });

  it("files come before rows, whatever the order in which they were looked at", () => {
    const { reasons } = decided({ builtInChecks: [rejected, refused] });
    expect(reasons.map((reason) => reason.split('"')[1])).toEqual([refused.title, rejected.title]);
  });

  it("without a cause the day and the guardrail are told in full", () => {
    const { reasons } = decided({ days: 0, traffic: noCandidate });
    expect(reasons.join(" ")).toContain(
      '"Every guardrail was measured" fails: Click-through rate has no data',
    );
    expect(reasons.join(" ")).not.toContain("consequence");
  });

  it("what follows stands right under its cause, before what has nothing to do with it", () => {
    const checks = [check("our_own", [{ status: "fail", detail: "12 events without a shop" }])];
    const { reasons } = decided({ days: 0, builtInChecks: [refused], traffic: noCandidate, checks });
    expect(reasons.map((reason) => reason.slice(0, 9))).toEqual(['"Every fi', "As a cons", '"our_own"']);
  });

  it("a check of the analysts is neither cause nor consequence: it keeps its sentence", () => {
    const checks = [check("our_own", [{ status: "fail", detail: "12 events without a shop" }])];
    const { reasons } = decided({ builtInChecks: [refused], checks });
    expect(reasons).toEqual([
      '"Every file could be read" fails: a.csv is empty.',
      '"our_own" fails: 12 events without a shop.',
    ]);
    expect(kindOf({ name: "our_own" })).toBe("finding");
  });

  it("a failing cell explains no missing day, and a failing metric file explains its guardrail alone", () => {
    const day = finding("complete_days", "Every day is complete")("fail", "no events");
    const metric = finding("guardrails_measured", "Every guardrail was measured")("fail", "ctr has no data");
    const query = finding("metric_queries", "Every metric file ran")("error", "ctr.sql: syntax error");
    expect(explain([day, cell]).consequences).toEqual([]);
    expect(explain([day, metric, query])).toEqual({
      causes: [query],
      consequences: [metric],
      others: [day],
    });
  });

  it("the lines to type name the cause by its title, and nothing that follows from it", () => {
    const { steps } = decided({ days: 0, builtInChecks: [refused], traffic: noCandidate });
    expect(steps.map(({ text }) => text)).toEqual([
      "Change nothing in the app: keep g10.",
      'Fix "Every file could be read". What it found:',
      "Then judge the same day again:",
    ]);
    expect(steps[1]?.commands[0]).toMatch(/^echo "SELECT .* FROM loads .*" \| gatebook query -$/);
  });
});

describe("beside a rollback", () => {
  const rollback = { deltas: { ctr: -0.2 } };

  it("the cause that may explain it is to be confirmed, by title and in whole sentences", () => {
    const { action, reasons } = decided({ ...rollback, builtInChecks: [cell, refused] });
    expect(action).toBe("rollback");
    expect(reasons).toContain(
      'Confirm that this is not an ingestion fault: "Every file could be read" fails: a.csv is empty.',
    );
    expect(reasons).toContain(
      '"Every cell ran" could not be checked: queries/cells/failing.sql:3: column nope not found in FROM clause.',
    );
  });

  it("a day that waits for a person's judgement is none either", () => {
    const day = finding("severe_day_2026-02-03", "3 Feb is settled")(
      "fail",
      "a person must judge −12% on CTR",
    );
    const { reasons } = decided({ ...rollback, builtInChecks: [day] });
    expect(reasons.join(" ")).not.toContain("ingestion");
    expect(reasons).toContain("A person must judge −12% on CTR.");
  });

  it("a failing cell is no ingestion fault", () => {
    const { reasons } = decided({ ...rollback, builtInChecks: [cell] });
    expect(reasons.join(" ")).not.toContain("ingestion");
  });
});
