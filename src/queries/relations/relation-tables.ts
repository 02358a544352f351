/**
 * Where the tables of relations are, and of what gatebook itself counts of events: in the books, or kept on the cluster where the events
 * are. A table is written and noted as built together, so that one that is half written is never taken for whole.
 */
import type { QueryOptions } from "../../engine/engine.ts";
import type { Day } from "../../model/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import type { OwnBuild } from "./own-build.ts";
import type { BuildMark, KnownBuild } from "./relation-builds.ts";

export interface RelationTables {
  /** The rows of some days again. */
  readonly days: (
    file: CatalogFile,
    days: readonly Day[],
    build: { readonly mark: BuildMark } & QueryOptions,
  ) => Promise<void>;
  /** The whole table again, of another SQL than before where that is not the `sameSql`. */
  readonly whole: (file: CatalogFile, build: WholeBuild) => Promise<void>;
  /** The days of gatebook's own tables again; null: of every day that has events. */
  readonly count: (own: OwnBuild, days: readonly Day[] | null) => Promise<void>;
  /** Of a relation that has no file any more. */
  readonly drop: (name: string) => Promise<void>;
}

export interface WholeBuild extends QueryOptions {
  readonly mark: BuildMark;
  readonly known: KnownBuild;
  readonly sameSql: boolean;
  /** Days to be made one part after the other; none: in one. */
  readonly parts: () => Promise<readonly (readonly Day[])[]>;
}
