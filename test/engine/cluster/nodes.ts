/** The nodes of the cluster, as processes of this machine. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, dataFolder } from "./cluster.ts";

/** Ends a node as a crash would; `again` starts it as start.sh did. */
export function killNode(name: "coordinator" | "worker1" | "worker2"): { readonly again: () => void } {
  const names = ["coordinator", "worker1", "worker2"];
  const pids = readFileSync(join(dataFolder, "pids"), "utf8").trim().split("\n");
  const at = names.indexOf(name);
  process.kill(Number(pids[at]), "SIGKILL");
  return {
    again: () => {
      const node = spawn("bash", [join(dataFolder, name, "run")], { detached: true, stdio: "ignore" });
      node.unref();
      const present = readFileSync(join(dataFolder, "pids"), "utf8").trim().split("\n");
      present[at] = String(node.pid);
      writeFileSync(join(dataFolder, "pids"), `${present.join("\n")}\n`);
    },
  };
}

export async function workers(): Promise<number> {
  const rows = await command(
    "SELECT count(*) FROM system.runtime.nodes WHERE NOT coordinator AND state = 'active'",
    { retryForMs: 120_000 },
  );
  return Number(rows[0]?.[0]);
}
