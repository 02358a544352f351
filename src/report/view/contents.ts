/** The contents list: the sections in the order of every format, with a word on each. */
import type { View } from "../view.ts";

export interface ContentsEntry {
  readonly anchor: string;
  readonly title: string;
  /** "5 healthy", "3 changes"; may be empty. */
  readonly note: string;
}

export function contents(view: Omit<View, "contents">): readonly ContentsEntry[] {
  const { changes, health, preflight, checklist, verdict } = view;
  return [
    { anchor: "verdict", title: "Verdict", note: verdict.word },
    { anchor: "next", title: "What to do now", note: "" },
    { anchor: "changes", title: changes.title, note: changes.summary },
    { anchor: "guardrails", title: "Guardrails", note: view.guardrailSummary },
    { anchor: "days", title: view.days.title, note: "" },
    { anchor: "health", title: "Data health", note: health.summary },
    { anchor: "preflight", title: "Preflight", note: preflight.summary },
    { anchor: "checklist", title: "Checklist", note: checklist.summary },
    { anchor: "notebook", title: "Notebook", note: view.cellSummary },
    { anchor: "trace", title: "Decision trace", note: verdict.rule },
    { anchor: "provenance", title: "Provenance", note: "" },
  ];
}
