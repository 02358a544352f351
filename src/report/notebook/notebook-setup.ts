/** The Python of a notebook: how it opens the published warehouse and asks it. Needs `pip install duckdb pandas`. */
import type { MetricResult } from "../../model/result.ts";
import type { Phase } from "../../model/words.ts";
import { pythonText } from "./notebook-cells.ts";

export const setupCode = `# pip install duckdb pandas
import base64
import gzip
import json
import os
from pathlib import Path

import duckdb
import pandas as pd
from IPython.display import display

# By name of a metric: its SQL, for the check at the end.
measured = {}


def show_chart(packed):
    """The night's own picture, which is kept in the notebook, so that it stays when cells are run again."""
    display(json.loads(gzip.decompress(base64.b64decode(packed))), raw=True)


def table(relation):
    """Counts stay whole numbers."""
    return relation.df().convert_dtypes()


# GATEBOOK_WAREHOUSE names another copy; else the one above this notebook is taken.
above = [folder / ".gatebook" / "warehouse.duckdb" for folder in (Path.cwd(), *Path.cwd().parents)]
warehouse = os.environ.get("GATEBOOK_WAREHOUSE") or next((path for path in above if path.exists()), None)
if warehouse is None:
    raise FileNotFoundError("no .gatebook/warehouse.duckdb above this notebook: set GATEBOOK_WAREHOUSE to its path")
con = duckdb.connect(str(warehouse), read_only=True)
table(con.sql("SELECT * FROM rollout"))`;

/** One SQL file, run as it is. */
export function queryCode(sql: string): string {
  return `table(con.sql(${sqlText(sql)}))`;
}

/** A metric file returns a row a unit; what is shown is the sum of each day (of the first 24 hours), or the heaviest keys. */
export function metricCode(metric: MetricResult, sql: string, phase: Phase): string {
  const relation = `measured[${pythonText(metric.name)}] = ${sqlText(sql)}
rows = con.sql(measured[${pythonText(metric.name)}])`;
  const by = phase === "daily" ? "event_date, algo_version" : "algo_version";
  switch (metric.shape) {
    case "ratio":
      return `${relation}
sums = "${by}, sum(numerator) AS numerator, sum(denominator) AS denominator, sum(numerator) / sum(denominator) AS share"
table(rows.aggregate(sums, "${by}").order("${by}"))`;
    case "concentration":
      return `${relation}
sums = "algo_version, key, sum(weight) AS weight"
table(rows.aggregate(sums, "algo_version, key").order("algo_version, weight DESC, key").limit(40))`;
  }
}

/** The file between two line breaks: a comment in its last line must not swallow the closing quotes. */
function sqlText(sql: string): string {
  return pythonText(`\n${sql.trimEnd()}\n`);
}
