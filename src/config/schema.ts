/**
 * `rollout.yaml` as a schema: one entry per key, with what it means. In: the parsed YAML. Out: the same keys with defaults
 * filled in and shares as numbers. It does not know the disk, the metrics, or the place of anything in the file.
 */
import { z } from "zod";
import { defaultMaxLine, reportFormats } from "../model/config.ts";
import { dimension, refineDimensions } from "./dimensions.ts";
import { readStart } from "./gate-start.ts";
import {
  refineActiveGate,
  refineGate,
  refineGates,
  refineGuardrail,
  refineLines,
  refineSources,
  report,
} from "./sanity.ts";
import { engineSchema, refineSupply } from "./schema-engine.ts";
import { preflightSchema } from "./schema-preflight.ts";
import { sourceSchema } from "./schema-source.ts";
import { fraction, mapping, oneOf, size, text, timeZone, wholeNumber } from "./values.ts";

/** Algorithm versions are part of lines that people paste into a shell and a dotenv file. */
const algorithm = () => text(/^[^\s'"`$\\#=]+$/u, "must not contain spaces, quotes or any of $ \\ # =");

const rolloutSchema = mapping({
  name: text(/^[A-Za-z0-9][\w.-]*$/, "is not a name of letters, digits, - . and _").describe(
    "Name of this rollout; its reports are in reports/NAME/.",
  ),
  baseline: algorithm().describe("algo_version of the algorithm in use."),
  candidate: algorithm().describe("algo_version of the algorithm being rolled out."),
  time_zone: timeZone().default("UTC").describe("IANA zone in which days begin and end, e.g. Europe/Berlin."),
}).superRefine((rollout, context) => {
  if (rollout.baseline !== rollout.candidate) return;
  report(context, { path: ["candidate"], message: "the candidate is the baseline" });
});

const started = z.string().refine((written) => readStart(written) !== null, {
  error: ({ input }) => `"${input}" is not a date such as 2026-02-01 or a time such as 2026-02-01T09:30`,
});

const gateSchema = mapping({
  name: text(/^[A-Za-z0-9][\w-]*$/, "is not a name of letters, digits, - and _").describe(
    "The value of DISCOVERY_ROLLOUT_ACTIVE_GATE.",
  ),
  exposure: fraction({ most: 1 }).describe("Share of traffic the candidate gets, e.g. 10%."),
  started: started
    .optional()
    .describe(
      "Day (or time, in the rollout's zone) since when this gate is active; a day that starts midway is in no gate.",
    ),
  min_days: wholeNumber(1).describe(
    "Sufficient days (complete, and at min_sample) before the next gate may open.",
  ),
  max_days: wholeNumber(1).optional().describe("Days after which a hold is marked overdue."),
  consecutive_healthy_days: wholeNumber(0)
    .default(0)
    .describe(
      "Quiet days in a row (sufficient, and nothing fires), up to the report date, before the next gate may open.",
    ),
  traffic_stability: fraction()
    .optional()
    .describe(
      "Largest difference of a day's traffic from the window's mean that still counts as stable, e.g. 25%.",
    ),
  holdback: fraction({ most: 0.99, zero: true })
    .optional()
    .describe("At 100%: share of traffic that still gets the baseline, to compare with."),
}).superRefine(refineGate);

const lines = mapping({
  warning: fraction().optional().describe("From here on hold."),
  rollback: fraction().optional().describe("From here on, over the observation window, roll back."),
  severe: fraction().optional().describe("From here on, on any single day, roll back at once."),
}).superRefine(refineLines);

const guardrailSchema = mapping({
  drop: lines.optional().describe("Lines for a fall against the baseline, e.g. warning: 3%."),
  rise: lines.optional().describe("Lines for a rise against the baseline."),
  role: oneOf(["guardrail", "informational"])
    .default("guardrail")
    .describe("informational: shown with everything, but without effect on the verdict."),
  required: z
    .boolean()
    .default(true)
    .describe("false: a column that the export lacks does not block promote."),
}).superRefine(refineGuardrail);

const gatesSchema = z.array(gateSchema).min(1).superRefine(refineGates);
const activeGateSchema = text();
const sourcesSchema = z.array(sourceSchema).min(1).superRefine(refineSources);
const dimensionsSchema = z.array(dimension()).default([]);

const supplyingEngine = engineSchema.prefault({ kind: "duckdb" });

export const workspaceSchema = mapping({
  rollout: rolloutSchema.describe("Which algorithm is compared with which."),
  active_gate: activeGateSchema.describe("Name of the gate that is active now; it needs a started."),
  gates: gatesSchema.describe("The steps of the rollout, smallest exposure first."),
  thresholds: z
    .record(text(/^[a-z_]\w*$/i, "is not the name of a metric"), guardrailSchema)
    .superRefine((thresholds, context) => {
      if (Object.values(thresholds).some(({ role }) => role === "guardrail")) return;
      report(context, { message: "no metric here is a guardrail: nothing could ever be judged" });
    })
    .describe(
      "Lines by metric (queries/metrics/NAME.sql). A metric named here is a guardrail unless its role says not.",
    ),
  judge: oneOf(["evidence", "literal"])
    .default("evidence")
    .describe(
      "evidence: a threshold fires only when the change is statistically significant. literal: the bare thresholds.",
    ),
  min_sample: mapping({
    impressions: wholeNumber(0).default(1000).describe("Impressions, per variant and window."),
    clicks: wholeNumber(0).default(100).describe("Clicks, per variant and window."),
  })
    .prefault({})
    .describe("Below this nothing is healthy."),
  persistent_warning_days: wholeNumber(1)
    .default(2)
    .describe("Complete days in a row at warning, on the same guardrail, that hold the rollout."),
  completeness: mapping({
    quiet_hours: z
      .number()
      .min(0)
      .max(24)
      .default(3)
      .describe(
        "At either end of a day a gap in impressions or clicks that is longer counts from 20 events due in it; any other only when those of 15 units were due. Where it is not known what was due: how late a complete day may begin, and how early end.",
      ),
  })
    .prefault({})
    .describe("When a day's data is all here."),
  max_rejected: fraction({ most: 1, zero: true })
    .default(0.001)
    .describe("Share of a source's rows that may be rejected before the data check holds the rollout."),
  coverage: mapping({
    warn: fraction({ most: 1 })
      .default(0.01)
      .describe("Share of a variant's events or units left out of a number from which on the report warns."),
    block: fraction({ most: 1 }).default(0.05).describe("And from which on the rollout is held."),
    difference: fraction({ most: 1 })
      .default(0.01)
      .describe("Difference of these shares between the variants, beyond noise, that holds the rollout."),
  })
    .refine(({ warn, block }) => warn <= block, { error: "warn must not be above block", path: ["warn"] })
    .prefault({})
    .describe("How much of the data may be missing from a number."),
  unit_placeholders: z
    .array(z.string())
    .optional()
    .describe(
      'Texts in user_id and session_id that name nobody, besides undefined, null, none, nan, anonymous, [object Object] and the all-zero UUID. "[]": no text at all.',
    ),
  keep_events: wholeNumber(0)
    .default(14)
    .describe("Days of single events kept in the warehouse; 0: aggregates only."),
  max_unpacked: size()
    .optional()
    .describe(
      "Most that one .gz or .zst file may unpack to, e.g. 4GB. Default: 1GB, or 100 times its size where that is more.",
    ),
  max_line: size()
    .default(defaultMaxLine)
    .describe("Longest row that is read, e.g. 20MB. The reader takes 32 times as much memory."),
  dimensions: dimensionsSchema.describe(
    "What every ratio guardrail is also cut by: columns of events, or paths in metadata, e.g. [platform, metadata.country]. Any other: queries/dimensions/NAME.sql.",
  ),
  engine: supplyingEngine.describe("Where the events are. Left out: duckdb, which loads them from files."),
  sources: sourcesSchema.describe("Where the exports are."),
  formats: z
    .array(oneOf(reportFormats))
    .default([])
    .describe(
      "What a night writes besides html, md, txt and ipynb: png, email, chat, junit, github, csv, badge. Naming some of the four leaves the others out.",
    ),
  reports_url: text(
    /^https?:\/\/[^\s"'<>()\\|?#]+$/u,
    "is not an address such as https://reports.example.org/gatebook",
  )
    .optional()
    .describe("Address under which the folder reports/ is published; mail and messages link to it."),
  preflight: preflightSchema
    .optional()
    .describe("Where the app's settings can be read. Left out: not checked."),
});

/** The parts of the file that one rule spans, so that it is checked even when something elsewhere is wrong. */
export const spanningRules = [
  z.object({ active_gate: activeGateSchema, gates: gatesSchema }).superRefine(refineActiveGate),
  z.object({ dimensions: dimensionsSchema, sources: sourcesSchema }).superRefine(refineDimensions),
  z.object({ engine: supplyingEngine, sources: sourcesSchema }).superRefine(refineSupply),
] as const;

export type RolloutFile = z.output<typeof workspaceSchema>;
