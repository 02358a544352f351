/** The app's own config as JSON, and where a setting is in it. */

/** The command that makes the dump; it is run where the app runs. */
export function dumpCommand(file = "discovery.json"): string {
  return `php artisan tinker --execute='echo json_encode(config("discovery"));' > ${file}`;
}

/** Throws an Error that says why. The engine's own message would quote the text, which may contain secrets. */
export function parseDump(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new Error("it is not JSON");
  }
}

/**
 * The value at a path such as `discovery.rollout.active_gate`, wrapped, or null. The first step may be missing (a dump of
 * `config("discovery")` does not repeat its own name), and a key may contain dots itself: `weights.v1.2` is `v1.2` of `weights`.
 */
export function findInDump(dump: unknown, path: string): { readonly value: unknown } | null {
  const steps = path.split(".");
  return find(dump, steps) ?? (steps.length > 1 ? find(dump, steps.slice(1)) : null);
}

function find(node: unknown, steps: readonly string[]): { readonly value: unknown } | null {
  if (steps.length === 0) return { value: node };
  if (typeof node !== "object" || node === null) return null;
  for (let taken = 1; taken <= steps.length; taken++) {
    const key = steps.slice(0, taken).join(".");
    if (!Object.hasOwn(node, key)) continue;
    const found = find((node as Readonly<Record<string, unknown>>)[key], steps.slice(taken));
    if (found !== null) return found;
  }
  return null;
}
