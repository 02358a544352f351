/** Option texts of `verify-rollback` → values. */
import { gateStart, readStart } from "../../config/gate-start.ts";
import { startOfDay } from "../../model/calendar.ts";
import { GatebookError } from "../../model/error.ts";

/** "2026-02-08T09:30" in the rollout's zone, "2026-02-08 09:30:15Z", "2026-02-08" → ISO UTC. */
export function parseInstant(text: string, option: string, timeZone: string): string {
  const written = readStart(text.trim());
  if (written === null) {
    throw new GatebookError("usage", `--${option} ${text} is not a time`, {
      hint: `write 2026-02-08T09:30 for a time in ${timeZone}, or 2026-02-08T09:30Z`,
    });
  }
  const { at, day } = gateStart(written, timeZone);
  return at ?? startOfDay(day, timeZone);
}

/** "10%" → 0.1, "0.1" → 0.1 */
export function parseShare(text: string, option: string): number {
  const [, number, sign] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? [];
  const share = number === undefined ? Number.NaN : Number(number) / (sign === "%" ? 100 : 1);
  // 10 for 10% would allow everything
  if (share >= 0 && (share < 1 || (share === 1 && sign === "%"))) return share;
  throw new GatebookError("usage", `--${option} ${text} is not a share`, {
    hint: "write it as 10% or 0.1",
  });
}
