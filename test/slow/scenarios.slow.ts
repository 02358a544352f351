import { scenarioNights } from "../helpers/scenario-suite.ts";

/** At a sixth of the volume the bare thresholds (literal) say what evidence says of the whole. */
scenarioNights([
  ["healthy", "promote", "promote"],
  ["rollback", "rollback", "rollback"],
  ["warning", "hold", "warning"],
  ["severe", "rollback", "severe"],
  ["sample-ratio", "hold", "data"],
  ["thin", "hold", "observing"],
  ["lost-clicks", "hold", "data"],
  ["placeholder-user", "rollback", "severe"],
  ["crossed-heavy-users", "hold", "data"],
  ["lookup-miss", "hold", "data"],
  ["one-platform", "hold", "warning"],
  ["broken-split", "hold", "data"],
]);
