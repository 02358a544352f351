/** Kept results in, every word of index.html out. Pure: no clock, no files. */

import { recordText } from "../../text/people.ts";
import { plural } from "../../text/words.ts";
import { anchor, type Made, visibleView } from "../view/text.ts";
import { type VerdictIcons, type VerdictTone, verdictView } from "../view/verdict.ts";
import { calendar, nightMark } from "./index-calendar.ts";
import {
  type IndexEntry,
  type IndexNight,
  nightsByDate,
  type RolloutNights,
  rolloutNights,
} from "./index-nights.ts";
import { gateSpans, trends } from "./index-trends.ts";

export interface IndexView extends Made<typeof indexView> {}

type RolloutIndexView = Made<typeof rolloutView>[number];

export function indexView(entries: readonly IndexEntry[], timelines: ReadonlyMap<string, string>) {
  const rollouts = rolloutNights(entries);
  const nights = rollouts.reduce((sum, rollout) => sum + nightsByDate(rollout.nights).size, 0);
  const views = rollouts.flatMap((rollout) => rolloutView(rollout, timelines));
  return visibleView({
    /** For the browser's tab: the verdict that most wants a person, of the newest of each rollout; null without one. */
    icon: urgent(views),
    summary: `${plural(rollouts.length, "rollout")}, ${plural(nights, "night")}`,
    /** Those that need somebody first. */
    overview: [...views]
      .sort((a, b) => Number(b.needsSomebody) - Number(a.needsSomebody) || rank(a) - rank(b))
      .map(overviewLine),
    rollouts: views,
    hasMany: rollouts.length > 1,
  });
}

const urgency: readonly VerdictTone[] = ["rollback", "hold", "promote", "disabled"];

function overviewLine({ name, anchor: place, need, needsSomebody, latest }: RolloutIndexView) {
  const { word, tone, gate, date, reason } = latest;
  return { name, anchor: place, need, needsSomebody, word, tone, gate, date, reason };
}

function rank({ latest }: RolloutIndexView): number {
  return urgency.indexOf(latest.tone);
}

/** A green tab over a rollback further down would mislead. */
function urgent(views: readonly RolloutIndexView[]): VerdictIcons | null {
  return [...views].sort((a, b) => rank(a) - rank(b))[0]?.latest.icon ?? null;
}

function rolloutView({ name, nights, others }: RolloutNights, timelines: ReadonlyMap<string, string>) {
  const newest = nights.at(-1) ?? others.at(-1);
  if (newest === undefined) return [];
  const { baseline, candidate } = newest.result.rollout;
  const place = anchor("rollout", name);
  const { headline, reason } = verdictView(newest.result);
  const { records } = newest.result.ledger;
  return [
    {
      name,
      anchor: place,
      /** "clip-cosine-v2 against clip-cosine-v1" */
      variants: `${candidate} against ${baseline}`,
      latest: { ...nightMark(newest), date: newest.date, headline, reason },
      /** Whether a person is to act on it, and why not. */
      ...needOf(newest.result),
      months: calendar(nights, records),
      /** What people did, newest first. */
      people: records.toReversed().map(recordText),
      trends: trends(nights, `trend-${place}`),
      gates: gateSpans(nights),
      /** Inline SVG, or null where no start of a gate is known. */
      timeline: timelines.get(place) ?? null,
      nights: nights.map(nightRow).reverse(),
      nightSummary: plural(nights.length, "report"),
      others: others.map(nightRow).reverse(),
    },
  ];
}

/** A rollback, a promote, a finding, a warning, an overdue gate and a hold that waiting never ends are for somebody; days pass by themselves. */
function needOf({ decision }: IndexNight["result"]) {
  const { action, rule, overdue, forecast } = decision;
  const isFinding = action === "hold" && (rule === "data" || rule === "warning");
  const needsSomebody =
    action === "rollback" || action === "promote" || isFinding || overdue || (forecast?.never ?? false);
  return { needsSomebody, need: needsSomebody ? "needs somebody now" : "nobody needed" };
}

function nightRow(night: IndexNight) {
  const { window } = night.result;
  return {
    ...nightMark(night),
    date: night.date,
    window: `${window.from} to ${window.to}`,
    /** Nothing on a daily run. */
    phase: night.phase === "daily" ? "" : `first 24 h, as of ${window.asOf.slice(11, 16)}`,
    reason: verdictView(night.result).reason,
  };
}

/** What the gate timeline of a rollout is drawn from: the newest night, with the starts that the nights themselves show. */
export function timelineSources(entries: readonly IndexEntry[]) {
  return rolloutNights(entries).flatMap(({ name, nights }) => {
    const newest = nights.at(-1);
    if (newest === undefined) return [];
    const starts = new Map(
      nights.toReversed().map((night) => [night.result.rollout.gate, night.result.window.from]),
    );
    const { rollout } = newest.result;
    const gates = rollout.gates.map((gate) => ({
      ...gate,
      started: gate.started ?? starts.get(gate.name) ?? null,
    }));
    return [
      { anchor: anchor("rollout", name), result: { ...newest.result, rollout: { ...rollout, gates } } },
    ];
  });
}
