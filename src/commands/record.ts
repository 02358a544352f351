import type { Engine } from "../engine/engine.ts";
import { addDays, dayAt, isoSeconds } from "../model/calendar.ts";
import type { LedgerState } from "../model/ledger.ts";
import type { Day } from "../model/words.ts";
import { recordEntry } from "./record/record-entry.ts";
import { type Offers, offersOf } from "./record/record-finding.ts";
import { knownOn } from "./record/record-known.ts";
import { personOf } from "./record/record-person.ts";
import { usage } from "./record/record-request.ts";
import { defineCommand, workspaceOptions } from "./terminal/command.ts";
import { parseDay, parseDuration } from "./terminal/values.ts";
import { workspacePaths } from "./terminal/workspace.ts";
import { recordedText } from "./texts/record-text.ts";

const KINDS = ["promote", "rollback", "hold", "clear", "override", "accept", "complete", "undo"] as const;

export const recordCommand = defineCommand({
  usage: "record <kind> [what]",
  describe: "Write into the ledger what a person did, and why",
  positionals: {
    kind: { type: "string", choices: KINDS, demandOption: true, describe: "What was done" },
    what: {
      type: "string",
      describe:
        "accept: the finding as the report prints it, e.g. day:2026-02-06; undo: the number of a record (gatebook history)",
    },
  },
  options: {
    ...workspaceOptions,
    reason: { type: "string", demandOption: true, describe: "Why, in one sentence" },
    by: { type: "string", describe: "Who decided it (default: GATEBOOK_BY, else git's user.name)" },
    ticket: { type: "string", describe: "Ticket of the change, e.g. CHG-1042" },
    date: {
      type: "string",
      describe: "First day on which it counts (default: today in the rollout's time zone)",
    },
    gate: {
      type: "string",
      describe: "promote, rollback: gate moved to (default: the next one; standard rollback: the one before)",
    },
    preset: {
      type: "string",
      choices: ["immediate", "standard"] as const,
      describe: "rollback: the preset applied (default: what the latched decision calls for, else standard)",
    },
    action: {
      type: "string",
      choices: ["hold", "promote", "rollback"] as const,
      describe:
        "override: what counts instead (hold overrides the verdict; the others are only noted beside it)",
    },
    until: { type: "string", describe: "override: its last day" },
    day: { type: "string", describe: "accept: a day that a person has judged, short for day:DATE" },
    "against-verdict": {
      type: "boolean",
      default: false,
      describe: "promote: although the gate's latest night does not say promote; --reason says why",
    },
    wait: { type: "string", default: "10m", describe: "How long to wait while a run holds the store" },
  },
  examples: [
    ['gatebook record promote --reason "two quiet days" --ticket CHG-1042', "to the next gate"],
    ['gatebook record clear --reason "fault found and fixed"', "start a new observation window"],
    [
      'gatebook record override --action hold --until 2026-02-14 --reason "launch week" --by ada',
      "no promote",
    ],
    ['gatebook record accept day:2026-02-06 --reason "the app was down until noon"', "settle a finding"],
    ['gatebook record complete --reason "watched for two weeks"', "close the last gate"],
    ['gatebook record undo 3 --reason "wrong date"', "take a record back"],
  ],
  run: async (options, context) => {
    const [{ loadConfig }, { openStore }, { prepareStore }, { addRecord }, { readGitUser }] =
      await Promise.all([
        import("../config/load-config.ts"),
        import("../warehouse/store.ts"),
        import("../runs/store/prepare-store.ts"),
        import("../ledger/record.ts"),
        import("../runs/night/git.ts"),
      ]);
    const { kind, what = null, reason, ticket = null, gate = null, preset = null, action = null } = options;
    const { againstVerdict } = options;
    const given = options.date === undefined ? null : parseDay(options.date, "date");
    const until = options.until === undefined ? null : parseDay(options.until, "until");
    const day = options.day === undefined ? null : parseDay(options.day, "day");
    if (kind === "undo" && given !== null)
      throw usage(
        "--date does not work with record undo",
        "it counts from the day of the record it takes back",
      );
    const waitMs = parseDuration(options.wait, "wait");
    const { file, reports } = workspacePaths(options.config, undefined, context);
    const config = loadConfig(file);
    const gitUser = () => readGitUser(config.root);
    const by = await personOf({ given: options.by, env: context.env, gitUser });
    const today = dayAt(context.now(), config.rollout.timeZone);
    const onWait = (text: string): void => context.progress({ stage: "wait", text });
    const store = await openStore(config.root, [], { waitMs, onWait });
    try {
      await prepareStore(store, { config, reports }, context);
      const offers = kind === "accept" ? await latestOffers(store.engine, config.rollout.name) : null;
      const known = await knownOn(given ?? today, store.engine, config);
      const date = given ?? defaultDay({ kind, today, offers }, known.ledger);
      const moved = { gate, preset, action, until, againstVerdict };
      const recordedAt = isoSeconds(context.now());
      const request = { kind, what, day, reason, by, ticket, date, today, ...moved, recordedAt };
      const entry = recordEntry(request, config, { known, offers });
      await addRecord(store.engine, entry);
      await store.publish();
      context.terminal.print(recordedText(entry, config, known));
      return 0;
    } finally {
      store.close();
    }
  },
});

async function latestOffers(engine: Engine, rollout: string): Promise<Offers | null> {
  const [{ readLatestNight }, { parseResult }] = await Promise.all([
    import("../ledger/night.ts"),
    import("../result/serialize.ts"),
  ]);
  const text = await readLatestNight(engine, rollout);
  return offersOf(text === null ? null : parseResult(text));
}

interface Undated {
  readonly kind: (typeof KINDS)[number];
  readonly today: Day;
  readonly offers: Offers | null;
}

/**
 * A rollback that today's first 24 hours called for can be cleared from tomorrow on. A finding is accepted from its own night
 * on, so that the same night run again says what it says without it.
 */
function defaultDay({ kind, today, offers }: Undated, { latched }: LedgerState): Day {
  if (kind === "accept") return offers?.date ?? today;
  if (kind !== "clear" || latched === null || latched.since < today) return today;
  return addDays(latched.since, 1);
}
