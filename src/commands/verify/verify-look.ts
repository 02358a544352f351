/** What the published warehouse and the saved responses say about one claim. It writes nothing. */
import type { Engine, Engines } from "../../engine/engine.ts";
import { readLastRollback } from "../../ledger/last-rollback.ts";
import { readLedger } from "../../ledger/state.ts";
import { dayAt, isoSeconds } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import { GatebookError } from "../../model/error.ts";
import { openEvents } from "../../runs/supply/open-events.ts";
import { type EventCoverage, readCoverage } from "../../verify/coverage.ts";
import { readServed, type ServedEvents } from "../../verify/events.ts";
import { type Proof, type ProofEvidence, prove } from "../../verify/prove.ts";
import { openWarehouse } from "../../warehouse/store.ts";
import { type ClaimRequest, claimOf, type KnownState, type NamedClaim, sinceOf } from "./verify-claim.ts";

/** Reads the ledger of the published warehouse; throws `usage` when neither it nor --since says which time is meant. */
export async function resolveClaim(request: ClaimRequest, config: Config): Promise<NamedClaim> {
  return await withBooks(config.root, async (engine) => {
    const known = await readKnown(engine, request, config);
    return claimOf(request, sinceOf(request, known.recorded), config, known);
  });
}

export interface VerifyRequest {
  readonly config: Config;
  readonly claim: NamedClaim;
  readonly responses: ProofEvidence["responses"];
  /** Why the exports could not be loaded, or null. */
  readonly notLoaded: string | null;
  readonly now: Date;
  readonly context: Pick<Context, "env" | "onStop">;
}

export interface Verification extends Pick<VerifyRequest, "claim" | "notLoaded"> {
  readonly evidence: ProofEvidence;
  readonly proof: Proof;
  readonly timeZone: string;
  readonly coverage: EventCoverage | null;
  /** A later instant from which on the claim is proved, ISO UTC: pages that stayed open explain what came before. */
  readonly provedSince: string | null;
}

export async function verify({
  config,
  responses,
  now,
  context,
  ...given
}: VerifyRequest): Promise<Verification> {
  const { claim } = given;
  const { timeZone } = config.rollout;
  return await withEngines(config, context, async (engines) => {
    const read = async (since: string): Promise<ServedEvents | null> =>
      engines === null ? null : await readServed(engines.data, { ...claim, since, until: isoSeconds(now) });
    const events = await read(claim.since);
    const firstDay = dayAt(new Date(claim.since), timeZone);
    const coverage = engines === null || events === null ? null : await readCoverage(engines.books, firstDay);
    const timesDisagree = (coverage?.misdated.length ?? 0) > 0;
    const evidence = { events, responses, timesDisagree };
    const proof = prove(claim, evidence);
    const later = proof.why === "candidate_served" ? minuteAfter(events?.lastCandidate ?? null) : null;
    const isProvedLater =
      later !== null &&
      prove({ ...claim, since: later }, { ...evidence, events: await read(later) }).outcome === "proved";
    return { ...given, evidence, proof, timeZone, coverage, provedSince: isProvedLater ? later : null };
  });
}

/** Without a warehouse only responses can prove anything, and the ledger is empty: then null. */
async function withBooks<T>(root: string, work: (engine: Engine | null) => Promise<T>): Promise<T> {
  const engine = await openWarehouse(root).catch((error: unknown) => {
    if (error instanceof GatebookError && error.code === "input") return null;
    throw error;
  });
  try {
    return await work(engine);
  } finally {
    engine?.close();
  }
}

/** The same, with the events where they are on a cluster. */
async function withEngines<T>(
  config: Config,
  context: VerifyRequest["context"],
  work: (engines: Engines | null) => Promise<T>,
): Promise<T> {
  return await withBooks(config.root, async (books) => {
    if (books === null) return await work(null);
    const { engines, close } = await openEvents(books, config, context);
    try {
      return await work(engines);
    } finally {
      await close();
    }
  });
}

async function readKnown(
  engine: Engine | null,
  request: ClaimRequest,
  { rollout: { name: rollout, timeZone } }: Config,
): Promise<KnownState> {
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
