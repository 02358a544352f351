/**
 * Ways in which data is taken away, mixed or mislabelled on its way to gatebook. Each takes the exports of a candidate that is
 * truly worse and a size from 0 to 1, and makes what arrives. `plan` puts the harm where the loss hides it.
 */
import type { GuardrailName } from "./lean-workspace.ts";
import type { ExportPlan, ExportRow, Exports } from "./rollout-export.ts";

export interface Loss {
  readonly name: string;
  /** The one that would show the harm if nothing were lost. */
  readonly guardrail: GuardrailName;
  readonly sizes: readonly number[];
  readonly plan: (size: number) => Partial<ExportPlan>;
  readonly lose: (exports: Exports, size: number) => Exports;
}

const LAST_DAY = "2026-02-03";
const isCandidate = ({ algorithm }: ExportRow): boolean => algorithm === "rank-b";
/** The same share of the same things for the same size, whatever else is in the exports. */
const drawn = (key: string, size: number): boolean => hash(key) < size;

function hash(text: string): number {
  let state = 2_166_136_261;
  for (const letter of text) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  return ((Math.imul(state ^ (state >>> 15), 2_246_822_507) >>> 0) % 100_003) / 100_003;
}

type Harm = Pick<Loss, "guardrail" | "sizes" | "plan">;

/** Hidden by degrees: a fifth hides all of it, a half turns it into a gain. */
const everywhere: Harm = { guardrail: "ctr", sizes: [0.2, 0.5], plan: () => ({}) };
/** Hidden whole: the fewer have it, the less is lost with them. */
const where: Harm = { guardrail: "ctr", sizes: [0.2], plan: (size) => ({ affected: size }) };

function keep(exports: Exports, keeps: (row: ExportRow) => boolean): Exports {
  return { ...exports, rows: exports.rows.filter(keeps) };
}

function change(exports: Exports, changed: (row: ExportRow) => ExportRow): Exports {
  return { ...exports, rows: exports.rows.map(changed) };
}

const isLate = (row: ExportRow, size: number): boolean => row.hour >= 24 * (1 - size);

export const losses: readonly Loss[] = [
  {
    name: "the end of a day's clicks and saves",
    ...everywhere,
    lose: (exports, size) =>
      keep(exports, (row) => row.type === "impression" || row.day !== LAST_DAY || !isLate(row, size)),
  },
  {
    name: "the end of every day's clicks of the baseline",
    ...everywhere,
    lose: (exports, size) =>
      keep(exports, (row) => row.type === "impression" || isCandidate(row) || !isLate(row, size)),
  },
  {
    name: "a source of the last day that carries some users, those who have the change",
    ...where,
    lose: (exports) => keep(exports, (row) => row.day !== LAST_DAY || !row.isAffected),
  },
  {
    name: "the candidate's impressions that nobody clicked",
    ...everywhere,
    lose: (exports, size) => {
      const clicked = new Set(
        exports.rows.filter(({ type }) => type === "click").map((row) => row.impression),
      );
      return keep(
        exports,
        (row) =>
          row.type !== "impression" ||
          !isCandidate(row) ||
          clicked.has(row.impression) ||
          !drawn(row.id, size),
      );
    },
  },
  {
    name: "users under a placeholder, those who have the change among them",
    ...where,
    lose: (exports, size) =>
      change(exports, (row) => {
        const hides = isCandidate(row) ? row.isAffected : drawn(row.user, size);
        return hides ? { ...row, user: "undefined" } : row;
      }),
  },
  {
    name: "users who have the change seen once under the baseline",
    ...where,
    lose: (exports) => {
      const seen = new Set<string>();
      const crossed = exports.rows.flatMap((row) => {
        if (!row.isAffected || row.type !== "impression" || seen.has(row.user)) return [];
        seen.add(row.user);
        return [{ ...row, id: `x${row.id}`, impression: `x${row.impression}`, algorithm: "rank-a" }];
      });
      return { ...exports, rows: [...exports.rows, ...crossed] };
    },
  },
  {
    name: "the lookup's items of the author who is shown too often",
    guardrail: "top_author_share",
    sizes: [0.2, 0.9],
    plan: (size) => ({ change: 0, concentrated: size }),
    lose: (exports, size) => ({
      ...exports,
      items: new Map(
        [...exports.items].filter(([item, author]) => author !== "a0" || !drawn(item, Math.max(size, 0.5))),
      ),
    }),
  },
  {
    name: "the name of the algorithm, with a blank behind it for those who have the change",
    ...where,
    lose: (exports) => change(exports, (row) => (row.isAffected ? { ...row, algorithm: "rank-b " } : row)),
  },
  {
    name: "hours of the baseline's clicks, shifted",
    ...everywhere,
    lose: (exports, size) =>
      change(exports, (row) =>
        row.type === "impression" || isCandidate(row) ? row : { ...row, hour: row.hour + 24 * size },
      ),
  },
];
