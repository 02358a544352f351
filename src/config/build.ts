/** Validated keys → the Config the other rooms read: camelCase, defaults that depend on other keys, absolute paths. */
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import type {
  Cluster,
  Config,
  Gate,
  Guardrail,
  PreflightConfig,
  Source,
  SourceFormat,
} from "../model/config.ts";
import { unitPlaceholders } from "../model/unit-placeholders.ts";
import { constantText, isConstant } from "./constants.ts";
import { readDimension } from "./dimensions.ts";
import { gateStart, readStart } from "./gate-start.ts";
import type { Positions } from "./positions.ts";
import type { RolloutFile } from "./schema.ts";

export interface ConfigFolder {
  /** Absolute. */
  readonly file: string;
  readonly root: string;
  readonly text: string;
  readonly positions: Positions;
  /** Names of the sources that have a queries/sources/NAME.sql. */
  readonly stagingFiles: readonly string[];
}

export function buildConfig(workspace: RolloutFile, around: ConfigFolder): Config {
  const gates = workspace.gates.map((gate) => buildGate(gate, workspace.rollout.time_zone));
  const activeGate = gates.find(({ name }) => name === workspace.active_gate);
  if (activeGate === undefined) throw new Error(`active_gate ${workspace.active_gate} passed validation`);
  return {
    file: around.file,
    root: around.root,
    sha256: createHash("sha256").update(around.text).digest("hex"),
    text: around.text,
    rollout: {
      name: workspace.rollout.name,
      baseline: workspace.rollout.baseline,
      candidate: workspace.rollout.candidate,
      timeZone: workspace.rollout.time_zone,
    },
    gates,
    activeGate,
    thresholds: new Map(
      Object.entries(workspace.thresholds).map(([metric, lines]) => [
        metric,
        buildGuardrail(metric, lines, around),
      ]),
    ),
    judge: workspace.judge,
    minSample: workspace.min_sample,
    persistentWarningDays: workspace.persistent_warning_days,
    completeness: { quietHours: workspace.completeness.quiet_hours },
    sources: workspace.sources.map((source, index) => {
      const { file, line = 1, column = 1 } = around.positions.value(["sources", index, "name"]);
      return { ...buildSource(source, workspace, around), where: { file, line, column } };
    }),
    preflight: buildPreflight(workspace),
    maxRejected: workspace.max_rejected,
    coverage: workspace.coverage,
    unitPlaceholders: unitPlaceholders(workspace.unit_placeholders),
    keepEvents: workspace.keep_events,
    formats: workspace.formats,
    reportsUrl: workspace.reports_url?.replace(/\/+$/, "") ?? null,
    dimensions: workspace.dimensions.map(readDimension),
    cluster: buildCluster(workspace.engine, around.root),
  };
}

/** Every key that the kind needs was required by the schema. */
function buildCluster(engine: RolloutFile["engine"], root: string): Cluster | undefined {
  if (engine.kind === "duckdb") return undefined;
  const {
    server = "",
    catalog = "",
    schema = "",
    scratch = "",
    user = "gatebook",
    read_user = user,
  } = engine;
  const [scratchCatalog = "", scratchSchema = ""] = scratch.split(".");
  return {
    server: server.replace(/\/$/, ""),
    catalog,
    schema,
    scratch: { catalog: scratchCatalog, schema: scratchSchema },
    user,
    readUser: read_user,
    passwordEnv: engine.password_env ?? null,
    tokenEnv: engine.token_env ?? null,
    ca: engine.ca === undefined ? null : resolve(root, engine.ca),
  };
}

function buildGate(gate: RolloutFile["gates"][number], timeZone: string): Gate {
  const written = gate.started === undefined ? null : readStart(gate.started);
  return {
    name: gate.name,
    exposure: gate.exposure,
    started: written === null ? null : gateStart(written, timeZone),
    minDays: gate.min_days,
    maxDays: gate.max_days ?? null,
    consecutiveHealthyDays: gate.consecutive_healthy_days,
    trafficStability: gate.traffic_stability ?? null,
    holdback: gate.holdback ?? null,
  };
}

