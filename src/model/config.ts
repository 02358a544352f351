/**
 * `rollout.yaml` after parsing and validation: every default filled in, every fraction a number, every path absolute.
 * Written by `config/`, read by every other room.
 */
import type { Day, JudgeMode, Role } from "./words.ts";

export interface Config {
  /** Absolute path of rollout.yaml and of its folder: the workspace. */
  readonly file: string;
  readonly root: string;
  readonly sha256: string;
  /** The file as it was read: it may be edited while a night runs. */
  readonly text: string;
  readonly rollout: RolloutNames;
  readonly gates: readonly Gate[];
  readonly activeGate: Gate;
  /** By metric name, in the order of the file. */
  readonly thresholds: ReadonlyMap<string, Guardrail>;
  readonly judge: JudgeMode;
  readonly minSample: MinSample;
  readonly persistentWarningDays: number;
  readonly completeness: Completeness;
  readonly sources: readonly Source[];
  readonly preflight: PreflightConfig | null;
  /** Share of a source's rows that may be rejected before the data check blocks, e.g. 0.001. */
  readonly maxRejected: number;
  readonly coverage: CoverageLimits;
  /** Texts in user_id and session_id that name nobody, trimmed and in lower case. */
  readonly unitPlaceholders: readonly string[];
  /** Days of single events kept in the warehouse; 0 keeps aggregates only. */
  readonly keepEvents: number;
  /** As named in rollout.yaml, see `chosenFormats`. */
  readonly formats: readonly ReportFormat[];
  /** Where the folder of the reports is published, without a final slash; null: nowhere. */
  readonly reportsUrl: string | null;
  /** Those of rollout.yaml; not given: none. Others are files of queries/dimensions/. */
  readonly dimensions?: readonly EventDimension[] | undefined;
  /** A cluster whose tables the sources are; not given: files, loaded into the embedded engine. */
  readonly cluster?: Cluster | undefined;
}

/** A Trino cluster, `engine` of rollout.yaml. */
export interface Cluster {
  /** "https://trino.example.org:8443", without a final slash. */
  readonly server: string;
  /** Of tables that are named without. */
  readonly catalog: string;
  readonly schema: string;
  /** The only schema that is written to. */
  readonly scratch: { readonly catalog: string; readonly schema: string };
  readonly user: string;
  /** Of the analysts' files. */
  readonly readUser: string;
  /** Names of environment variables; null: none is sent. */
  readonly passwordEnv: string | null;
  readonly tokenEnv: string | null;
  /** Absolute path of a PEM file; null: the certificates that Node knows. */
  readonly ca: string | null;
}

/** A value of events that ratio guardrails are cut by. */
export interface EventDimension {
  /** Of its relation, and in the report. */
  readonly name: string;
  /** As it is written: "metadata.country". */
  readonly written: string;
  /** A column of events. */
  readonly column: string;
  /** Keys within the column's JSON, outermost first; none: the column's own value. */
  readonly path: readonly string[];
}

export interface RolloutNames {
  readonly name: string;
  readonly baseline: string;
  readonly candidate: string;
  /** IANA name, e.g. "Europe/Berlin". */
  readonly timeZone: string;
}

export interface Gate {
  readonly name: string;
  /** Share of traffic the candidate is meant to get, a fraction. */
  readonly exposure: number;
  readonly started: GateStart | null;
  readonly minDays: number;
  /** Past this a hold is marked overdue. */
  readonly maxDays: number | null;
  readonly consecutiveHealthyDays: number;
  /** Largest relative difference of a day's traffic from the window's mean that still counts as stable, e.g. 0.25. */
  readonly trafficStability: number | null;
  /** At g100: share of traffic that still gets the baseline. */
  readonly holdback: number | null;
}

export interface GateStart {
  readonly day: Day;
  /** ISO time, UTC, when the gate opened within the day: that day is then a ramp day and in no gate. */
  readonly at: string | null;
  /** First whole day of the gate. */
  readonly firstDay: Day;
}

/** The lines of one metric. `harm` is the direction that is bad. Fractions, positive: 0.03 is 3%. */
export interface Guardrail {
  readonly metric: string;
  readonly role: Role;
  readonly harm: "drop" | "rise" | null;
  readonly warning: number | null;
  readonly rollback: number | null;
  readonly severe: number | null;
  /** When false, a column that is absent does not block promote. */
  readonly required: boolean;
  readonly where: { readonly file: string; readonly line: number; readonly column: number };
}

export interface MinSample {
  readonly impressions: number;
  readonly clicks: number;
}

export interface Completeness {
  /** A day is complete when its first and last event are within this many hours of its ends. */
  readonly quietHours: number;
}

/** Shares of a variant's units or events that a number may leave out. */
export interface CoverageLimits {
  readonly warn: number;
  readonly block: number;
  /** Between the variants, where it is more than noise. */
  readonly difference: number;
}

export type SourceFormat = "csv" | "jsonl" | "parquet";

