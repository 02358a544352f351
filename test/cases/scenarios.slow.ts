import { scenarioNights } from "../helpers/scenario-suite.ts";

/** At a sixth of the volume the bare thresholds (literal) say what evidence says of the whole. */
scenarioNights([
  ["healthy", "promote", "promote"],
  ["rollback", "rollback", "rollback"],
]);
