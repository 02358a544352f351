/** What the bench prints: the medians, and each as a ratio to what it is held against. */

/** name, what it is held against, the most it should be. */
const targets = [
  ["first night, report on disk", "notebook", 1],
  ["first night", "notebook", 1.5],
  ["one new day of 14", "notebook", 0.35],
  ["memory", "notebook", null],
  ["load", "notebook", null],
  ["bare: one new day of 14", "notebook", null],
  ["one new day of 14", "bare: one new day of 14", null],
  ["first night", "load", 1.15],
  ["first night", "naive", 0.45],
  ["first night, no events kept", "scan", { csv: 3, jsonl: 3, parquet: 6 }],
  ["memory", "scan", null],
  ["first night, no events kept", "memory", null],
  ["first night of 336 files", "load of 336 files", null],
  ["first night of 336 files", "first night of their 14 days", 1.3],
  ["one new day of 14", "first night", 0.25],
  ["aggregate one new day of 30", "bare load of one day of 30", 1.5],
  ["one new day of 30", "bare load of one day of 30", null],
  ["--help", "bare node", 2],
  ["check", "bare node", null],
];

/** Beyond Node's own start, in seconds; `cpu` where processor time is meant. */
const seconds = [
  ["again, nothing new", "wallMs", 2],
  ["render alone", "cpuMs", 2],
  ["check", "wallMs", 0.5],
];

export function report(format, medians) {
  console.log(`\n${format}`);
  console.log(`${"".padEnd(30)}${["wall", "CPU", "peak memory"].map((head) => head.padStart(13)).join("")}`);
  for (const [name, { wallMs, cpuMs, peakBytes }] of Object.entries(medians)) {
    const texts = [
      `${(wallMs / 1000).toFixed(2)} s`,
      `${(cpuMs / 1000).toFixed(2)} s`,
      `${Math.round(peakBytes / 1e6)} MB`,
    ];
    console.log(`${name.padEnd(30)}${texts.map((text) => text.padStart(13)).join("")}`);
  }
}

/** Prints the ratios and returns them by name: "csv: first night / load" → 1.4 */
export function ratioTable(medians) {
  const found = {};
  console.log("\nratios of medians, and the most they should be");
  for (const [format, of] of Object.entries(medians)) {
    for (const [name, against, most] of targets) {
      if (of[name] === undefined || of[against] === undefined) continue;
      const title = `${format}: ${name} / ${against}`;
      found[title] = of[name].wallMs / of[against].wallMs;
      line(title, found[title].toFixed(2), typeof most === "object" ? most?.[format] : most);
    }
    for (const [name, clock, most] of seconds) {
      if (of[name] === undefined || of["bare node"] === undefined) continue;
      const beyond = (of[name][clock] - of["bare node"][clock]) / 1000;
      line(
        `${format}: ${name}, beyond Node's start`,
        `${beyond.toFixed(2)} s${clock === "cpuMs" ? " CPU" : ""}`,
        most,
      );
    }
  }
  return found;
}

function line(title, text, most) {
  console.log(`${title.padEnd(66)}${text.padStart(12)}${most == null ? "" : `  (${most})`}`);
}
