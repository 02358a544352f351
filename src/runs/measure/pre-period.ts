/** The window with the days before the rollout that its changes are adjusted for. */
import type { DataEngine } from "../../engine/engine.ts";
import type { JudgeWindow } from "../../judge/input.ts";
import { findPrePeriod } from "../../queries/measures/pre-period.ts";
import { type MeasureRequest, planOf } from "./measure-window.ts";

/** To be called once the relations are built. */
export async function withPrePeriod<Window extends Pick<JudgeWindow, "from" | "to" | "shownFrom">>(
  engine: DataEngine,
  request: Omit<MeasureRequest, "window"> & { readonly window: Window },
): Promise<Window & Pick<JudgeWindow, "preFrom" | "preTo">> {
  const { pre, ...plan } = planOf(request);
  const found = await findPrePeriod(engine, plan, pre ?? null);
  return { ...request.window, preFrom: found?.from ?? null, preTo: found?.to ?? null };
}
