/** Work that does not depend on one another, as much of it at a time as an engine takes. */

/** Results in the order of `items`. At most `atOnce` run at a time: 1, and each begins when the one before has ended. */
export async function sideBySide<Item, Made>(
  items: readonly Item[],
  atOnce: number,
  make: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made = new Map<number, Made>();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) made.set(index, await make(item));
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return items.flatMap((_, index) => (made.has(index) ? [made.get(index) as Made] : []));
}
