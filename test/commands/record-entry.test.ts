/** What `gatebook record` writes or refuses, by what the ledger knows: no store is opened. `record.test.ts` goes all the way. */
import { describe, expect, it } from "vitest";
import { recordEntry } from "../../src/commands/record/record-entry.ts";
import { type Offers, offersOf } from "../../src/commands/record/record-finding.ts";
import { knownFrom } from "../../src/commands/record/record-known.ts";
import { personOf, type RecordRequest } from "../../src/commands/record/record-request.ts";
import { recordedText } from "../../src/commands/texts/record-text.ts";
import { parseConfig } from "../../src/config/config.ts";
import type { PersonEntry } from "../../src/ledger/record.ts";
import type { PersonRecord, StoredNight } from "../../src/ledger/state.ts";
import { endOfDay } from "../../src/model/calendar.ts";
import { formatPlace, GatebookError } from "../../src/model/error.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { finding, type NightSketch, ROLLOUT } from "./workspace.ts";

const TODAY = "2026-02-08";

interface Recorded {
  readonly entry?: PersonEntry;
  /** What the terminal says. */
  readonly out: string;
  /** What a refused one says: message, place and hint in one line; "" when it is written. */
  readonly refused: string;
}

type Asked = Partial<RecordRequest> & Pick<RecordRequest, "kind">;

/** A ledger in memory that grows with what is recorded. */
function ledgerOf(sketches: readonly NightSketch[], rollout: string = ROLLOUT, offers: Offers | null = null) {
  const config = parseConfig(rollout, { file: "rollout.yaml" });
  const nights = sketches.map(nightOf);
  let records: readonly PersonRecord[] = [];
  let written = 0;
  return (asked: Asked): Recorded => {
    const request: RecordRequest = {
      ...{ what: null, reason: "two healthy days", by: "ada", ticket: null, date: TODAY, today: TODAY },
      ...{ until: null, gate: null, preset: null, action: null, day: null, againstVerdict: false },
      recordedAt: `${TODAY}T08:00:00Z`,
      ...asked,
    };
    const key = { date: request.date, asOf: endOfDay(request.date, "UTC") };
    const known = knownFrom(nights, records, key);
    try {
      const entry = recordEntry(request, config, { known, offers });
      const { fromShare, toShare } = entry;
      const record = { ...entry, number: ++written, fromShare: fromShare ?? 0, toShare: toShare ?? 0 };
      records =
        entry.kind === "undo"
          ? records.filter(({ number }) => String(number) !== entry.subject)
          : [...records, record].sort((a, b) => a.effective.localeCompare(b.effective));
      return { entry, out: recordedText(entry, config, known), refused: "" };
    } catch (error) {
      if (!(error instanceof GatebookError)) throw error;
      const where = error.where === undefined ? "" : ` at ${formatPlace(error.where)}`;
      return { out: "", refused: `${error.code}: ${error.message}${where} | ${error.hint ?? ""}` };
    }
  };
}

function nightOf({ date, gate = "g10", rule = "observing", preset }: NightSketch): StoredNight {
  const isRollback = rule === "severe" || rule === "rollback" || rule === "latched";
  const action = isRollback ? "rollback" : rule === "promote" ? "promote" : "hold";
  const night = {
    date,
    phase: "daily",
    asOf: endOfDay(date, "UTC"),
    action,
    rule,
    healthyDay: true,
  } as const;
  const plan = { gate, date, plannedNights: null, preFrom: null, preTo: null };
  const said = { key: `daily ${date}`, reason: `${rule} on ${date}`, preset: preset ?? null };
  return { night, gate, ...said, saidBefore: null, moveSeen: null, awaitsFirstDay: false, plan };
}

/** rollout.yaml after somebody moved on to g50. */
const AT_G50 = ROLLOUT.replace("active_gate: g10", "active_gate: g50").replace(
  "{ name: g50,",
  "{ name: g50, started: 2026-02-08,",
);

/** A night that says promote, at g10 unless it says otherwise. */
const PROMOTE = { date: "2026-02-07", rule: "promote" } as const;

