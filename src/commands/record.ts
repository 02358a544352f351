import type { Engine } from "../engine/engine.ts";
import { addDays, dayAt, isoSeconds } from "../model/calendar.ts";
import { GatebookError } from "../model/error.ts";
import type { LedgerState } from "../model/ledger.ts";
import type { Day } from "../model/words.ts";
import { recordEntry } from "./record/record-entry.ts";
import { type Offers, offersOf } from "./record/record-finding.ts";
import { personOf } from "./record/record-request.ts";
import { defineCommand, type Terminal } from "./terminal/command.ts";
import { usageError } from "./terminal/errors.ts";
import { dayOption, shared } from "./terminal/options.ts";
import { readConfig, waiting, workspacePaths } from "./terminal/workspace.ts";
import { recordedText } from "./texts/record-text.ts";

const KINDS = ["promote", "rollback", "hold", "clear", "override", "accept", "complete", "undo"] as const;

export const recordCommand = defineCommand({
  positionals: {
    kind: { type: "string", choices: KINDS, demandOption: true, describe: "What was done" },
    what: {
      type: "string",
      describe:
        "accept: a finding as the report prints it, e.g. day:2026-02-06; undo: the number of a record (gatebook history)",
    },
  },
  options: {
    ...shared("config"),
    reason: { type: "string", describe: "Why, in one sentence (asked for when left out)" },
    by: { type: "string", describe: "Who decided it (default: GATEBOOK_BY, else git's user.name)" },
    ticket: { type: "string", describe: "Ticket of the change, e.g. CHG-1042" },
    date: dayOption("First day on which it counts (default: today in the rollout's time zone)"),
    gate: {
      type: "string",
      describe:
        "promote, rollback: the gate moved to (default: the next one; standard rollback: the one before)",
    },
    preset: {
      type: "string",
      choices: ["immediate", "standard"] as const,
      describe: "rollback: the preset used (default: that of the latched decision, else standard)",
    },
    action: {
      type: "string",
      choices: ["hold", "promote", "rollback"] as const,
      describe:
        "override: what counts instead (hold replaces the verdict; the others are only noted beside it)",
    },
    until: dayOption("override: its last day"),
    day: dayOption("accept: a day that a person has judged, short for day:DATE"),
    "against-verdict": {
      type: "boolean",
      default: false,
      describe:
        "promote: although the verdict of the gate's latest night is not promote (--reason must explain it)",
    },
    ...shared("wait"),
  },
  examples: [
    ['gatebook record promote --reason "two quiet days" --ticket CHG-1042', "to the next gate"],
    ["gatebook record clear", "start a new observation window; it asks for the reason"],
    [
      'gatebook record override --action hold --until 2026-02-14 --reason "launch week" --by ada',
      "prevent a promote",
    ],
    ['gatebook record accept day:2026-02-06 --reason "the app was down until noon"', "settle a finding"],
    ['gatebook record complete --reason "watched for two weeks"', "close the last gate"],
    ['gatebook record undo 3 --reason "wrong date"', "take a record back"],
  ],
  run: async (options, context) => {
    const [{ openStore }, { prepareStore }, { addRecord }, { readGitUser }, { knownOn }] = await Promise.all([
      import("../warehouse/store.ts"),
      import("../runs/store/prepare-store.ts"),
      import("../ledger/record.ts"),
      import("../runs/night/git.ts"),
      import("./record/record-known.ts"),
    ]);
    const { kind, what = null, ticket = null, gate = null, preset = null, action = null } = options;
    const { againstVerdict, until = null, day = null } = options;
    if (kind === "undo" && options.date !== undefined)
      throw usageError(
        "--date does not work with record undo",
        "it counts from the day of the record that it undoes",
      );
    const { reports } = workspacePaths(options, context);
    const config = await readConfig(options, context);
    const by = await personOf(options.by, context.env, () => readGitUser(config.root));
    const reason = options.reason ?? (await askedReason(context.terminal, kind));
    const today = dayAt(context.now(), config.rollout.timeZone);
    const store = await openStore(config.root, [], waiting(options.wait, context));
    try {
      await prepareStore(store, { config, reports }, context);
      const offers = kind === "accept" ? await latestOffers(store.engine, config.rollout.name) : null;
      const known = await knownOn(options.date ?? today, store.engine, config);
      const date = options.date ?? defaultDay({ kind, today, offers }, known.ledger);
      const moved = { gate, preset, action, until, againstVerdict };
      const recordedAt = isoSeconds(context.now());
      const request = { kind, what, day, reason, by, ticket, date, today, ...moved, recordedAt };
      const entry = recordEntry(request, config, { known, offers });
      await addRecord(store.engine, entry);
      await store.publish();
      context.terminal.print(recordedText(entry, config, known));
      return 0;
    } catch (error) {
      // refused, perhaps for what a record that was killed has left in the store alone
      const isRefused = error instanceof GatebookError && error.code === "usage";
      if (isRefused && store.origin.kind === "whole" && store.origin.isAhead) await store.publish();
      throw error;
    } finally {
      store.close();
    }
  },
});

/** A line of standard input. What was pasted behind the command is no reason. */
async function askedReason(terminal: Terminal, kind: (typeof KINDS)[number]): Promise<string> {
  const line = (await terminal.ask(`Why ${kind}? One sentence: `)).trim();
  if (line === "") throw usageError("--reason is missing", "explain it: whoever audits this reads it first");
  if (/^(gatebook|#)/.test(line))
    throw usageError(
      `"${line}" is no reason`,
      "paste one command at a time: each asks why, or give it --reason",
    );
  return line;
}

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
 * on, so that a rerun of that night takes it into account.
 */
function defaultDay({ kind, today, offers }: Undated, { latched }: LedgerState): Day {
  if (kind === "accept") return offers?.date ?? today;
  if (kind !== "clear" || latched === null || latched.since < today) return today;
  return addDays(latched.since, 1);
}
