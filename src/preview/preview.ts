/** A report that follows every save. Of many saves the latest wins: what runs for an older one is interrupted. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../model/context.ts";
import { type Follower, type FollowRequest, newFollower } from "./follower.ts";
import { pageHtml } from "./page/page.ts";
import type { Pass } from "./pass.ts";
import { type PreviewServer, servePreview } from "./server.ts";
import { watchFiles } from "./watch-files.ts";

export interface PreviewRequest extends Pick<FollowRequest, "file" | "date" | "timeoutMs"> {
  /** Of the page; null: no page. */
  readonly port: number | null;
  /** The first before anything is served, then one after every save that changed something. */
  readonly onPass: (pass: Pass) => void;
}

export interface Preview {
  /** Of the page; null without one. */
  readonly url: string | null;
  /** Resolves when `stop` does, rejects when it cannot go on; nothing is left behind either way. */
  readonly until: (stop: Promise<void>) => Promise<void>;
}

/** Files saved at once (a rename, a branch switched) come together within this time, milliseconds. */
const QUIET_MS = 15;

export async function startPreview(request: PreviewRequest, context: Context): Promise<Preview> {
  const temporaryDirectory = await mkdtemp(join(tmpdir(), "gatebook-watch-"));
  const saves = newSaves();
  const follower = newFollower(
    { ...request, temporaryDirectory, draws: request.port !== null, stillWanted: saves.stillWanted },
    context,
  );
  const undo: (() => Promise<void>)[] = [
    () => rm(temporaryDirectory, { recursive: true, force: true }),
    async () => follower.close(),
  ];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const watch = watchFiles(request.file, () => {
      saves.note();
      follower.interrupt();
    });
    undo.push(async () => watch.close());
    await firstLook(follower, saves, request.onPass);
    const content = {
      page: (nonce: string) => pageHtml(follower.page(), nonce),
      version: () => follower.page().version,
    };
    const server = request.port === null ? null : await servePreview(request.port, content);
    if (server !== null) undo.push(server.close);
    const following = followSaves({ follower, saves, server, onPass: request.onPass });
    following.catch(() => undefined); // reported by `until`
    undo.push(async () => {
      saves.end();
      follower.interrupt();
      await following.catch(() => undefined);
    });
    return {
      url: server?.url ?? null,
      until: async (stop) => {
        try {
          await Promise.race([stop, following]);
        } finally {
          await close();
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Thrown out of work that is no longer wanted: another save came, or the preview is closed. */
class Superseded extends Error {
  override readonly name = "Superseded";
}

/** Saves that nobody has looked at yet. */
interface Saves {
  readonly note: () => void;
  readonly end: () => void;
  /** Resolves with true when there is something to look at and it has been quiet; with false at the end. */
  readonly next: () => Promise<boolean>;
  /** Throws Superseded when a save came since `next` resolved. */
  readonly stillWanted: () => void;
}

function newSaves(): Saves {
  let noted = 0;
  let ended = false;
  let wake = (): void => {};
  const pause = (milliseconds?: number): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      if (milliseconds !== undefined) setTimeout(resolve, milliseconds);
    });
  return {
    note: () => {
      noted += 1;
      if (noted === 1) wake();
    },
    end: () => {
      ended = true;
      wake();
    },
    next: async () => {
      while (noted === 0 && !ended) await pause();
      for (let seen = -1; seen !== noted && !ended; ) {
        seen = noted;
        await pause(QUIET_MS);
      }
      noted = 0;
      return !ended;
    },
    stillWanted: () => {
      if (noted > 0 || ended) throw new Superseded();
    },
  };
}

/** Once more for each save that comes while it runs. */
async function firstLook(follower: Follower, saves: Saves, onPass: PreviewRequest["onPass"]): Promise<void> {
  let pass = await unlessSuperseded(follower.look);
  while (pass === "superseded") {
    await saves.next();
    pass = await unlessSuperseded(follower.look);
  }
  if (pass !== null) onPass(pass);
}

interface Following {
  readonly follower: Follower;
  readonly saves: Saves;
  readonly server: PreviewServer | null;
  readonly onPass: PreviewRequest["onPass"];
}

async function followSaves({ follower, saves, server, onPass }: Following): Promise<void> {
  while (await saves.next()) {
    const pass = await unlessSuperseded(follower.look);
    if (pass === null || pass === "superseded") continue;
    server?.announce({ version: follower.page().version, focus: pass.focus });
    onPass(pass);
  }
}

async function unlessSuperseded<T>(work: () => Promise<T>): Promise<T | "superseded"> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Superseded) return "superseded";
    throw error;
  }
}
