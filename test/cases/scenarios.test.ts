import { scenarioNights } from "../helpers/scenario-suite.ts";

scenarioNights([["broken-ingestion", "hold", "data"]]);
