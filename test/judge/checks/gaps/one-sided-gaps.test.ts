import { describe, expect, it } from "vitest";
import { judge } from "../../../../src/judge/judge.ts";
import { emptyLedger } from "../../../../src/model/ledger.ts";
import type { EventTimes, VariantTimes } from "../../../../src/model/measurement.ts";
import type { Variant } from "../../../../src/model/words.ts";
import { night, trafficDay } from "../../builders.ts";

const PROFILE = Array.from({ length: 24 }, (_, hour) => (hour < 7 ? 1 : hour < 17 ? 4 : 7));

/** `events` over the day, none of them before `from` and after `to` (minutes). */
function times(
  variant: Variant,
  type: EventTimes["type"],
  events: number,
  { from = 1, to = 1439 }: { readonly from?: number; readonly to?: number } = {},
): VariantTimes {
  const all = PROFILE.reduce((sum, share) => sum + share, 0);
  const within = (hour: number) =>
    Math.max(0, Math.min(to, 60 * (hour + 1)) - Math.max(from, 60 * hour)) / 60;
  const hours = PROFILE.map((share, hour) => (events * share * within(hour)) / all);
  const came = Math.round(hours.reduce((sum, count) => sum + count, 0));
  const ends = { firstMinute: from, lastMinute: to, holes: [] };
  return { variant, type, source: null, events: came, hours, ...ends };
}

interface Cut {
  readonly variant: Variant;
  readonly type: EventTimes["type"];
  readonly from?: number;
  readonly to?: number;
}

function judged(cut: Cut | null, { candidate = 20_000, accepted = "" } = {}) {
  const plain = night({ days: 5, impressions: 20_000 });
  const days = plain.traffic.days.map((day) =>
    trafficDay(day.date, {
      impressions: candidate,
      variantTimes: (["baseline", "candidate"] as const).flatMap((variant) =>
        (["impression", "click"] as const).map((type) => {
          const shown = variant === "baseline" ? 9 * candidate : candidate;
          const isCut = cut?.variant === variant && cut.type === type;
          return times(variant, type, type === "click" ? shown * 0.05 : shown, isCut ? cut : {});
        }),
      ),
    }),
  );
  const ledger = {
    ...emptyLedger,
    accepted: [{ what: accepted, since: days[0]?.date ?? "", reason: "so built", by: "Ada" }],
  };
  const { checks, decision } = judge({ ...plain, ledger, traffic: { ...plain.traffic, days } });
  return { decision, check: checks.find(({ name }) => name === "events_by_hour") };
}

describe("events of both variants come at the same hours", () => {
  it("is so when nothing is cut, in arms of any size", () => {
    expect(judged(null).check?.status).toBe("pass");
    expect(judged(null, { candidate: 300 }).check?.status).toBe("pass");
  });

  it.each(["baseline", "candidate"] as const)(
    "holds when clicks of the %s end at 19:12 every day",
    (variant) => {
      const { check, decision } = judged({ variant, type: "click", to: 1152 });
      expect(check?.status).toBe("fail");
      expect(check?.detail).toMatch(
        new RegExp(
          `clicks of the ${variant} end at 19:12; [\\d,]+ were due after that, while those of the other`,
        ),
      );
      expect(decision.action).not.toBe("promote");
    },
  );

  it("holds when they begin late, and when impressions are cut", () => {
    expect(judged({ variant: "baseline", type: "click", from: 600 }).check?.detail).toContain(
      "begin at 10:00",
    );
    expect(judged({ variant: "candidate", type: "impression", to: 1000 }).check?.status).toBe("fail");
  });

  it("says nothing of a gap in which fewer than twenty were due", () => {
    expect(judged({ variant: "candidate", type: "click", to: 1380 }, { candidate: 1500 }).check?.status).toBe(
      "pass",
    );
  });

  it("is settled by a person, for the days up to then", () => {
    const cut: Cut = { variant: "baseline", type: "click", to: 1152 };
    const { check } = judged(cut);
    const word = check?.accept ?? "";
    expect(word).toMatch(/^one-sided:baseline:clicks:\d{4}-\d\d-\d\d$/);
    expect(judged(cut, { accepted: word }).check?.status).toBe("warn");
    expect(judged(cut, { accepted: word.replace("baseline", "candidate") }).check?.status).toBe("fail");
  });
});
