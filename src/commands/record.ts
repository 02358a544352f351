import type { Engine } from "../engine/engine.ts";
import { addDays, dayAt, endOfDay, isoSeconds } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import type { LedgerState } from "../model/ledger.ts";
import type { Day } from "../model/words.ts";
import { defineCommand, workspaceOptions } from "./command.ts";
import { recordEntry } from "./record-entry.ts";
import { recordedText } from "./record-text.ts";
import { parseDay, parseDuration } from "./values.ts";
import { workspacePaths } from "./workspace.ts";

const KINDS = ["promote", "rollback", "hold", "clear", "override"] as const;

export const recordCommand = defineCommand({
  usage: "record <kind>",
  describe: "Write into the ledger what a person did, and why",
  positionals: {
    kind: { type: "string", choices: KINDS, demandOption: true, describe: "What was done" },
  },
  options: {
    ...workspaceOptions,
    reason: { type: "string", demandOption: true, describe: "Why, in one sentence" },
    by: { type: "string", demandOption: true, describe: "Who decided it" },
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
      describe: "override: what counts instead (hold holds; the others are said beside the verdict)",
    },
    until: { type: "string", describe: "override: its last day" },
    wait: { type: "string", default: "10m", describe: "How long to wait while a run holds the store" },
  },
  examples: [
    ['gatebook record promote --reason "two quiet days" --by ada --ticket CHG-1042', "to the next gate"],
    ['gatebook record clear --reason "fault found and mended" --by ada', "start a new observation window"],
    [
      'gatebook record override --action hold --until 2026-02-14 --reason "launch week" --by ada',
      "no promote",
    ],
  ],
  run: async (options, context) => {
    const [{ loadConfig }, { openStore }, { prepareStore }, { addRecord }] = await Promise.all([
      import("../config/load-config.ts"),
      import("../warehouse/store.ts"),
      import("../stages/prepare-store.ts"),
      import("../ledger/record.ts"),
    ]);
    const { kind, reason, by, ticket = null, gate = null, preset = null, action = null } = options;
    const given = options.date === undefined ? null : parseDay(options.date, "date");
    const until = options.until === undefined ? null : parseDay(options.until, "until");
    const waitMs = parseDuration(options.wait, "wait");
    const { file, reports } = workspacePaths(options.config, undefined, context);
    const config = loadConfig(file);
    const today = dayAt(context.now(), config.rollout.timeZone);
    const onWait = (text: string): void => context.progress({ stage: "wait", text });
    const store = await openStore(config.root, [], { waitMs, onWait });
    try {
      await prepareStore(store, { config, reports }, context);
      const ledger = await ledgerOn(given ?? today, store.engine, config);
      const date = given ?? defaultDay(kind, today, ledger);
      const recordedAt = isoSeconds(context.now());
      const request = { kind, reason, by, ticket, date, today, until, gate, preset, action, recordedAt };
      const entry = recordEntry(request, config, ledger);
      await addRecord(store.engine, entry);
      await store.publish();
      context.terminal.print(recordedText(entry, config, ledger));
      return 0;
    } finally {
      store.close();
    }
  },
});

/** As a night of that day starts, and with what is latched by now: a later night may have called for a rollback. */
async function ledgerOn(date: Day, engine: Engine, config: Config): Promise<LedgerState> {
  const { readLedger } = await import("../ledger/state.ts");
  const { name: rollout, timeZone } = config.rollout;
  const key = { rollout, phase: "daily", date, asOf: endOfDay(date, timeZone) } as const;
  const { state } = await readLedger(engine, key);
  const latest = await readLedger(engine, { ...key, asOf: "9999-12-31T00:00:00Z" });
  return { ...state, latched: latest.state.latched };
}

/** A rollback that today's first 24 hours called for can be cleared from tomorrow on. */
function defaultDay(kind: (typeof KINDS)[number], today: Day, { latched }: LedgerState): Day {
  if (kind !== "clear" || latched === null || latched.since < today) return today;
  return addDays(latched.since, 1);
}
