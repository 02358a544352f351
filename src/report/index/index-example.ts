/** An index with every place filled, as view/example.ts has the report: index.hbs is checked against it. */

import type { Full } from "../view/example.ts";
import type { CalendarDay } from "./index-calendar.ts";
import type { IndexPage } from "./index-page.ts";
import type { NightRow } from "./index-view.ts";

const svg = "<svg></svg>";

const mark = {
  word: "HOLD",
  tone: "hold",
  icon: { promote: false, hold: true, rollback: false, disabled: false },
  gate: "g10",
  link: "clip-cosine-v2/2026-02-07/report.html",
} as const;

const day: Full<CalendarDay> = { number: "7", label: "Sat 2026-02-07", night: mark, isMissed: false };

const row: Full<NightRow> = {
  ...mark,
  date: "2026-02-07",
  window: "2026-02-01 to 2026-02-07",
  phase: "first 24 h, as of 12:00",
  reason: "Click-through rate fell 3.1%.",
};

export const exampleIndexPage: Full<IndexPage> = {
  css: ":root { }",
  icon: mark.icon,
  summary: "2 rollouts, 31 nights",
  hasMany: true,
  rollouts: [
    {
      name: "clip-cosine-v2",
      anchor: "rollout-clip-cosine-v2",
      variants: "clip-cosine-v2 against clip-cosine-v1",
      latest: {
        ...mark,
        date: "2026-02-07",
        headline: "Hold clip-cosine-v2 at g10",
        reason: "Click-through rate fell 3.1%.",
      },
      months: [{ title: "February 2026", weeks: [[day]] }],
      trends: [
        {
          title: "Click-through rate",
          badge: { word: "warning", tone: "warning", glyph: "▲" },
          delta: "−3.1%",
          interval: "−6.0% to −0.1%",
          comparison: "before/after, not randomised",
          range: "7 nights, lowest −6.1%, highest +0.4%",
          sparkline: svg,
        },
      ],
      gates: [
        {
          gate: "g10",
          exposure: "10%",
          dates: "2026-02-01 to 2026-02-07",
          summary: "7 nights: 7 HOLD",
        },
      ],
      timeline: svg,
      nights: [row],
      nightSummary: "31 reports",
      others: [row],
    },
  ],
};