function buildGuardrail(
  metric: string,
  written: RolloutFile["thresholds"][string],
  { positions }: ConfigFolder,
): Guardrail {
  const { file, line = 1, column = 1 } = positions.key(["thresholds", metric]);
  const harm = written.drop !== undefined ? "drop" : written.rise !== undefined ? "rise" : null;
  const lines = written.drop ?? written.rise;
  return {
    metric,
    role: written.role,
    harm,
    warning: lines?.warning ?? null,
    rollback: lines?.rollback ?? null,
    severe: lines?.severe ?? null,
    required: written.required,
    where: { file, line, column },
  };
}

function buildSource(
  source: RolloutFile["sources"][number],
  workspace: RolloutFile,
  around: ConfigFolder,
): Source {
  const { options } = source;
  const written: Partial<TextFormat> = source.format === undefined ? {} : textFormat(source.format);
  const metadata: readonly [string, readonly string[]] = ["metadata", ["metadata", "meta"]];
  const columns = new Map(source.kind === "events" ? [metadata] : []);
  const constants = new Map<string, string>();
  for (const [column, written] of Object.entries(source.columns)) {
    const names = written.filter((name) => !isConstant(name));
    if (names.length > 0) columns.set(column, names);
    for (const name of written) if (isConstant(name)) constants.set(column, constantText(name));
  }
  return {
    name: source.name,
    kind: source.kind,
    files: source.files ?? [],
    ...(source.table === undefined ? {} : { table: source.table }),
    format: written.format ?? null,
    options: {
      delimiter: options.delimiter ?? written.delimiter ?? null,
      quote: options.quote ?? null,
      escape: options.escape ?? null,
      ...(written.escapes === undefined ? {} : { escapes: written.escapes }),
      header: options.header ?? written.escapes === undefined,
      nullText: options.null_text,
      timeFormat: options.time_format,
      ...(options.date_format === undefined ? {} : { dateFormat: options.date_format }),
      ...(options.decimal === undefined ? {} : { decimal: options.decimal }),
      timeZone: options.time_zone,
      encoding: options.encoding,
    },
    columns,
    ...(constants.size === 0 ? {} : { constants }),
    eventTypes: new Map(Object.entries(source.event_types)),
    staging: around.stagingFiles.includes(source.name)
      ? join(around.root, "queries", "sources", `${source.name}.sql`)
      : null,
    followLinks: source.follow_links,
    maxUnpacked: source.max_unpacked ?? workspace.max_unpacked ?? null,
    maxLine: source.max_line ?? workspace.max_line,
  };
}

interface TextFormat {
  readonly format: SourceFormat;
  readonly delimiter?: string;
  readonly escapes?: "mysql" | "postgres";
}

function textFormat(format: NonNullable<RolloutFile["sources"][number]["format"]>): TextFormat {
  switch (format) {
    case "tsv":
      return { format: "csv", delimiter: "\t" };
    case "mysql":
    case "postgres":
      return { format: "csv", escapes: format };
    default:
      return { format };
  }
}

function buildPreflight({ preflight, rollout }: RolloutFile): PreflightConfig | null {
  if (preflight === undefined || !preflight.enabled) return null;
  return {
    dotenv: preflight.dotenv ?? null,
    config: preflight.config ?? null,
    environment: preflight.environment,
    weights: Object.entries(preflight.weights).map(([name, written]) => {
      const weight = typeof written === "number" ? { value: written } : written;
      return {
        name,
        value: weight.value,
        configPath: weight.config_path ?? `discovery.algo_versions.${rollout.candidate}.weights.${name}`,
        env: weight.env ?? `DISCOVERY_WEIGHT_${name.toUpperCase()}`,
      };
    }),
    configPaths: preflight.config_paths,
  };
}
