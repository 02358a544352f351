/** The published warehouse and the saved responses, looked at for one claim. It writes nothing. */
import type { Engine } from "../engine/engine.ts";
import { readLastRollback } from "../ledger/last-rollback.ts";
import { readLedger } from "../ledger/state.ts";
import { dayAt, isoSeconds } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import { GatebookError } from "../model/error.ts";
import { readCoverage } from "../verify/coverage.ts";
import { readServed, type ServedEvents } from "../verify/events.ts";
import { prove } from "../verify/prove.ts";
import { readResponses } from "../verify/responses.ts";
import { openWarehouse } from "../warehouse/store.ts";
import { type ClaimRequest, claimOf, type KnownState, sinceOf } from "./verify-claim.ts";
import type { Surroundings } from "./verify-next.ts";
import type { Telling } from "./verify-text.ts";

export interface LookRequest extends ClaimRequest {
  readonly config: Config;
  /** Paths or globs of saved responses, relative to `cwd`. */
  readonly patterns: readonly string[];
  readonly cwd: string;
}

export type Seen = Telling & Omit<Surroundings, "notLoaded">;

export async function lookAt(request: LookRequest): Promise<Seen> {
  const engine = await openIfThere(request.config.root);
  try {
    return await look(request, engine);
  } finally {
    engine?.close();
  }
}

async function look(request: LookRequest, engine: Engine | null): Promise<Seen> {
  const { config, patterns, cwd, now } = request;
  const { timeZone } = config.rollout;
  const known = await readKnown(engine, request);
  const since = sinceOf(request, known.recorded);
  const claim = claimOf(request, since, config, known);
  const until = isoSeconds(now);
  const read = async (from: string): Promise<ServedEvents | null> =>
    engine === null ? null : await readServed(engine, { ...claim, since: from, until });
  const events = await read(since);
  const responses = patterns.length === 0 ? null : await readResponses({ ...claim, patterns, cwd });
  const evidence = { events, responses };
  const proof = prove(claim, evidence);
  const later = proof.why === "candidate_served" ? minuteAfter(events?.lastCandidate ?? null) : null;
  const isHeld =
    later !== null &&
    prove({ ...claim, since: later }, { events: await read(later), responses }).outcome === "proved";
  return {
    claim,
    evidence,
    proof,
    timeZone,
    coverage:
      engine === null || events === null
        ? null
        : await readCoverage(engine, dayAt(new Date(since), timeZone)),
    heldSince: isHeld ? later : null,
  };
}

/** Without a warehouse only responses can prove anything, and the ledger knows nothing. */
async function openIfThere(root: string): Promise<Engine | null> {
  try {
    return await openWarehouse(root);
  } catch (error) {
    if (error instanceof GatebookError && error.code === "input") return null;
    throw error;
  }
}

async function readKnown(engine: Engine | null, request: LookRequest): Promise<KnownState> {
  const { name: rollout, timeZone } = request.config.rollout;
  if (engine === null || !(await hasLedger(engine))) return { recorded: null, gate: null };
  const recorded = await readLastRollback(engine, rollout);
  const asOf = request.since ?? isoSeconds(request.now);
  const date = dayAt(new Date(asOf), timeZone);
  const { state } = await readLedger(engine, { rollout, phase: "daily", date, asOf });
  return { recorded, gate: state.activeGate?.gate ?? null };
}

async function hasLedger(engine: Engine): Promise<boolean> {
  const tables = await engine.rows(
    "SELECT table_name FROM information_schema.tables WHERE table_name IN ('decisions', 'records')",
  );
  return tables.length === 2;
}

/** "2026-02-08T09:42:10Z" → "2026-02-08T09:43:00Z": strictly later. */
function minuteAfter(instant: string | null): string | null {
  if (instant === null) return null;
  return isoSeconds(new Date((Math.floor(Date.parse(instant) / 60_000) + 1) * 60_000));
}
