/**
 * Every state of a report in every place it is read, for somebody to look at: made with the built CLI, photographed in Chromium.
 *
 *   npm run build && node test/bench/report-sheet.mjs [--out DIR] [--only promote,latched] [--shots wide,phone]
 *
 * DIR/STATE/ holds the workspace, DIR/STATE.SHOT.png each picture (wide, phone, dark, print, email, summary), DIR/sheet.html all of
 * them side by side. A workspace that is there already is photographed again, not made again: remove it to make it anew.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { cli } from "./workspace.mjs";

const shots = ["wide", "phone", "dark", "print", "email", "summary"];
const { values } = parseArgs({
  options: {
    out: { type: "string", default: join(tmpdir(), "gatebook-report-sheet") },
    only: { type: "string" },
    shots: { type: "string", default: shots.join() },
  },
});
const out = resolve(values.out);
const formats = ["html", "md", "txt", "ipynb", "png", "email", "chat", "junit", "github", "csv", "badge"];

/** The last line of each is the report that is shown. */
const states = {
  promote: ["sample", "run 2026-02-07"],
  complete: [
    "sample --days 14 --users 6000",
    "open g100 2026-02-08 100%",
    "run 2026-02-13",
    "record complete --date 2026-02-14",
    "run 2026-02-14",
  ],
  warning: ["sample --scenario warning", "run 2026-02-07"],
  rollback: ["sample --scenario rollback", "run 2026-02-07"],
  severe: ["sample --scenario severe", "run 2026-02-07"],
  "severe-in-doubt": ["sample --scenario severe --days 10 --users 3000", "run 2026-02-10"],
  thin: ["sample --scenario thin", "run 2026-02-07"],
  never: ["sample --days 45 --users 700", "run 2026-03-17"],
  latched: ["sample --scenario rollback --days 9 --users 6000", "run 2026-02-07", "run 2026-02-08"],
  disabled: ["sample --users 3000", "disable", "run 2026-02-07"],
  "first-24h": ["sample --users 6000", "run --phase first-24h --as-of 2026-02-01T12:00"],
  "new-gate": [
    "sample --days 9 --users 3000",
    "run 2026-02-07",
    "record promote --date 2026-02-08",
    "open g50 2026-02-08T09:30 50%",
    "run 2026-02-08",
  ],
  g100: ["sample --days 14 --users 6000", "open g100 2026-02-08 100%", "run 2026-02-13", "run 2026-02-14"],
  "missed-night": [
    "sample --days 8 --users 6000",
    "open g50 2026-02-01 50%",
    "run 2026-02-05",
    "run 2026-02-07",
  ],
  "broken-ingestion": ["sample --scenario broken-ingestion", "run 2026-02-07"],
  "sample-ratio": ["sample --scenario sample-ratio", "run 2026-02-07"],
  "lost-clicks": ["sample --scenario lost-clicks", "run 2026-02-07"],
  "placeholder-user": ["sample --scenario placeholder-user", "run 2026-02-07"],
  "crossed-heavy-users": ["sample --scenario crossed-heavy-users", "run 2026-02-07"],
  "lookup-miss": ["sample --scenario lookup-miss", "run 2026-02-07"],
  "failing-query": ["sample --users 3000", "breakMetric", "run 2026-02-07"],
  edge: ["edge", "sample --scenario rollback --days 60 --users 3000", "run 2026-04-01"],
};

const chosen = values.only === undefined ? Object.keys(states) : values.only.split(",");
mkdirSync(out, { recursive: true });
for (const name of chosen) if (!existsSync(join(out, name))) make(name);
for (const name of chosen)
  gatebook(name, ["render", nightOf(name, "result.json"), "--out", nightOf(name, "."), ...wanted()]);
await photograph();
writeFileSync(join(out, "sheet.html"), sheet());
console.log(join(out, "sheet.html"));

function make(name) {
  mkdirSync(join(out, name));
  try {
    gatebook(name, ["init", "."]);
    for (const step of states[name]) take(name, step);
  } catch (error) {
    rmSync(join(out, name), { recursive: true });
    throw error;
  }
}

