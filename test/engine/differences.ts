/** Where two measured values differ: counts and texts at all, doubles by more than 1e-12 of their size. At most twenty places. */
export function differences(left: unknown, right: unknown): readonly string[] {
  const found: string[] = [];
  compare(left, right, "", found);
  return found.slice(0, 20);
}

function compare(left: unknown, right: unknown, path: string, found: string[]): void {
  if (found.length >= 20) return;
  if (typeof left === "number" && typeof right === "number") {
    const isClose =
      Number.isInteger(left) && Number.isInteger(right)
        ? left === right
        : Math.abs(left - right) <= 1e-12 * Math.max(Math.abs(left), Math.abs(right));
    if (!isClose) found.push(`${path}: ${left} and ${right}`);
    return;
  }
  if (!isNested(left) || !isNested(right)) {
    if (left !== right) found.push(`${path}: ${JSON.stringify(left)} and ${JSON.stringify(right)}`);
    return;
  }
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
    compare(left[key], right[key], `${path}.${key}`, found);
}

function isNested(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