describe("a promote", () => {
  it("starts from the ledger's gate, also when rollout.yaml was edited before it was recorded", () => {
    const { out } = ledgerOf([PROMOTE], AT_G50)({ kind: "promote" });
    expect(out).toContain("promote g10 → g50");
    expect(out).toContain("rollout.yaml already says active_gate: g50, started 2026-02-08");
  });

  it("of an earlier day starts from the gate and the verdict of that day", () => {
    const record = ledgerOf([
      { date: "2026-02-04", rule: "promote" },
      { date: "2026-02-05", gate: "g50" },
      { date: "2026-02-06", gate: "g50" },
    ]);
    expect(record({ kind: "promote", date: "2026-02-04" }).out).toContain("promote g10 → g50");
  });

  it.each([
    ["g10", "usage: g10 is not a later gate than g10, where the rollout is since 2026-02-07"],
    ["g05", 'usage: rollout.yaml has no gate g05; did you mean "g50"? | its gates: g10, g50, g100'],
  ])("to gate %s is refused", (gate, message) => {
    expect(ledgerOf([PROMOTE])({ kind: "promote", gate }).refused).toContain(message);
  });

  it("beyond the last gate is refused, and the record that closes it is named", () => {
    const record = ledgerOf([{ date: "2026-02-07", gate: "g100" }]);
    expect(record({ kind: "promote" }).refused).toContain(
      "g100 is the last gate: there is none to promote to | gatebook record complete closes it",
    );
  });

  it("from a gate that rollout.yaml no longer has is refused with the file", () => {
    expect(ledgerOf([{ date: "2026-02-07", gate: "ten" }])({ kind: "promote" }).refused).toMatch(
      /^config: the ledger has the rollout at ten since 2026-02-07 at .*rollout\.yaml \| .*add it/,
    );
  });

  it("while a rollback is latched says that it stays latched", () => {
    const record = ledgerOf([{ date: "2026-02-07", rule: "severe", preset: "immediate" }]);
    const { out } = record({ kind: "promote", againstVerdict: true });
    expect(out).toContain("the rollback of 2026-02-07 stays latched");
  });
});

describe("a promote needs a promote verdict of the gate's latest night", () => {
  it.each<[string, readonly NightSketch[], string]>([
    ["no night", [], "no night has judged g10 yet"],
    ["a hold", [{ date: "2026-02-07" }], "the latest verdict of g10 is hold (observing) of 2026-02-07"],
    [
      "a hold after a promote",
      [{ date: "2026-02-06", rule: "promote" }, { date: "2026-02-07" }],
      "the latest verdict of g10 is hold (observing) of 2026-02-07",
    ],
    [
      "a rollback",
      [{ date: "2026-02-07", rule: "severe", preset: "immediate" }],
      "the latest verdict of g10 is rollback (severe) of 2026-02-07",
    ],
  ])("%s is none", (_, nights, message) => {
    const { refused } = ledgerOf(nights)({ kind: "promote" });
    expect(refused).toContain(message);
    expect(refused).toContain("--against-verdict");
  });

  it("and a verdict of one gate says nothing of the gate after the next", () => {
    const { refused } = ledgerOf([PROMOTE])({ kind: "promote", gate: "g100" });
    expect(refused).toContain("does not cover a gate further on");
  });

  it("or is recorded as against it, and the ledger says against what", () => {
    const { out, entry } = ledgerOf([{ date: "2026-02-07" }])({ kind: "promote", againstVerdict: true });
    expect(out).toContain("against hold (observing) of 2026-02-07");
    expect(entry?.subject).toBe("against hold (observing) of 2026-02-07");
    const unjudged = ledgerOf([])({ kind: "promote", gate: "g100", againstVerdict: true });
    expect(unjudged.entry).toMatchObject({ toGate: "g100", subject: "without a verdict of g10" });
  });

  it("so that correcting its date never opens the gate after it", () => {
    const record = ledgerOf([{ date: "2026-02-06", rule: "promote" }, PROMOTE]);
    expect(record({ kind: "promote" }).refused).toBe("");
    for (const options of [
      {},
      { date: "2026-02-07" },
      { againstVerdict: true },
      { againstVerdict: true, date: "2026-02-07" },
    ])
      expect(record({ kind: "promote", ...options }).refused).toContain(
        "record 1 opened g50 on 2026-02-08 | to correct it: gatebook record undo 1, then record it again",
      );
    const next = { date: "2026-02-09", today: "2026-02-09" };
    expect(record({ kind: "promote", ...next }).refused).toContain("no night has judged g50 yet");
    expect(record({ kind: "undo", what: "1" }).refused).toBe("");
    const corrected = record({ kind: "promote", date: "2026-02-07" });
    expect(corrected.out).toContain("from 2026-02-07 on: promote g10 → g50");
  });
});

