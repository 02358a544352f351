/** Work that does not depend on one another, as much of it at a time as an engine takes. */

/**
 * Results in the order of `items`. At most `atOnce` run at a time: 1, and each begins when the one before has ended. When one fails none
 * begins any more, and the failure is thrown when those that run have ended.
 */
export async function sideBySide<Item, Made>(
  items: readonly Item[],
  atOnce: number,
  make: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made = new Map<number, Made>();
  let next = 0;
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length && !hasFailed; index = next++) {
      const item = items[index];
      if (item === undefined) continue;
      try {
        made.set(index, await make(item));
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return items.flatMap((_, index) => (made.has(index) ? [made.get(index) as Made] : []));
}
