/** Numbers as an operator says them: "6.2%", "1,204", "3 days". English, the same on every machine. */
import { isHour } from "../model/hours.ts";
import type { Phase, Slot, Unit } from "../model/words.ts";

/** 4711.4 → "4,711" */
export function countText(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** plural(1, "day") → "1 day", plural(3, "day") → "3 days" */
export function plural(value: number, noun: string): string {
  return `${countText(value)} ${noun}${Math.round(value) === 1 ? "" : "s"}`;
}

/** "2026-02-01"; an hour "2026-02-01T13" → "2026-02-01 13:00". */
export function slotText(slot: Slot): string {
  return isHour(slot) ? `${slot.replace("T", " ")}:00` : slot;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "6 Feb"; an hour "6 Feb 13:00". */
export function dayText(slot: Slot): string {
  const [, month = "", day = "", hour] = slot.split(/[-T]/);
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month}${hour === undefined ? "" : ` ${hour}:00`}`;
}

/** "on 2026-02-01", "in the hour from 2026-02-01 13:00" */
export function inSlot(slot: Slot): string {
  return isHour(slot) ? `in the hour from ${slotText(slot)}` : `on ${slot}`;
}

/** What a single window of a run is. */
export type SlotNoun = "day" | "hour";

export function slotNoun(phase: Phase): SlotNoun {
  return phase === "first-24h" ? "hour" : "day";
}

/** ["a", "b", "c"] → "a, b and c" */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** A configured fraction without needless zeros: 0.05 → "5%", 0.025 → "2.5%". */
export function lineText(fraction: number): string {
  return `${Number((fraction * 100).toFixed(4))}%`;
}

/** Of a share so high that a line of a rise lies above 100%: "cannot rise by 15%: it is at 95% already (at most by 5.3%)". */
export function noRoomText(line: number, share: number): string {
  const rounded = (value: number) => lineText(Number(value.toFixed(3)));
  return `cannot rise by ${lineText(line)}: it is at ${rounded(share)} already (at most by ${rounded(1 / share - 1)})`;
}

/** A share: 0.1003 → "10.03%". */
export function shareText(fraction: number): string {
  return `${(fraction * 100).toFixed(2)}%`;
}

/** A metric's value in its own unit: 0.0471 → "4.71%", 12.34 seconds → "12.3 s". */
export function valueText(value: number, unit: Unit): string {
  switch (unit) {
    case "percent":
      return `${significant(value * 100)}%`;
    case "seconds":
      return `${significant(value)} s`;
    case "ratio":
      return significant(value);
    case "count":
      return countText(value);
    default:
      return unit satisfies never;
  }
}

function significant(value: number): string {
  if (value === 0) return "0";
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 6)).replace("-", "−");
}

/**
 * The size of a change, with as many decimals as keep it on its own side of every line: a drop of 4.98% beside a line
 * of 5% is "4.98%", never "5.0%".
 */
export function changeText(delta: number, lines: readonly number[]): string {
  const size = Math.abs(delta);
  const decimals =
    [1, 2, 3, 4].find((digits) => {
      const rounded = Number((size * 100).toFixed(digits)) / 100;
      return lines.every((line) => Math.abs(size - line) < 1e-9 || side(rounded, line) === side(size, line));
    }) ?? 5;
  return `${(size * 100).toFixed(decimals)}%`;
}

function side(value: number, line: number): number {
  return Math.abs(value - line) < 1e-12 ? 0 : Math.sign(value - line);
}

/** With its direction: "down 6.2%", "up 0.4%", "unchanged". */
export function directionText(delta: number, lines: readonly number[]): string {
  if (Math.abs(delta) < 1e-12) return "unchanged";
  return `${delta < 0 ? "down" : "up"} ${changeText(delta, lines)}`;
}

/** A signed change: -0.021 → "−2.1%". */
export function signedText(delta: number): string {
  const text = `${(Math.abs(delta) * 100).toFixed(1)}%`;
  if (Number.parseFloat(text) === 0) return text;
  return `${delta < 0 ? "−" : "+"}${text}`;
}