/** Bytes of the longest row that is read where rollout.yaml does not say. */
export const defaultMaxLine = 10_000_000;

export interface Source {
  readonly name: string;
  readonly kind: "events" | "lookup";
  /** Globs or paths as written, relative to the workspace, `/` separated. */
  readonly files: readonly string[];
  /** A table of the cluster instead of files, as written: "events", "feed.events", "iceberg.feed.events". Absent: files. */
  readonly table?: string | undefined;
  /** Null: derived from the file's name. */
  readonly format: SourceFormat | null;
  readonly options: SourceOptions;
  /** Canonical column → names it may have in the export; of several the first with a value counts, e.g. metadata: [metadata, meta]. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** Canonical column → the value of every row that has no other, e.g. event_type → impression. Absent when there is none. */
  readonly constants?: ReadonlyMap<string, string>;
  /** The export's word → event type, e.g. feed_impression → impression; one beyond the four is a type of this rollout's own. */
  readonly eventTypes: ReadonlyMap<string, string>;
  /** Absolute path of queries/sources/NAME.sql when there is one. */
  readonly staging: string | null;
  /** Whether a link may lead out of the folder that the pattern names. */
  readonly followLinks: boolean;
  /** Bytes that one packed file may unpack to; null: 1 GB, or 100 times its size where that is more. */
  readonly maxUnpacked: number | null;
  /** Bytes of the longest row that is read; a longer one is a reject. */
  readonly maxLine: number;
  /** Of its name in rollout.yaml. */
  readonly where?: { readonly file: string; readonly line: number; readonly column: number };
}

/** What a number counts since 1970. */
export type EpochUnit = "epoch_seconds" | "epoch_millis" | "epoch_micros" | "epoch_nanos";

/** Part of the load fingerprint as JSON: an option that is not written in rollout.yaml must not change it, so newer ones are absent. */
export interface SourceOptions {
  /** CSV: null lets the extension decide (`,` or tab). */
  readonly delimiter: string | null;
  /** Empty: values are never quoted. */
  readonly quote: string | null;
  readonly escape: string | null;
  /** Whose text format it is: an escape may stand before any character. Absent in ordinary CSV. */
  readonly escapes?: "mysql" | "postgres";
  readonly header: boolean;
  readonly nullText: readonly string[];
  /** The sign before the fraction in numbers; absent: a point, or a comma too where semicolons are between the columns. */
  readonly decimal?: "." | ",";
  /** How `occurred_at` is written; a list: patterns of strptime, e.g. "%m/%d/%Y %H:%M", the first that fits counts. */
  readonly timeFormat: "iso" | EpochUnit | readonly string[];
  /** Patterns of `event_date`; absent: ISO 8601. */
  readonly dateFormat?: readonly string[];
  /** Zone of times written without an offset. */
  readonly timeZone: string;
  readonly encoding: "utf-8" | "latin-1" | "utf-16";
}

/** The settings of the app that the runbook has confirmed, by their names in its environment. */
export type PreflightSetting =
  | "DISCOVERY_ROLLOUT_ENABLED"
  | "DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION"
  | "DISCOVERY_ROLLOUT_CANDIDATE_ALGO_VERSION"
  | "DISCOVERY_ROLLOUT_ACTIVE_GATE"
  | "DISCOVERY_FORCE_ALGO_VERSION"
  | "DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL";

export interface PreflightConfig {
  /** Files as written, relative to the workspace. */
  readonly dotenv: string | null;
  readonly config: string | null;
  /** Whether the process environment is asked. */
  readonly environment: boolean;
  readonly weights: readonly PreflightWeight[];
  /** Where each setting is in the JSON dump, e.g. "discovery.rollout.active_gate". */
  readonly configPaths: Readonly<Record<PreflightSetting, string>>;
}

export interface PreflightWeight {
  readonly name: string;
  readonly value: number;
  /** Where it is in the JSON dump, e.g. "discovery.algo_versions.clip-cosine-v2.weights.w1". */
  readonly configPath: string;
  /** Name of the environment variable that overrides it, e.g. "DISCOVERY_WEIGHT_W1". */
  readonly env: string;
}

/** Of a report: for people and machines that look for it. These are written unless some of them are named. */
const standardFormats = ["html", "md", "txt", "ipynb"] as const;
/** For the places it is sent to; these are written besides. */
const placeFormats = ["png", "email", "chat", "junit", "github", "csv", "badge"] as const;

export const reportFormats = [...standardFormats, ...placeFormats] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** [] → the standard ones; ["txt"] → that one; ["junit"] → the standard ones and that one. In the order of the list. */
export function chosenFormats(named: readonly ReportFormat[]): readonly ReportFormat[] {
  const standard: readonly ReportFormat[] = standardFormats;
  const picks = named.some((format) => standard.includes(format));
  const isChosen = (format: ReportFormat) => named.includes(format) || (!picks && standard.includes(format));
  return reportFormats.filter(isChosen);
}
