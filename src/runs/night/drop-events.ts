import type { Engine } from "../../engine/engine.ts";
import { droppedText, pruneEvents } from "../../load/days/prune.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import type { Day } from "../../model/words.ts";

/** At the end of a run, and never without a word. */
export async function dropOldEvents(
  engine: Engine,
  { config, date }: { readonly config: Config; readonly date: Day },
  context: Context,
): Promise<void> {
  const text = droppedText(await pruneEvents(engine, config.keepEvents, date));
  if (text === null) return;
  context.progress({ stage: "publish", text: `dropping ${text} (keep_events: ${config.keepEvents})` });
}
