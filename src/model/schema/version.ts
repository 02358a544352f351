/** Versions of `result.json`. */

export const SCHEMA_VERSION = 2;

/**
 * 1: written by gatebook 0.1, before coverage was measured. Keys that came after it have a default, so that its results are
 * read for good.
 */
export const schemaVersions = [1, SCHEMA_VERSION] as const;
export type SchemaVersion = (typeof schemaVersions)[number];
