/**
 * One save at a time: the disk as it is when asked → a Pass, and the page that shows it. Where something cannot be read, run or
 * drawn, the last good version stays.
 */

import { resolve } from "node:path";
import type { Context } from "../model/context.ts";
import { GatebookError } from "../model/error.ts";
import type { QueryError } from "../model/measurement.ts";
import type { Result } from "../model/result.ts";
import type { Finding } from "../queries/validation/finding.ts";
import { configFinding } from "../runs/check/check-workspace.ts";
import { warehouseStamp } from "../warehouse/store.ts";
import { type Followed, follow, type OpenNotes, openNotes } from "./follow.ts";
import { newDrawing } from "./page/drawing.ts";
import type { Page } from "./page/page.ts";
import { focusOf, type Pass } from "./pass.ts";
import { changedFiles, readSaved, type Saved } from "./saved.ts";
import { type MeasuredWorkspace, openSession, type Session, type SessionRequest } from "./session.ts";
import { subjectsOf } from "./subjects.ts";
import { followTemplates } from "./templates.ts";

export interface FollowRequest extends Omit<SessionRequest, "root"> {
  /** Absolute path of rollout.yaml. */
  readonly file: string;
  /** False: nothing is drawn, only reported. */
  readonly draws: boolean;
}

export interface Follower {
  /** Null: nothing that a preview depends on has changed. Throws Superseded when another save came meanwhile. */
  readonly look: () => Promise<Pass | null>;
  /** Throws when nothing was drawn yet. */
  readonly page: () => Page;
  readonly interrupt: () => void;
  readonly close: () => void;
}

/** After one pass, before the next. */
interface State {
  readonly saved: Saved;
  readonly pass: Pass;
  readonly good: Followed["good"];
  readonly notes: OpenNotes;
  readonly page: Page | null;
}

export function newFollower(request: FollowRequest, context: Context): Follower {
  const root = resolve(request.file, "..");
  const sessions = newSessions(request, root);
  const templates = followTemplates(root, request.temporaryDirectory);
  const draw = newDrawing(context.now());
  let state: State | null = null;

  const look = async (): Promise<Pass | null> => {
    const began = performance.now();
    const { session, isNew } = await sessions.newest();
    const saved = readSaved(request.file, state?.saved ?? null);
    const files = state === null ? [] : changedFiles(state.saved, saved);
    if (state !== null && files.length === 0 && !isNew) return null;
    const { measured, unmeasured } = await measure(session, saved);
    const { roots, problems } = await templates(saved.templates);
    const before = state?.pass.result ?? null;
    const result = measured?.result ?? state?.pass.result;
    if (result === undefined) throw new Error("the first look measured nothing, and did not say why");
    const at = clock(context.now());
    const { notes, good } = follow({ before, after: result, good: state?.good ?? new Map(), at });
    const relations = [...(measured?.failedRelations.values() ?? [])].map(relationFinding);
    const pass = {
      ...{ at, files, notes, result, newWarehouse: before !== null && isNew, ran: measured?.ran ?? [] },
      problems: withoutPlace([...unmeasured, ...saved.problems, ...relations, ...problems], result),
      focus: focusOf({ files, notes }, saved.catalog),
    };
    const open = openNotes(state?.notes ?? new Map(), notes, at);
    const page = request.draws ? await draw({ pass, notes: open, roots, began }) : null;
    request.stillWanted();
    const done = { ...pass, durationMs: performance.now() - began };
    state = { saved, pass: done, good, notes: open, page };
    return done;
  };

  /** `measured` null: what was measured before stays. */
  const measure = async (session: Session, saved: Saved): Promise<Attempt> => {
    try {
      return { measured: await session.measure(saved, context), unmeasured: [] };
    } catch (error) {
      request.stillWanted();
      if (!(error instanceof GatebookError) || state === null) throw error;
      return { measured: null, unmeasured: [configFinding(error, request.file, root)] };
    }
  };

  return {
    look: async () => {
      try {
        return await look();
      } catch (error) {
        request.stillWanted(); // what an interrupt made of the work is no error
        throw error;
      }
    },
    page: () => {
      if (state === null || state.page === null) throw new Error("nothing was drawn yet");
      return state.page;
    },
    interrupt: () => sessions.interrupt(),
    close: () => sessions.close(),
  };
}

interface Attempt {
  readonly measured: MeasuredWorkspace | null;
  readonly unmeasured: readonly Finding[];
}

/** Each problem once; what a metric, check or cell says in its own place is left to it. */
function withoutPlace(found: readonly Finding[], result: Result): readonly Finding[] {
  const shown = new Set(subjectsOf(result).map(({ part }) => part.error?.file));
  const key = ({ message, where }: Finding) => JSON.stringify([message, where]);
  const once = new Map(found.map((finding) => [key(finding), finding]));
  return [...once.values()].filter(({ where }) => !shown.has(where.file));
}

function relationFinding({ message, file, line, column, excerpt, hint }: QueryError): Finding {
  const where = { file, line: line ?? undefined, column: column ?? undefined };
  return { level: "error", message, where, excerpt, hint };
}

/** A warehouse that is gone stays open as it was. */
function newSessions(request: FollowRequest, root: string) {
  let session: Session | null = null;
  return {
    newest: async (): Promise<{ readonly session: Session; readonly isNew: boolean }> => {
      const stamp = await warehouseStamp(root);
      if (session !== null && (stamp === session.stamp || stamp === "")) return { session, isNew: false };
      const opened = await openSession({ ...request, root });
      session?.close();
      session = opened;
      return { session, isNew: true };
    },
    interrupt: () => session?.interrupt(),
    close: () => session?.close(),
  };
}

/** In this machine's own zone: "15:04:05" */
function clock(now: Date): string {
  return now.toTimeString().slice(0, 8);
}
