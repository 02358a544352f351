/** What `gatebook verify-rollback` has to prove: from the options, the ledger and rollout.yaml. Pure. */
import type { RecordedRollback } from "../../ledger/last-rollback.ts";
import { dayAt, isoSeconds } from "../../model/calendar.ts";
import type { Config, Gate } from "../../model/config.ts";
import type { Preset } from "../../model/words.ts";
import type { Claim } from "../../verify/prove.ts";
import { usageError } from "../terminal/errors.ts";

export interface ClaimRequest {
  readonly preset: Preset;
  /** ISO UTC; null when --since was not given. */
  readonly since: string | null;
  /** --exposure as a fraction, or null. */
  readonly exposure: number | null;
  readonly now: Date;
}

export interface KnownState {
  /** The rollback that a person recorded last. */
  readonly recorded: RecordedRollback | null;
  /** Gate of the ledger at that time, or null. */
  readonly gate: string | null;
}

export interface NamedClaim extends Claim {
  /** Where `allowed` comes from: "gate g10". */
  readonly allowedBy: string;
  /** Whether the ledger has this rollback. */
  readonly isRecorded: boolean;
}

/** A record older than this is of another rollback: then --since is needed. */
const RECENT_DAYS = 2;
const DAY_MS = 86_400_000;

/** --since, else the moment a rollback of the same preset was recorded. Throws `usage` when there is neither. */
export function sinceOf({ preset, since, now }: ClaimRequest, recorded: RecordedRollback | null): string {
  if (since !== null) {
    if (Date.parse(since) <= now.getTime()) return since;
    throw usageError(
      `--since ${since} is in the future`,
      `it is ${isoSeconds(now)} now; a time without a zone is in the rollout's time zone`,
    );
  }
  if (recorded?.preset === preset) {
    const age = now.getTime() - Date.parse(recorded.recordedAt);
    if (age <= RECENT_DAYS * DAY_MS) return recorded.recordedAt;
  }
  throw usageError(
    "--since is missing: after which time must the candidate be gone?",
    `the time at which the app had reloaded its config: --since ${isoSeconds(now).slice(0, 16)}Z (no rollback of preset ${preset} was recorded in the last ${RECENT_DAYS} days)`,
  );
}

export function claimOf(request: ClaimRequest, since: string, config: Config, known: KnownState): NamedClaim {
  const { preset, exposure } = request;
  const { baseline, candidate, timeZone } = config.rollout;
  // An older record is of an earlier rollback; this one is not written down yet.
  const isRecorded = known.recorded !== null && known.recorded.effective >= dayAt(new Date(since), timeZone);
  const record = isRecorded ? known.recorded : null;
  const from = config.gates.find((gate) => gate.name === known.gate) ?? config.activeGate;
  const [allowed, allowedBy] =
    exposure === null ? allowedShare(preset, record, from, config) : ([exposure, "--exposure"] as const);
  const before = record?.fromShare ?? from.exposure;
  return { preset, baseline, candidate, since, before, allowed, allowedBy, isRecorded };
}

/** The candidate's share after the rollback, and where it comes from. */
function allowedShare(
  preset: Preset,
  record: RecordedRollback | null,
  from: Gate,
  { gates }: Config,
): readonly [share: number, by: string] {
  if (preset === "immediate") return [0, "everybody is forced to the baseline"];
  const off = "the rollout is switched off";
  if (record?.preset === "standard")
    return [record.toShare, record.toGate === null ? off : `gate ${record.toGate}`];
  const to = gates[gates.indexOf(from) - 1];
  return to === undefined ? [0, off] : [to.exposure, `gate ${to.name}`];
}
