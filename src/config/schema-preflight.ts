/** The `preflight` section of rollout.yaml: where the app's settings can be read, and the weights expected there. */
import { z } from "zod";
import type { PreflightSetting } from "../model/config.ts";
import { report } from "./sanity.ts";
import { found, mapping, text } from "./values.ts";

const variable = () => text(/^[A-Za-z_]\w*$/, "is not the name of an environment variable");
const configPath = (standard: string) =>
  text().default(standard).describe("Where the dump has this setting, its keys joined by dots.");

const weightNumber = z.number().min(0).max(1);

const weightSchema = z.union(
  [
    weightNumber,
    mapping({
      value: weightNumber.describe("The weight expected."),
      config_path: text()
        .optional()
        .describe("Where it is in the dump. Default: discovery.algo_versions.CANDIDATE.weights.NAME."),
      env: variable()
        .optional()
        .describe("Variable that overrides it. Default: DISCOVERY_WEIGHT_NAME, in capitals."),
    }),
  ],
  {
    error: ({ input }) =>
      `expected a weight such as 0.52, or { value, config_path, env }, found ${found(input)}`,
  },
);

/** Defaults follow the names of the variables; `config("discovery")` of the app is dumped with or without its own name in front. */
const configPathsSchema = mapping({
  DISCOVERY_ROLLOUT_ENABLED: configPath("discovery.rollout.enabled"),
  DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION: configPath("discovery.rollout.baseline_algo_version"),
  DISCOVERY_ROLLOUT_CANDIDATE_ALGO_VERSION: configPath("discovery.rollout.candidate_algo_version"),
  DISCOVERY_ROLLOUT_ACTIVE_GATE: configPath("discovery.rollout.active_gate"),
  DISCOVERY_FORCE_ALGO_VERSION: configPath("discovery.force_algo_version"),
  DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL: configPath("discovery.eval.save_rate_informational"),
} satisfies Record<PreflightSetting, z.ZodType>);

export const preflightSchema = mapping({
  enabled: z
    .boolean()
    .default(true)
    .describe("false: preflight is not checked, without effect on the verdict."),
  dotenv: text().optional().describe("The app's dotenv file or a copy of it, e.g. .env."),
  config: text()
    .optional()
    .describe(
      "JSON dump of the app's own config, e.g. discovery.json made by: " +
        "php artisan tinker --execute='echo json_encode(config(\"discovery\"));' > discovery.json",
    ),
  environment: z
    .boolean()
    .default(true)
    .describe("Whether gatebook's own process environment is asked, first of all."),
  weights: z
    .record(text(/^\w+$/, "is not a name of letters, digits and _"), weightSchema)
    .default({})
    .describe("The candidate's weights by name; together they make 1."),
  config_paths: configPathsSchema.prefault({}).describe("Where each setting is in the JSON dump."),
}).superRefine((preflight, context) => {
  const values = Object.values(preflight.weights).map((weight) =>
    typeof weight === "number" ? weight : weight.value,
  );
  const sum = values.reduce((total, value) => total + value, 0);
  if (values.length === 0 || Math.abs(sum - 1) <= 1e-9) return;
  const message = `the weights sum to ${Number(sum.toPrecision(12))}, not to 1`;
  report(context, { path: ["weights"], message, at: "key" });
});