describe("a rollback", () => {
  it("takes the preset that the latched decision calls for; immediate leaves the gate and no traffic", () => {
    const record = ledgerOf([{ date: "2026-02-07", rule: "severe", preset: "immediate", gate: "g50" }]);
    const { out, entry } = record({ kind: "rollback" });
    expect(out).toContain("immediate rollback at g50 (the candidate's share goes from 50% to 0%)");
    expect(out).toContain("gatebook verify-rollback --preset immediate");
    expect(out).not.toContain("edit rollout.yaml");
    expect(entry).toMatchObject({ kind: "rollback", preset: "immediate" });
    expect(entry).toMatchObject({ fromGate: "g50", toGate: null, fromShare: 0.5, toShare: 0 });
  });

  it("of preset standard goes to the gate before", () => {
    const { out } = ledgerOf([{ date: "2026-02-07", gate: "g50" }], AT_G50)({ kind: "rollback" });
    expect(out).toContain("standard rollback g50 → g10 (the candidate's share goes from 50% to 10%)");
    expect(out).toContain("edit rollout.yaml: active_gate: g10, and on gate g10 started: 2026-02-08THH:MM");
  });

  it("of preset standard at the first gate switches the rollout off", () => {
    const { entry } = ledgerOf([{ date: "2026-02-07" }])({ kind: "rollback", preset: "standard" });
    expect(entry).toMatchObject({ fromGate: "g10", toGate: null, fromShare: 0.1, toShare: 0 });
  });

  it("may go back more than one gate, but not forward", () => {
    const record = ledgerOf([{ date: "2026-02-07", gate: "g100" }]);
    expect(record({ kind: "rollback", gate: "g10" }).out).toContain("standard rollback g100 → g10");
    expect(record({ kind: "rollback", gate: "g50" }).refused).toContain(
      "g50 is not an earlier gate than g10",
    );
  });
});

describe("a clear", () => {
  it("is refused when nothing is latched", () => {
    expect(ledgerOf([{ date: "2026-02-07" }])({ kind: "clear" }).refused).toContain(
      "usage: no rollback is latched on 2026-02-08: there is nothing to clear",
    );
  });

  it("cannot begin on the day of the rollback, which would stay latched", () => {
    const record = ledgerOf([{ date: "2026-02-07", rule: "rollback" }]);
    expect(record({ kind: "clear", date: "2026-02-07" }).refused).toContain("--date 2026-02-08");
  });
});

describe("an override", () => {
  const action = "hold";
  it("counts up to its last day", () => {
    const { out } = ledgerOf([{ date: "2026-02-07" }])({ kind: "override", action, until: "2026-02-14" });
    expect(out).toContain("override with hold until 2026-02-14");
    expect(out).toContain("nights from 2026-02-08 to 2026-02-14 do not promote");
  });

  it.each([
    [{ until: "2026-02-14" }, "--action is missing"],
    [{ action }, "--until is missing | an override needs its last day: --until 2026-02-10"],
    [{ action, until: "2026-02-07" }, "--until 2026-02-07 is before 2026-02-08"],
  ] as const)("with only %o is refused", (options, message) => {
    expect(ledgerOf([])({ kind: "override", ...options }).refused).toContain(message);
  });
});

it.each([
  [null, "the number of the record is missing | current records: 1 (hold of 2026-02-08)"],
  ["7", "there is no record 7 to undo | current records: 1 (hold of 2026-02-08)"],
  ["2", "there is no record 2 to undo"],
])("an undo of %s is refused", (what, message) => {
  const record = ledgerOf([]);
  record({ kind: "hold" });
  record({ kind: "hold", date: "2026-02-07" });
  record({ kind: "undo", what: "2" });
  expect(record({ kind: "undo", what }).refused).toContain(message);
});

it("a complete before the last gate, or while a rollback is latched, is refused", () => {
  const early = ledgerOf([{ date: "2026-02-07" }]);
  expect(early({ kind: "complete" }).refused).toContain("the rollout is at g10, and g100 is the last gate");
  const latched = ledgerOf([{ date: "2026-02-07", gate: "g100", rule: "severe" }]);
  expect(latched({ kind: "complete" }).refused).toContain(
    "the rollback of 2026-02-07 is latched: g100 cannot be closed",
  );
});

