/** A small rollout.yaml that is right; tests spoil one line of it. */
export const WORKSPACE = `rollout: { name: clip, baseline: v1, candidate: v2 }
active_gate: g10
gates:
  - { name: g10, exposure: 10%, started: 2026-02-01, min_days: 2 }
  - { name: g50, exposure: 0.5, min_days: 3, max_days: 5 }
thresholds:
  ctr: { drop: { warning: 3%, rollback: 5%, severe: 10% } }
  save_rate: { role: informational }
sources:
  - { name: feed, files: feed/*.csv }
`;

/** Replaces text that must be there, so that a test cannot pass on an unspoilt file. */
export function spoilt(from: string, to: string, text = WORKSPACE): string {
  if (!text.includes(from)) throw new Error(`not in the workspace: ${from}`);
  return text.replace(from, to);
}
