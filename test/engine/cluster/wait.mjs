/** Waits until a coordinator counts all of its workers, and makes the schemas that the tests use. Usage: wait.mjs URL WORKERS PIDS */
import { readFileSync } from "node:fs";

const [, , url, workers, pids] = process.argv;
const headers = { "X-Trino-User": "gatebook" };

async function rows(sql) {
  let page = await (await fetch(`${url}/v1/statement`, { method: "POST", headers, body: sql })).json();
  const found = [];
  for (;;) {
    found.push(...(page.data ?? []));
    if (page.error !== undefined) throw new Error(page.error.message);
    if (page.nextUri === undefined) return found;
    page = await (await fetch(page.nextUri, { headers })).json();
  }
}

const alive = () => {
  try {
    return readFileSync(pids, "utf8")
      .trim()
      .split("\n")
      .every((pid) => process.kill(Number(pid), 0));
  } catch {
    return false;
  }
};

const until = Date.now() + 600_000;
for (;;) {
  const active = "SELECT count(*) FROM system.runtime.nodes WHERE NOT coordinator AND state = 'active'";
  const [[count]] = await rows(active).catch(() => [[0]]);
  if (String(count) === workers) break;
  if (!alive() || Date.now() > until) {
    process.stderr.write(alive() ? "Trino did not start within ten minutes\n" : "a node of Trino died\n");
    process.exit(1);
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
}
for (const schema of ["feed", "gatebook"]) await rows(`CREATE SCHEMA IF NOT EXISTS iceberg.${schema}`);