describe("an accept", () => {
  const nightOf = (...checks: Parameters<typeof finding>[]) => {
    const { window } = sampleResult();
    return offersOf({
      window: { ...window, reportDate: "2026-02-07" },
      checks: checks.map((one) => finding(...one)),
    });
  };
  const accept = (offers: Offers | null, what: string | null, more: Partial<RecordRequest> = {}) =>
    ledgerOf([], ROLLOUT, offers)({ kind: "accept", what, date: "2026-02-07", ...more });

  it("takes --day for a day, and a kind alone where it names one finding", () => {
    const night = nightOf(["day:2026-02-06"], ["closed-days:1a2b"]);
    expect(accept(night, null, { day: "2026-02-06" }).out).toContain("accept day:2026-02-06");
    expect(accept(night, "closed-days").out).toContain("accept closed-days:1a2b");
  });

  it.each([
    ["day:2026-02-05", "the night of 2026-02-07 has no finding day:2026-02-05 that can be accepted"],
    ["closed-days:0000", "has no finding closed-days:0000"],
    ["day", "the night of 2026-02-07 has 2 findings day"],
    ["source:old", "has no finding source:old"],
    [null, "the finding to accept is missing"],
  ])("of %s is refused with what the night offers", (what, message) => {
    const night = nightOf(["day:2026-02-06"], ["day:2026-02-04"], ["source:old", "pass"], [null]);
    const { refused } = accept(night, what);
    expect(refused).toContain(message);
    expect(refused).toContain(
      "it has: gatebook record accept day:2026-02-06 (severe_days: down 16.9%); gatebook record accept day:2026-02-04",
    );
    expect(refused).not.toContain("accept source:old");
  });

  it("without any night, or where none offers one, is refused", () => {
    expect(accept(null, "day:2026-02-06").refused).toContain("no night has been judged yet");
    expect(accept(nightOf([null]), "day:2026-02-06").refused).toContain("it has none");
  });
});

it("a note to hold says that it changes nothing, and what would", () => {
  const { out } = ledgerOf([])({ kind: "hold" });
  expect(out).toContain("the note does not change any verdict");
  expect(out).toContain("gatebook record override --action hold");
});

it.each([
  [{ reason: "WHY" }, "--reason WHY is a placeholder"],
  [{ reason: " 'why' " }, "--reason 'why' is a placeholder"],
  [{ reason: "…" }, "--reason … is a placeholder"],
  [{ reason: "..." }, "--reason ... is a placeholder"],
  [{ by: "Your Name" }, "--by Your Name is a placeholder"],
  [{ by: "<YOUR NAME>" }, "--by <YOUR NAME> is a placeholder"],
  [{ ticket: "TICKET" }, "--ticket TICKET is a placeholder"],
  [{ ticket: '"…"' }, '--ticket "…" is a placeholder'],
  [
    { what: "3" },
    "3 does not work with record hold | it belongs to gatebook record accept and gatebook record undo",
  ],
  [{ day: "2026-02-06" }, "--day does not work with record hold"],
  [{ againstVerdict: true }, "--against-verdict does not work with record hold"],
  [{ reason: "  " }, "--reason is empty"],
  [{ by: "" }, "--by is empty"],
  [{ ticket: " " }, "--ticket is empty"],
  [
    { preset: "standard" as const },
    "--preset does not work with record hold | it belongs to gatebook record rollback",
  ],
  [{ until: "2026-02-09" }, "--until does not work with record hold"],
  [
    { date: "2026-02-09" },
    "--date 2026-02-09 is in the future | a record is of what was already done; today is 2026-02-08",
  ],
])("a record with %o is refused", (options, message) => {
  expect(ledgerOf([])({ kind: "hold", ...options }).refused).toContain(message);
});

describe("who recorded it", () => {
  const git = (name: string | null) => async () => name;

  it("is --by, else GATEBOOK_BY, else git's user.name", async () => {
    const env = { GATEBOOK_BY: " grace " };
    expect(await personOf("ada", env, git("Lin"))).toBe("ada");
    expect(await personOf(undefined, env, git("Lin"))).toBe("grace");
    expect(await personOf(undefined, {}, git("Lin"))).toBe("Lin");
  });

  it.each([
    ["", "--by is empty", undefined],
    [undefined, "it is unknown who decided this", null],
    [undefined, "--by Your Name is a placeholder", "Your Name"],
  ])("and never %o with git's nothing or a placeholder", async (given, message, name = null) => {
    await expect(personOf(given, {}, git(name))).rejects.toThrow(message);
  });
});
