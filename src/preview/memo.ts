/** Earlier work that is still valid: a piece is done again only when what it depends on has changed. */

export interface Memo {
  /** The kept value of `name` when it was made under the same `key`; else `make` is called, and noted in `ran`. */
  readonly recall: <T>(name: string, key: string, make: () => Promise<T>) => Promise<T>;
  /** Names of what was made since the last call, in order. */
  readonly ran: () => readonly string[];
}

/** `stillWanted` throws when nobody waits for the work any more: what an interrupt made of it is not kept. */
export function newMemo(stillWanted: () => void): Memo {
  const kept = new Map<string, { readonly key: string; readonly value: unknown }>();
  let names: string[] = [];
  return {
    recall: async <T>(name: string, key: string, make: () => Promise<T>): Promise<T> => {
      const known = kept.get(name);
      if (known?.key === key) return known.value as T;
      stillWanted();
      const value = await make();
      stillWanted();
      kept.set(name, { key, value });
      names.push(name);
      return value;
    },
    ran: () => {
      const made = names;
      names = [];
      return made;
    },
  };
}
