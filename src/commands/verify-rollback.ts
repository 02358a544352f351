import { addDays, dayAt } from "../model/calendar.ts";
import { GatebookError } from "../model/error.ts";
import type { Proof } from "../verify/prove.ts";
import { answer, defineCommand, type ExitCode } from "./terminal/command.ts";
import { usageError } from "./terminal/errors.ts";
import { limitOptions, shared } from "./terminal/options.ts";
import { parseInstant, parseShare } from "./terminal/values.ts";
import { limitsOf, readConfig, workspacePaths } from "./terminal/workspace.ts";
import { verificationJson, verificationText } from "./texts/verify-text.ts";

const EXIT_CODES = { proved: 0, not_proved: 3, still_served: 20 } as const satisfies Record<
  Proof["outcome"],
  ExitCode
>;

export const verifyRollbackCommand = defineCommand({
  options: {
    ...shared("config"),
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
        "When the app had reloaded its config, e.g. 2026-02-08T09:30 in the rollout's time zone, or with Z for UTC (default: when the rollback was recorded)",
    },
    exposure: {
      type: "string",
      describe:
        "standard: share of units the candidate may get (default: that of the gate rolled back to, 0 when switched off)",
      parse: (text: string, option: string) => parseShare(text, option, { zero: true, all: true }),
    },
    responses: {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "Saved feed responses, JSON or JSON lines; only files saved after --since count",
    },
    load: {
      type: "boolean",
      default: true,
      describe: "Load the exports first, as aggregate does (--no-load: use the published warehouse as it is)",
    },
    ...shared("json"),
    ...limitOptions,
  },
  examples: [
    ["gatebook verify-rollback --preset immediate --since 2026-02-08T09:30", "after the reload of 09:30"],
    [
      'gatebook verify-rollback --preset immediate --since 2026-02-08T09:30 --no-load --responses "responses/*.json"',
      "from responses saved with curl",
    ],
  ],
  run: async (options, context) => {
    const [{ readResponses }, { resolveClaim, verify }] = await Promise.all([
      import("../verify/responses.ts"),
      import("./verify/verify-look.ts"),
    ]);
    const { preset, since, exposure = null, responses: patterns, json } = options;
    if (preset === "immediate" && exposure !== null)
      throw usageError(
        "--exposure does not work with --preset immediate",
        "with it only the baseline may be served; --preset standard leaves the candidate a share",
      );
    const { file, reports } = workspacePaths(options, context);
    const config = await readConfig(options, context);
    const { timeZone } = config.rollout;
    const { cwd, now } = context;
    const from = since === undefined ? null : parseInstant(since, "since", timeZone);
    // Wrong options are reported before the loading, which may take minutes.
    const claim = await resolveClaim({ preset, since: from, exposure, now: now() }, config);
    const responses = patterns.length === 0 ? null : await readResponses({ ...claim, patterns, cwd });
    // Loading drops events by their age on this day (keep_events): those since the rollback must stay, however old it is.
    const date = addDays(dayAt(new Date(claim.since), timeZone), -1);
    const load = { config: file, reports, date, limits: limitsOf(options, context) };
    const notLoaded = options.load ? await loadExports(load, context) : null;
    const verification = await verify({ config, claim, responses, notLoaded, now: now(), context });
    answer(context, json, verificationJson(verification), (columns) =>
      verificationText(verification, columns),
    );
    return EXIT_CODES[verification.proof.outcome];
  },
});

type Load = typeof import("../runs/aggregate-day.ts").aggregateDay;

/** Null when they were loaded. Without exports the answer says so: responses may be enough. */
async function loadExports(...[request, context]: Parameters<Load>): Promise<string | null> {
  const { aggregateDay } = await import("../runs/aggregate-day.ts");
  try {
    await aggregateDay(request, context);
    return null;
  } catch (error) {
    if (error instanceof GatebookError && error.code === "input") return error.message;
    throw error;
  }
}
