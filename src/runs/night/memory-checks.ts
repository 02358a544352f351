/** What became of the ledger, as a check beside the others: one that was lost holds, one that was taken over is said once. */
import type { Engine } from "../../engine/engine.ts";
import { finding } from "../../judge/checks/finding.ts";
import { readMemory } from "../../ledger/memory.ts";
import type { CheckResult } from "../../model/result.ts";

export async function memoryChecks(
  engine: Engine,
  night: { readonly rollout: string; readonly asOf: string },
): Promise<readonly CheckResult[]> {
  const memory = await readMemory(engine, night);
  if (memory === null) return [];
  const { kind, day, person, reason } = memory;
  if (kind === "lost") {
    const unknown = "whether a rollback is latched is not known";
    const ways = "gatebook restore --from FILE takes over a copy, gatebook restore --none begins anew";
    return [
      finding("ledger_lost", "The ledger of earlier nights is there")(
        "fail",
        `ledger lost on ${day}: ${reason}; ${unknown} (${ways})`,
      ),
    ];
  }
  if (memory.isOld) return [];
  return kind === "recovered"
    ? [finding("ledger_recovered", "The ledger was never lost")("warn", reason, { effect: "warn" })]
    : [
        finding("ledger_fresh_start", "The ledger was never begun anew")(
          "warn",
          `${person} began the ledger anew on ${day}: ${reason}`,
          { effect: "warn" },
        ),
      ];
}