function take(name, step) {
  const [word, ...rest] = step.split(" ");
  const yaml = join(out, name, "rollout.yaml");
  const edit = (change) => writeFileSync(yaml, change(readFileSync(yaml, "utf8")));
  switch (word) {
    case "run":
      return gatebook(name, ["run", ...(rest[0].startsWith("--") ? rest : ["--date", ...rest])]);
    case "sample":
      return gatebook(name, ["sample", ...rest]);
    case "record":
      return gatebook(name, [
        "record",
        ...rest,
        "--reason",
        "Looked at every card with the team.",
        "--by",
        "Ada",
        "--ticket",
        "CHG-17",
      ]);
    case "open": {
      const [gate, started, share] = rest;
      edit((text) => inGate(text, gate, started));
      set(name, (text) => text.replace(/(ACTIVE_GATE=|active_gate": ")g10/, `$1${gate}`));
      return serve(join(out, name, "exports"), started.slice(0, 10), Number.parseFloat(share) / 100);
    }
    case "disable":
      return set(name, (text) => text.replace(/(ROLLOUT_ENABLED=|enabled": )true/, "$1false"));
    case "breakMetric":
      return writeFileSync(
        join(out, name, "queries/cells/failing.sql"),
        "-- @title A cell that fails\nSELECT nope FROM events\n",
      );
    case "edge":
      return edit((text) => withManyMetrics(text, join(out, name, "queries/metrics")));
    default:
      throw new Error(`no such step: ${step}`);
  }
}

/** Both copies of the app's settings. */
function set(name, change) {
  for (const file of ["app.env", "discovery.json"].map((file) => join(out, name, "exports", file)))
    writeFileSync(file, change(readFileSync(file, "utf8")));
}

/** From that day on so many of the users get the candidate, where the sample gave it to a tenth. */
function serve(folder, since, share) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\d{4}-\d\d-\d\d/.test(file));
  for (const file of files.filter((file) => /\.(csv|gz)$/.test(file) && dayIn(file) >= since)) {
    const path = join(folder, file);
    const isPacked = file.endsWith(".gz");
    const text = isPacked ? gunzipSync(readFileSync(path)).toString() : readFileSync(path, "utf8");
    const moved = text
      .split("\n")
      .map((line) => (isMoved(line, (share - 0.1) / 0.9) ? line.replace("cosine-v1", "cosine-v2") : line));
    writeFileSync(path, isPacked ? gzipSync(moved.join("\n")) : moved.join("\n"));
  }
}

function dayIn(path) {
  return /\d{4}-\d\d-\d\d/.exec(path)[0];
}

/** A whole user at once, or a session without one, by chance. */
function isMoved(line, part) {
  const [unit] = /\bu\d+\b/.exec(line) ?? /\bsf\w+/.exec(line) ?? [line];
  return createHash("sha256").update(unit).digest().readUInt32BE() / 2 ** 32 < part;
}

/** The active gate, and the day or time since when. */
function inGate(text, gate, started) {
  const active = text.replace(/^active_gate: .*/m, `active_gate: ${gate}`);
  if (gate === "g50") return active.replace("name: g50,", `name: g50, started: ${started},`);
  return active.replace(`name: ${gate},`, `name: ${gate}, started: ${started},`);
}

/** Twenty more guardrails, one of them with a title of two hundred characters, one with a line of thousandths. */
function withManyMetrics(text, folder) {
  const names = Array.from({ length: 20 }, (_, index) => `copied_${index}`);
  const sql = readFileSync(join(folder, "ctr.sql"), "utf8");
  names.forEach((name, index) => {
    const title =
      index === 3
        ? `A title that goes on and on ${"and on ".repeat(25)}`
        : `Click-through rate, copy ${index}`;
    writeFileSync(join(folder, `${name}.sql`), sql.replace(/@title .*/, `@title ${title}`));
  });
  const lines = names.map(
    (name, index) => `  ${name}: { drop: { warning: ${index === 5 ? "0.3%" : "3%"}, rollback: 9% } }`,
  );
  return text.replace("  save_rate:", `${lines.join("\n")}\n  save_rate:`);
}

function wanted() {
  return formats.flatMap((format) => ["--format", format]);
}

function gatebook(name, words) {
  const { status, stderr } = spawnSync(process.execPath, [cli, ...words, "--quiet"], {
    cwd: join(out, name),
    encoding: "utf8",
  });
  if (![0, 3, 4].includes(status))
    throw new Error(`${name}: gatebook ${words.join(" ")} ended with ${status}: ${stderr}`);
}

function nightOf(name, file) {
  const folder = join(out, name, "reports/clip-cosine-v2");
  const latest = JSON.parse(readFileSync(join(folder, "latest/result.json"), "utf8"));
  const night = latest.phase === "daily" ? latest.window.reportDate : "latest";
  return join(folder, night, file);
}

async function photograph() {
  const asked = values.shots.split(",");
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const views = {
    wide: { viewport: { width: 1440, height: 1800 } },
    phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
    dark: { viewport: { width: 1280, height: 1200 }, colorScheme: "dark" },
    email: { viewport: { width: 700, height: 900 } },
  };
  for (const name of chosen) {
    for (const [shot, view] of Object.entries(views).filter(([shot]) => asked.includes(shot))) {
      const page = await browser.newPage(view);
      await page.goto(`file://${nightOf(name, shot === "email" ? "email.html" : "report.html")}`);
      await page.screenshot({ path: join(out, `${name}.${shot}.png`), fullPage: shot === "email" });
      await page.close();
    }
    if (asked.includes("print")) await print(browser, name);
    if (asked.includes("summary")) cpSync(nightOf(name, "summary.png"), join(out, `${name}.summary.png`));
  }
  await browser.close();
}

/** The first sheet of paper. */
async function print(browser, name) {
  const page = await browser.newPage();
  await page.goto(`file://${nightOf(name, "report.html")}`);
  const pdf = join(out, `${name}.pdf`);
  await page.pdf({ path: pdf, format: "A4", preferCSSPageSize: true, printBackground: true });
  await page.close();
  execFileSync("pdftoppm", [
    "-r",
    "80",
    "-f",
    "1",
    "-l",
    "1",
    "-singlefile",
    "-png",
    pdf,
    join(out, `${name}.print`),
  ]);
}

function sheet() {
  const cell = (name, shot) =>
    `<td><a href="${name}.${shot}.png"><img src="${name}.${shot}.png" width="280" alt="${name}, ${shot}"></a></td>`;
  const rows = chosen.map(
    (name) => `<tr><th>${name}</th>${shots.map((shot) => cell(name, shot)).join("")}</tr>`,
  );
  const heads = shots.map((shot) => `<th>${shot}</th>`).join("");
  return `<!doctype html><meta charset="utf-8"><title>The report in every place</title><table><tr><th></th>${heads}</tr>${rows.join("\n")}</table>\n`;
}
