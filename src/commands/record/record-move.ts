/** From which gate to which a recorded promote or rollback goes, and what share of traffic that means. Pure. */
import { recordLine } from "../../judge/checklist/runbook.ts";
import type { PersonEntry } from "../../ledger/record.ts";
import type { Config, Gate } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import type { LedgerState } from "../../model/ledger.ts";
import { suggestion } from "../../model/suggest.ts";
import type { Day } from "../../model/words.ts";
import { usageError } from "../terminal/errors.ts";
import type { KnownLedger } from "./record-known.ts";
import type { RecordRequest } from "./record-request.ts";

type Move = Pick<PersonEntry, "fromGate" | "toGate" | "fromShare" | "toShare" | "preset">;

export function promotion(
  request: RecordRequest,
  config: Config,
  known: KnownLedger,
): Move & Pick<PersonEntry, "subject"> {
  const from = isSwitchedOff(known, request.date) ? null : presentGate(config, known.ledger);
  const at = from === null ? -1 : config.gates.indexOf(from);
  const next = config.gates[at + 1];
  const to = request.gate === null ? next : gateNamed(request.gate, config);
  if (from !== null && to === undefined) {
    throw usageError(
      `${from.name} is the last gate: there is none to promote to`,
      "gatebook record complete closes it",
    );
  }
  if (to === undefined || (from !== null && config.gates.indexOf(to) <= at)) {
    const { activeGate } = known.ledger;
    const since = activeGate === null ? "" : ` since ${activeGate.since}`;
    throw usageError(
      `${to?.name} is not a later gate than ${from?.name}, where the rollout is${since}`,
      "use --date for a promote made on an earlier day, gatebook record rollback to go back",
    );
  }
  refuseSecond(request, known);
  return {
    fromGate: from?.name ?? null,
    toGate: to.name,
    fromShare: from?.exposure ?? 0,
    toShare: to.exposure,
    preset: null,
    subject: against(request, { from, isNext: to === next }, known),
  };
}

/** A promote meant to correct another would go one gate further, or be ignored. */
function refuseSecond({ date }: RecordRequest, { records }: KnownLedger): void {
  const earlier = records.find(({ kind, effective }) => kind === "promote" && effective >= date);
  if (earlier === undefined) return;
  throw usageError(
    `record ${earlier.number} opened ${earlier.toGate} on ${earlier.effective}`,
    `to correct it: ${recordLine(`undo ${earlier.number}`, null)}, then record it again`,
  );
}

/**
 * A gate opens on a promote verdict of the gate before; null: it has one. Otherwise the record contains what it goes against,
 * e.g. "against hold (observing) of 2026-02-07". The first gate needs no verdict when the rollout was switched off.
 */
function against(
  { againstVerdict }: RecordRequest,
  { from, isNext }: { readonly from: Gate | null; readonly isNext: boolean },
  { ledger, lastNight }: KnownLedger,
): string | null {
  if (from === null && isNext && ledger.latched === null) return null;
  const night = lastNight?.gate === from?.name ? lastNight : null;
  if (isNext && night?.night.action === "promote") return null;
  const gate = from?.name ?? "the switched-off rollout";
  const verdict =
    night === null ? null : `${night.night.action} (${night.night.rule}) of ${night.night.date}`;
  if (againstVerdict) return verdict === null ? `without a verdict of ${gate}` : `against ${verdict}`;
  throw usageError(
    verdict === null
      ? `no night has judged ${gate} yet`
      : `the latest verdict of ${gate} is ${verdict}${isNext ? "" : ", which does not cover a gate further on"}`,
    "a promote needs a promote verdict; --against-verdict records it anyway, with your reason",
  );
}

export function wayBack(request: RecordRequest, config: Config, { ledger }: KnownLedger): Move {
  const from = presentGate(config, ledger);
  const { latched } = ledger;
  const called = latched !== null && latched.since <= request.date ? latched.preset : null;
  const preset = request.preset ?? called ?? "standard";
  const move = { fromGate: from.name, fromShare: from.exposure, preset };
  if (preset === "immediate") {
    if (request.gate !== null) {
      throw usageError(
        "--gate does not work with --preset immediate",
        "forcing the baseline does not change the gate",
      );
    }
    return { ...move, toGate: null, toShare: 0 };
  }
  const at = config.gates.indexOf(from);
  const to = request.gate === null ? config.gates[at - 1] : gateNamed(request.gate, config);
  // At the first gate the standard way back is to switch the rollout off.
  if (to === undefined) return { ...move, toGate: null, toShare: 0 };
  if (config.gates.indexOf(to) >= at) {
    throw usageError(
      `${to.name} is not an earlier gate than ${from.name}, where the rollout is`,
      "use --date for a rollback made on an earlier day",
    );
  }
  return { ...move, toGate: to.name, toShare: to.exposure };
}

/** A recorded rollback to no gate at all, unless a night since says promote: then a gate is open again, recorded or not. */
export function isSwitchedOff({ records, lastNight }: KnownLedger, date: Day): boolean {
  const moves = records.filter(({ kind }) => kind === "promote" || kind === "rollback");
  const last = moves.filter(({ effective }) => effective <= date).at(-1);
  if (last?.kind !== "rollback" || last.toGate !== null) return false;
  return lastNight === null || lastNight.night.date < last.effective || lastNight.night.action !== "promote";
}

/** The last gate, if the rollout is there; else throws GatebookError `usage`. */
export function lastGate(config: Config, { ledger }: KnownLedger): Gate {
  const gate = presentGate(config, ledger);
  if (config.gates.at(-1) === gate) return gate;
  throw usageError(
    `the rollout is at ${gate.name}, and ${config.gates.at(-1)?.name} is the last gate`,
    "a gate before the last one ends with gatebook record promote or rollback",
  );
}

/** The gate of the rollout: from the ledger's records and nights, before the first night from rollout.yaml. */
function presentGate(config: Config, ledger: LedgerState): Gate {
  if (ledger.activeGate === null) return config.activeGate;
  const { gate: name, since } = ledger.activeGate;
  const gate = config.gates.find((one) => one.name === name);
  if (gate !== undefined) return gate;
  throw new GatebookError("config", `the ledger has the rollout at ${name} since ${since}`, {
    where: { file: config.file },
    hint: `rollout.yaml has no gate ${name}: add it, or give the gate its former name`,
  });
}

function gateNamed(name: string, { gates }: Config): Gate {
  const gate = gates.find((one) => one.name === name);
  if (gate !== undefined) return gate;
  const names = gates.map((one) => one.name);
  throw usageError(
    `rollout.yaml has no gate ${name}${suggestion(name, names)}`,
    `its gates: ${names.join(", ")}`,
  );
}
