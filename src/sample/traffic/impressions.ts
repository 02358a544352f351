/** Which item each view shows: Zipf over the catalogue, near duplicates by quota, alike for both variants. */

import type { Random } from "../../statistics/random.ts";
import type { Catalogue, Item } from "./catalogue.ts";
import { drawFrom, drawQuota, stratifiedNumbers } from "./draws.ts";
import type { ItemView, Visit } from "./visits.ts";

export interface Impression {
  readonly visit: Visit;
  readonly view: ItemView;
  readonly item: Item;
  /** Its group was already shown to the same unit that day. */
  readonly nearDuplicate: boolean;
}

const FRESH_TRIES = 40;

interface ImpressionRequest {
  /** Of one variant on one day. */
  readonly visits: readonly Visit[];
  readonly catalogue: Catalogue;
  /** Share of the impressions that repeat a group. */
  readonly rate: number;
}

export function drawImpressions(
  { visits, catalogue, rate }: ImpressionRequest,
  random: Random,
): readonly Impression[] {
  const fresh = drawFreshItems(visits, catalogue, random);
  const repeatable = fresh.map((items) => items.map((_, index) => hasGroup(items, index)));
  const views = fresh.reduce((sum, items) => sum + items.length, 0);
  const repeats = drawQuota(
    repeatable.flat().map((able) => (able ? 1 : 0)),
    rate * views,
    random,
  );
  let place = 0;
  return visits.flatMap((visit, index) => {
    const shown: Item[] = [];
    return visit.views.map((view, nth) => {
      const nearDuplicate = repeats[place] === 1 && repeatable[index]?.[nth] === true;
      place += 1;
      const item = nearDuplicate ? repeatOf(shown, catalogue, random) : fresh[index]?.[nth];
      if (item === undefined) throw new RangeError("a view without an item");
      shown.push(item);
      return { visit, view, item, nearDuplicate };
    });
  });
}

/** Items for every view, no group twice within a visit. */
function drawFreshItems(
  visits: readonly Visit[],
  catalogue: Catalogue,
  random: Random,
): readonly (readonly Item[])[] {
  const views = visits.reduce((sum, visit) => sum + visit.views.length, 0);
  const places = stratifiedNumbers(views, random);
  let next = 0;
  return visits.map((visit) => {
    const groups = new Set<string>();
    return visit.views.map(() => {
      let item = catalogue.itemAt(places[next] ?? 0);
      next += 1;
      for (let tries = 0; item.group !== null && groups.has(item.group); tries += 1) {
        if (tries === FRESH_TRIES) throw new RangeError("the catalogue is too small for a visit");
        item = catalogue.itemAt(random.uniform());
      }
      if (item.group !== null) groups.add(item.group);
      return item;
    });
  });
}

/** A view can repeat a group when one before it in the visit has one. */
function hasGroup(items: readonly Item[], index: number): boolean {
  return items.slice(0, index).some((item) => item.group !== null);
}

/** Another item of a group already shown, or the same one again when it has no others. */
function repeatOf(shown: readonly Item[], catalogue: Catalogue, random: Random): Item {
  const grouped = shown.filter((item) => item.group !== null);
  const before = drawFrom(grouped, random);
  const others = (catalogue.byGroup.get(before.group ?? "") ?? []).filter((item) => item !== before);
  return others.length === 0 ? before : drawFrom(others, random);
}
