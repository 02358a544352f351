import { addDays, dayAt } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import { GatebookError } from "../model/error.ts";
import type { Day } from "../model/words.ts";
import type { Proof } from "../verify/prove.ts";
import {
  type CommandContext,
  defineCommand,
  type ExitCode,
  engineOptions,
  workspaceOptions,
} from "./terminal/command.ts";
import { parseInstant, parseShare } from "./terminal/values.ts";
import { limitsOf, workspacePaths } from "./terminal/workspace.ts";
import { jsonOf, textOf } from "./texts/verify-answer.ts";
import type { ClaimRequest } from "./verify/verify-claim.ts";

const EXIT_CODES: Readonly<Record<Proof["outcome"], ExitCode>> = {
  proved: 0,
  not_proved: 3,
  still_served: 20,
};

export const verifyRollbackCommand = defineCommand({
  usage: "verify-rollback",
  describe:
    "Prove from later events and saved feed responses that a rollback took effect (exit 0 proved, 3 not proved for want of data, 20 the candidate is still served)",
  options: {
    ...workspaceOptions,
    preset: {
      type: "string",
      choices: ["immediate", "standard"] as const,
      demandOption: true,
      describe:
        "immediate: only the baseline may be served; standard: the candidate up to the gate's exposure",
    },
    since: {
      type: "string",
      describe:
        "When the app had reloaded its config, e.g. 2026-02-08T09:30 in the rollout's time zone, or with Z (default: when the rollback was recorded)",
    },
    exposure: {
      type: "string",
      describe: "standard: share of units the candidate may get (default: the gate gone back to, 0 when off)",
    },
    responses: {
      type: "string",
      array: true,
      describe: "Saved feed responses, JSON or JSON lines; a file counts when it was saved after --since",
    },
    load: {
      type: "boolean",
      default: true,
      describe:
        "Load the exports first, as aggregate does (--no-load: take the published warehouse as it is)",
    },
    json: { type: "boolean", default: false, describe: "JSON instead of text" },
    ...engineOptions,
  },
  examples: [
    ["gatebook verify-rollback --preset immediate --since 2026-02-08T09:30", "after the reload of 09:30"],
    [
      'gatebook verify-rollback --preset immediate --since 2026-02-08T09:30 --no-load --responses "responses/*.json"',
      "from responses saved with curl",
    ],
  ],
  run: async (options, context) => {
    const [{ loadConfig }, { readResponses }, { resolveClaim, lookAt }] = await Promise.all([
      import("../config/load-config.ts"),
      import("../verify/responses.ts"),
      import("./verify/verify-look.ts"),
    ]);
    const { file, reports } = workspacePaths(options.config, undefined, context);
    const config = loadConfig(file);
    const limits = limitsOf(options, context);
    const { cwd, terminal, now } = context;
    // What was mistyped is said before the loading, which may take minutes.
    const claim = await resolveClaim(claimRequest(options, config, context), config);
    const patterns = options.responses ?? [];
    const responses = patterns.length === 0 ? null : await readResponses({ ...claim, patterns, cwd });
    const date = loadDay(claim.since, config.rollout.timeZone);
    const notLoaded = options.load
      ? await loadExports({ config: file, reports, date, limits }, context)
      : null;
    const seen = { ...(await lookAt({ config, claim, responses, now: now() })), notLoaded };
    terminal.print(options.json ? jsonOf(seen) : textOf(seen, terminal.columns));
    return EXIT_CODES[seen.proof.outcome];
  },
});

interface ClaimOptions {
  readonly preset: ClaimRequest["preset"];
  readonly since: string | undefined;
  readonly exposure: string | undefined;
}

function claimRequest(options: ClaimOptions, { rollout }: Config, { now }: CommandContext): ClaimRequest {
  const { preset, since, exposure } = options;
  if (preset === "immediate" && exposure !== undefined) {
    throw new GatebookError("usage", "--exposure does not work with --preset immediate", {
      hint: "there only the baseline may be served; --preset standard leaves the candidate a share",
    });
  }
  return {
    preset,
    since: since === undefined ? null : parseInstant(since, "since", rollout.timeZone),
    exposure: exposure === undefined ? null : parseShare(exposure, "exposure", { zero: true, all: true }),
    now: now(),
  };
}

/** Loading drops events by their age on this day (keep_events): those since the rollback must stay, however old it is. */
function loadDay(since: string, timeZone: string): Day {
  return addDays(dayAt(new Date(since), timeZone), -1);
}

type AggregateRequest = Parameters<typeof import("../runs/aggregate-day.ts").aggregateDay>[0];

/** Null when they were loaded. Exports that are not there are said beside the answer: responses may settle it. */
async function loadExports(request: AggregateRequest, context: CommandContext): Promise<string | null> {
  const { aggregateDay } = await import("../runs/aggregate-day.ts");
  try {
    await aggregateDay(request, context);
    return null;
  } catch (error) {
    if (error instanceof GatebookError && error.code === "input") return error.message;
    throw error;
  }
}
