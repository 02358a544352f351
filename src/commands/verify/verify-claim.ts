/** What `gatebook verify-rollback` has to prove: from the options, the ledger and rollout.yaml. Pure. */
import type { RecordedRollback } from "../../ledger/last-rollback.ts";
import { dayAt, isoSeconds } from "../../model/calendar.ts";
import type { Config, Gate } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import type { Preset } from "../../model/words.ts";
import type { Claim } from "../../verify/prove.ts";

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

/** A record older than this is of another rollback: then only --since can say what is meant. */
const RECENT_DAYS = 2;
const DAY_MS = 86_400_000;

/** --since, else the moment a rollback of the same preset was recorded. Throws `usage` when neither says it. */
export function sinceOf({ preset, since, now }: ClaimRequest, recorded: RecordedRollback | null): string {
  if (since !== null) {
    if (Date.parse(since) <= now.getTime()) return since;
    throw new GatebookError("usage", `--since ${since} is in the future`, {
      hint: `it is ${isoSeconds(now)} now; a time without a zone is in the rollout's time zone`,
    });
  }
  const age = recorded === null ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(recorded.recordedAt);
  if (recorded !== null && recorded.preset === preset && age <= RECENT_DAYS * DAY_MS)
    return recorded.recordedAt;
  throw new GatebookError("usage", "--since is missing: after which time must the candidate be gone?", {
    hint: `the time at which the app had reloaded its config: --since ${isoSeconds(now).slice(0, 16)}Z (no rollback of preset ${preset} was recorded in the last ${RECENT_DAYS} days)`,
  });
}

export function claimOf(request: ClaimRequest, since: string, config: Config, known: KnownState): NamedClaim {
  const { preset, exposure } = request;
  const { baseline, candidate, timeZone } = config.rollout;
  // An older record is of an earlier rollback; this one is not written down yet.
  const isRecorded = known.recorded !== null && known.recorded.effective >= dayAt(new Date(since), timeZone);
  const record = isRecorded ? known.recorded : null;
  const from = config.gates.find((gate) => gate.name === known.gate) ?? config.activeGate;
  const { share, by } =
    exposure !== null ? { share: exposure, by: "--exposure" } : allowedOf({ preset, record, from }, config);
  const before = record?.fromShare ?? from.exposure;
  return { preset, baseline, candidate, since, before, allowed: share, allowedBy: by, isRecorded };
}

interface Allowed {
  readonly share: number;
  readonly by: string;
}

function allowedOf(
  {
    preset,
    record,
    from,
  }: { readonly preset: Preset; readonly record: RecordedRollback | null; readonly from: Gate },
  { gates }: Config,
): Allowed {
  if (preset === "immediate") return { share: 0, by: "everybody is forced to the baseline" };
  const off = "the rollout is switched off";
  if (record?.preset === "standard")
    return { share: record.toShare, by: record.toGate === null ? off : `gate ${record.toGate}` };
  const to = gates[gates.indexOf(from) - 1];
  return to === undefined ? { share: 0, by: off } : { share: to.exposure, by: `gate ${to.name}` };
}
