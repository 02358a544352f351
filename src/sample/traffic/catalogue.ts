/** The items that feeds show: Zipf weights over items and authors, twelve categories, groups of near duplicates. */

import type { Random } from "../../statistics/random.ts";
import { drawFrom, findSlice, runningTotals, shuffledOrder } from "./draws.ts";

export interface Item {
  readonly id: string;
  readonly author: string;
  readonly category: string;
  /** Null: not yet compared with others. */
  readonly group: string | null;
  readonly weight: number;
}

export interface Catalogue {
  readonly items: readonly Item[];
  readonly byGroup: ReadonlyMap<string, readonly Item[]>;
  /** The item at a place in [0, 1) of the weights. */
  itemAt(place: number): Item;
}

const ITEMS = 6000;
const AUTHORS = 320;
const UNGROUPED_SHARE = 0.05;
const GROUP_SIZES = [1, 1, 1, 1, 1, 1, 2, 2, 3, 4];
const OWN_CATEGORY_SHARE = 0.7;
const categories = [
  "animals",
  "flowers",
  "people",
  "food",
  "holidays",
  "school",
  "frames",
  "vehicles",
  "buildings",
  "music",
  "sports",
  "weather",
];

export function makeCatalogue(random: Random): Catalogue {
  const drawAuthor = zipfDraw(AUTHORS, 0.75, random);
  const drawCategory = zipfDraw(categories.length, 0.55, random);
  const homes = Array.from({ length: AUTHORS }, () => drawCategory());
  const ranks = shuffledOrder(ITEMS, random);
  const items: Item[] = [];
  while (items.length < ITEMS) {
    const ungrouped = random.uniform() < UNGROUPED_SHARE;
    const size = ungrouped ? 1 : drawFrom(GROUP_SIZES, random);
    const group = ungrouped ? null : `look-${pad(items.length, 5)}`;
    const firstAuthor = drawAuthor();
    const own = random.uniform() < OWN_CATEGORY_SHARE;
    const category = categories[own ? (homes[firstAuthor] ?? 0) : drawCategory()] ?? "animals";
    // Two of three near duplicates are the same author's variations, the third somebody else's copy.
    for (let copy = 0; copy < size && items.length < ITEMS; copy += 1) {
      const author = copy === 0 || random.integer(3) > 0 ? firstAuthor : drawAuthor();
      const rank = (ranks[items.length] ?? 0) + 1;
      const id = `clip-${pad(items.length, 5)}`;
      items.push({ id, author: `author-${pad(author, 3)}`, category, group, weight: (rank + 20) ** -0.7 });
    }
  }
  return catalogueOf(items);
}

function catalogueOf(items: readonly Item[]): Catalogue {
  const byGroup = new Map<string, Item[]>();
  for (const item of items) {
    if (item.group === null) continue;
    const members = byGroup.get(item.group);
    if (members === undefined) byGroup.set(item.group, [item]);
    else members.push(item);
  }
  const totals = runningTotals(items.map((item) => item.weight));
  const last = items[items.length - 1];
  if (last === undefined) throw new RangeError("a catalogue needs items");
  return { items, byGroup, itemAt: (place) => items[findSlice(totals, place)] ?? last };
}

function zipfDraw(count: number, exponent: number, random: Random): () => number {
  const totals = runningTotals(Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent));
  return () => findSlice(totals, random.uniform());
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}
