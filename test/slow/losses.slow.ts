import { describeLosses } from "../helpers/losses-suite.ts";

describeLosses([0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9]);
