/** From which gate to which a recorded promote or rollback goes, and what share of traffic that means. Pure. */
import type { PersonEntry } from "../ledger/record.ts";
import type { Config, Gate } from "../model/config.ts";
import { GatebookError } from "../model/error.ts";
import type { LedgerState } from "../model/ledger.ts";
import { suggestion } from "../model/suggest.ts";
import type { RecordRequest } from "./record-entry.ts";

type Move = Pick<PersonEntry, "fromGate" | "toGate" | "fromShare" | "toShare" | "preset">;

export function promotion(request: RecordRequest, config: Config, ledger: LedgerState): Move {
  const from = presentGate(config, ledger);
  const at = config.gates.indexOf(from);
  const to = request.gate === null ? config.gates[at + 1] : gateNamed(request.gate, config);
  if (to === undefined) {
    throw usage(
      `${from.name} is the last gate: there is none to promote to`,
      "nothing needs to be recorded when a rollout is complete",
    );
  }
  if (config.gates.indexOf(to) <= at) {
    const since = ledger.activeGate === null ? "" : ` since ${ledger.activeGate.since}`;
    throw usage(
      `${to.name} is not a later gate than ${from.name}, where the rollout stands${since}`,
      `a promote made on an earlier day is recorded with --date; the way back is gatebook record rollback`,
    );
  }
  return {
    fromGate: from.name,
    toGate: to.name,
    fromShare: from.exposure,
    toShare: to.exposure,
    preset: null,
  };
}

export function wayBack(request: RecordRequest, config: Config, ledger: LedgerState): Move {
  const from = presentGate(config, ledger);
  const { latched } = ledger;
  const called = latched !== null && latched.since <= request.date ? latched.preset : null;
  const preset = request.preset ?? called ?? "standard";
  const move = { fromGate: from.name, fromShare: from.exposure, preset };
  if (preset === "immediate") {
    if (request.gate !== null) {
      throw usage(
        "--gate means nothing to --preset immediate",
        "the forced baseline leaves the gate as it is",
      );
    }
    return { ...move, toGate: null, toShare: 0 };
  }
  const at = config.gates.indexOf(from);
  const to = request.gate === null ? config.gates[at - 1] : gateNamed(request.gate, config);
  // At the first gate the standard way back is to switch the rollout off.
  if (to === undefined) return { ...move, toGate: null, toShare: 0 };
  if (config.gates.indexOf(to) >= at) {
    throw usage(
      `${to.name} is not an earlier gate than ${from.name}, where the rollout stands`,
      "a rollback made on an earlier day is recorded with --date",
    );
  }
  return { ...move, toGate: to.name, toShare: to.exposure };
}

/** Where the rollout stands: the ledger knows it from records and nights; before the first night rollout.yaml says it. */
function presentGate(config: Config, ledger: LedgerState): Gate {
  if (ledger.activeGate === null) return config.activeGate;
  const { gate: name, since } = ledger.activeGate;
  const gate = config.gates.find((one) => one.name === name);
  if (gate !== undefined) return gate;
  throw new GatebookError("config", `the ledger has the rollout at ${name} since ${since}`, {
    where: { file: config.file },
    hint: `rollout.yaml has no such gate: add it, or give the gate its former name`,
  });
}

function gateNamed(name: string, { gates }: Config): Gate {
  const gate = gates.find((one) => one.name === name);
  if (gate !== undefined) return gate;
  const names = gates.map((one) => one.name);
  throw usage(`rollout.yaml has no gate ${name}${suggestion(name, names)}`, `its gates: ${names.join(", ")}`);
}

export const usage = (message: string, hint: string): GatebookError =>
  new GatebookError("usage", message, { hint });
