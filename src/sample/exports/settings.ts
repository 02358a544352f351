/** The application's own settings as preflight reads them: a dotenv file and a dump of `config("discovery")`. */
import { baselineVersion, candidateVersion } from "../scenario.ts";

export const dotenvPath = "exports/app.env";
export const dumpPath = "exports/discovery.json";

const weights = { w1: 0.52, w2: 0.23, w3: 0.15, w4: 0.1 };
const formerWeights = { w1: 0.55, w2: 0.25, w3: 0.12, w4: 0.08 };

export function dotenvText(): string {
  const weightLines = Object.entries(weights).map(
    ([name, value]) => `DISCOVERY_WEIGHT_${name.toUpperCase()}=${value.toFixed(2)}\n`,
  );
  return `# A copy of the application's .env, as the rollout reads it.
DISCOVERY_ROLLOUT_ENABLED=true
DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION=${baselineVersion}
DISCOVERY_ROLLOUT_CANDIDATE_ALGO_VERSION=${candidateVersion}
DISCOVERY_ROLLOUT_ACTIVE_GATE=g10
DISCOVERY_FORCE_ALGO_VERSION=
DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL=true
${weightLines.join("")}`;
}

export function configDumpText(): string {
  const dump = {
    force_algo_version: "",
    rollout: {
      enabled: true,
      baseline_algo_version: baselineVersion,
      candidate_algo_version: candidateVersion,
      active_gate: "g10",
    },
    eval: { save_rate_informational: true },
    algo_versions: {
      [baselineVersion]: { weights: formerWeights },
      [candidateVersion]: { weights },
    },
  };
  return `${JSON.stringify(dump, null, 2)}\n`;
}
