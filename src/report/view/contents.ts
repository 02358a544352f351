/** The contents list: the sections in the order of every format, with a word on each and what is in it. */

import type { Tone } from "./badge.ts";
import type { CellView } from "./cell.ts";
import type { HealthView } from "./health.ts";
import type { MetricView } from "./metric.ts";

export interface ContentsEntry {
  readonly anchor: string;
  readonly title: string;
  /** "5 healthy", "3 changes"; may be empty. */
  readonly note: string;
  /** Metrics, checks to look at, cells. */
  readonly items: readonly ContentsItem[];
}

export interface ContentsItem {
  readonly anchor: string;
  readonly title: string;
  /** "−3.1%", "fail"; may be empty. */
  readonly note: string;
  /** The badge's shape, or the cell's number. */
  readonly glyph: string;
  readonly tone: Tone;
  /** What the shape means: "warning", or nothing. */
  readonly word: string;
}

/** The sections that have a word of their own. */
interface Sections {
  readonly verdict: { readonly word: string; readonly rule: string };
  readonly changes: { readonly title: string; readonly summary: string };
  readonly guardrails: readonly MetricView[];
  readonly guardrailSummary: string;
  readonly informational: readonly MetricView[];
  readonly days: { readonly title: string };
  readonly health: HealthView;
  readonly preflight: { readonly summary: string };
  readonly checklist: { readonly summary: string };
  readonly cells: readonly CellView[];
  readonly cellSummary: string;
}

export function contents(view: Sections): readonly ContentsEntry[] {
  const { changes, health, preflight, checklist, verdict } = view;
  const section = (anchor: string, title: string, note = "", items: readonly ContentsItem[] = []) => {
    return { anchor, title, note, items };
  };
  return [
    section("verdict", "Verdict", verdict.word),
    section("next", "What to do now"),
    section("glance", "At a glance"),
    section("changes", changes.title, changes.summary),
    section("guardrails", "Guardrails", view.guardrailSummary, metricItems(view)),
    section("days", view.days.title),
    section("health", "Data health", health.summary, checkItems(view)),
    section("preflight", "Preflight", preflight.summary),
    section("checklist", "Checklist", checklist.summary),
    section("notebook", "Notebook", view.cellSummary, cellItems(view)),
    section("trace", "Decision trace", verdict.rule),
    section("provenance", "Provenance"),
    section("glossary", "Glossary"),
  ];
}

function metricItems(view: Sections): readonly ContentsItem[] {
  return [...view.guardrails, ...view.informational].map(({ anchor, title, delta, classification }) => {
    const { word, glyph, tone } = classification;
    const isKnown = classification.tone !== "no-data" && word !== "error";
    return { anchor, title, note: isKnown ? delta : word, glyph, tone, word };
  });
}

function checkItems({ health }: Sections): readonly ContentsItem[] {
  return health.open.map(({ anchor, title, badge: { word, glyph, tone } }) => {
    return { anchor, title, note: word, glyph, tone, word: "" };
  });
}

function cellItems({ cells }: Sections): readonly ContentsItem[] {
  return cells.map(({ anchor, title, number, error }) => {
    const failed = error !== null;
    const tone = failed ? "rollback" : "plain";
    return { anchor, title, note: failed ? "failed" : "", glyph: number, tone, word: "" };
  });
}
