/** Rows of generated exports, and of each whether it is an event ("good"), is none ("bad"), or may be either. */

const plainTexts = [
  ...["a", "Zoë", "x,y", "p|q", "s;t", "tab\there", "it's", '"quoted"', "back\\slash", "{}", "NULL", "ÿ£é"],
  ...["in  between", "#", "-1", "0x1", "1e5", "''", '""', "\\"],
];
const wildTexts = [
  "☃",
  "日本",
  "\u0001",
  "\u007f",
  "two\nlines",
  "cr\rin",
  "crlf\r\nin",
  "\ufeffbom",
  "😀",
  "\u2028",
];

/** Values that make an event, values that make none, and values of which either may be said. */
const values = {
  event_type: {
    good: ["impression", "click", "favorite", "download"],
    bad: ["", "hide", "Click", " click", "impressionx"],
    either: [],
  },
  occurred_at: {
    good: [
      ...["2026-02-01T00:00:00Z", "2026-02-02T10:00:00+02:00", "2026-02-03 12:00:00.25", "2026-02-04"],
      ...[
        "2026-02-05T23:59:59.999999Z",
        "2026-02-01T10:00",
        "2026-02-01T10:00Z",
        "20260201",
        "20260203T101500Z",
      ],
    ],
    bad: [
      ...["never", "2027-01-01", "1970-01-01", "2026-02-30", "2026-02-01T25:00:00Z", "1769904000"],
      "2026-02-01T23:59:60Z",
    ],
    either: ["infinity", "epoch", "2026-02-01 10:00:00 Europe/Berlin"],
  },
  event_date: {
    good: ["2026-02-01", "2026-02-03", "20260204"],
    bad: ["tomorrow", "2026-13-01", "1999-12-31"],
    either: ["2026-02-01 10:00:00", "2026/02/01", "infinity"],
  },
  dwell_seconds: {
    good: ["", "0", "1.5", "30", "-1", "0.0004", "NaN"],
    bad: ["Infinity", "x", "1e99", "1,000.5", "1000000"],
    either: ["1e2", "+5", "0x10", "5.", " 5"],
  },
  position: {
    good: ["", "0", "7", "-3", "2147483647", "NaN"],
    bad: ["x", "99999999999", "1,000"],
    either: ["1.5", "7.0", "+1", " 7"],
  },
};
const texts = ["event_id", "user_id", "session_id", "item_id", "author_id", "category_id", "duplicate_group"];

export function valuesFrom(random) {
  const chance = (share) => random.uniform() < share;
  const pick = (list) => list[random.integer(list.length)];

  /** `wild`: beyond Latin-1, and with line breaks. */
  function text(wild) {
    return Array.from({ length: chance(0.1) ? 4 : 1 }, () =>
      pick(wild && chance(0.3) ? wildTexts : plainTexts),
    ).join("");
  }

  function cell(name, { wild, oddity }) {
    const kinds = values[name];
    if (kinds !== undefined) {
      const verdict = !chance(oddity) ? "good" : chance(0.7) || kinds.either.length === 0 ? "bad" : "either";
      return [pick(kinds[verdict]), verdict];
    }
    if (name === "algo_version") return [pick(["v1", "v2", "v3"]), "good"];
    if (name === "event_id" && chance(0.9)) return [`e${random.integer(chance(0.2) ? 20 : 100_000)}`, "good"];
    return [chance(0.15) ? "" : text(wild), "good"];
  }

  /** Cells by canonical name, and what is to become of the row. */
  function row(columns, style) {
    const cells = {};
    const verdicts = [];
    for (const name of columns) {
      const [value, verdict] = cell(name, style);
      cells[name] = value;
      // the given date counts, and a time of another year is only counted as a disagreement
      const isOverruled =
        name === "occurred_at" && columns.includes("event_date") && /^(2027|1970)/.test(value);
      verdicts.push(isOverruled ? "good" : verdict);
    }
    if (columns.includes("occurred_at") && chance(style.oddity / 5)) {
      cells.occurred_at = "";
      // a given date makes up for a time that is missing
      if (!columns.includes("event_date")) verdicts.push("bad");
    }
    if (columns.includes("algo_version") && chance(style.oddity / 5)) cells.algo_version = "";
    const isSave = cells.event_type === "favorite" || cells.event_type === "download";
    if ((cells.algo_version ?? "") === "" && !isSave) verdicts.push("bad");
    return {
      cells,
      verdict: verdicts.includes("bad") ? "bad" : verdicts.includes("either") ? "either" : "good",
    };
  }

  function rows(columns, wild) {
    const count = chance(0.05) ? 0 : chance(0.02) ? 3000 : 1 + random.integer(60);
    const style = { wild, oddity: chance(0.4) ? 0 : 0.02 };
    return Array.from({ length: count }, () => row(columns, style));
  }

  /** Without event_type or without a time now and then: such a file has to be refused. */
  function columns() {
    const found = ["event_type", chance(0.8) ? "occurred_at" : "event_date"];
    if (chance(0.2) && !found.includes("event_date")) found.push("event_date");
    if (chance(0.9)) found.push("algo_version");
    for (const name of [...texts, "metadata", "dwell_seconds", "position"]) if (chance(0.7)) found.push(name);
    return chance(0.03) ? found.slice(1) : found;
  }

  function shuffled(list) {
    const keyed = list.map((each) => [random.uniform(), each]);
    return keyed.sort(([a], [b]) => a - b).map(([, each]) => each);
  }
  return { chance, pick, text, rows, columns, shuffled };
}
