/** What preflight read of the application's switches. Unset is not off, and not read is not off either. */
import type { PreflightSetting } from "../../model/config.ts";
import type { PreflightLine } from "../../model/result.ts";

export const variables = {
  enabled: "DISCOVERY_ROLLOUT_ENABLED",
  activeGate: "DISCOVERY_ROLLOUT_ACTIVE_GATE",
  forced: "DISCOVERY_FORCE_ALGO_VERSION",
} as const satisfies Readonly<Record<string, PreflightSetting>>;

export interface Switches {
  /** Algorithm that every request gets, or null. */
  readonly forced: string | null;
  readonly off: boolean;
  /** Gate that the application is at, or null when it was not read. */
  readonly gate: string | null;
  /** Where `forced` and `off` were read, for the sentence: ".env:5". */
  readonly source: string | null;
  /** Force toggle and rollout switch whose copies disagree: neither forced nor not forced is known then. */
  readonly disputed: readonly PreflightLine[];
}

const OFF = new Set(["false", "0", "off", "no"]);

export function readSwitches(preflight: readonly PreflightLine[]): Switches {
  const read = (key: string) => preflight.find((line) => line.key === key);
  const forcedLine = read(variables.forced);
  const enabledLine = read(variables.enabled);
  const forced = textOf(forcedLine);
  const off = OFF.has((textOf(enabledLine) ?? "").toLowerCase());
  return {
    forced,
    off,
    gate: textOf(read(variables.activeGate)),
    source: (forced === null ? enabledLine?.source : forcedLine?.source) ?? null,
    disputed: [forcedLine, enabledLine].flatMap((line) =>
      line !== undefined && isDisputed(line) ? [line] : [],
    ),
  };
}

/** Two copies of the setting differ. */
export function isDisputed({ contradictedBy }: PreflightLine): boolean {
  return contradictedBy.length > 0;
}

function textOf(line: PreflightLine | undefined): string | null {
  const text = line?.actual?.trim() ?? "";
  return text === "" ? null : text;
}
