import type { CheckResult } from "../../model/result.ts";

/** What keeps the verdict from promote: a blocking check that failed, and any check that could not be made. */
export function blocks(check: CheckResult): boolean {
  return check.status === "error" || (check.effect === "block" && check.status === "fail");
}
