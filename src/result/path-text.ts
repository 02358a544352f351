/** pathText(["metrics", 0, "delta"]) = "metrics[0].delta" */
export function pathText(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`));
  return steps.join("").replace(/^\./, "") || "the whole";
}
