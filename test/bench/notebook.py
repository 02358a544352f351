"""The notebook that a first night is measured against: what a team would write over the same exports, and nothing that they would not.

    python notebook.py write FOLDER EXPORTS     report.ipynb: nine columns into DuckDB, six metrics, five charts
    python notebook.py run FOLDER               papermill, then nbconvert to report.html

Needs papermill nbconvert nbformat ipykernel duckdb pandas numpy altair vl-convert-python. It promises nothing: no look for duplicates or rejects,
no hash, no ledger, no replay. `run` leaves what its processes took in the file named by BENCH_USAGE, as usage.mjs does.
"""
import json
import os
import resource
import subprocess
import sys

CELLS = [
    """import altair as alt
import duckdb
import numpy as np
alt.data_transformers.disable_max_rows()
alt.renderers.enable("svg")
baseline, candidate = "clip-cosine-v1", "clip-cosine-v2"
db = duckdb.connect()
db.execute(f\"\"\"CREATE TABLE events AS
SELECT event_type, CAST(occurred_at AS DATE) AS event_date, user_id, item_id, author_id, category_id, duplicate_group, algo_version, dwell_seconds
FROM read_csv('{exports}/*.csv', header = true)\"\"\")
db.sql("SELECT count(*) AS events FROM events").df()""",
    """db.execute(\"\"\"CREATE TABLE user_days AS
SELECT event_date, algo_version, user_id,
  count(*) FILTER (WHERE event_type = 'impression') AS impressions,
  count(*) FILTER (WHERE event_type = 'click') AS clicks,
  count(*) FILTER (WHERE event_type = 'click' AND dwell_seconds >= 30) AS long_clicks,
  count(*) FILTER (WHERE event_type IN ('favorite', 'download')) AS saves
FROM events GROUP BY ALL\"\"\")

def ratio(name, numerator, denominator):
    s = db.sql(f\"\"\"WITH users AS (
  SELECT algo_version, user_id, sum({numerator}) AS y, sum({denominator}) AS m FROM user_days GROUP BY ALL HAVING sum({denominator}) > 0)
SELECT algo_version, count(*) AS n, sum(y) AS y, sum(m) AS m, sum(y * y) AS yy, sum(m * m) AS mm, sum(m * y) AS my
FROM users GROUP BY ALL\"\"\").df().set_index("algo_version").astype(float)
    value, mean = s.y / s.m, s.m / s.n
    variance = (s.yy - 2 * value * s.my + value**2 * s.mm) / ((s.n - 1) * mean**2) / s.n / value**2
    log_ratio = np.log(value[candidate] / value[baseline])
    half = 1.96 * np.sqrt(variance[candidate] + variance[baseline])
    bounds = [np.exp(log_ratio + step) - 1 for step in (0, -half, half)]
    return [name, value[baseline], value[candidate], *bounds]

import pandas as pd
pd.DataFrame(
    [ratio("ctr", "clicks", "impressions"), ratio("long_dwell_share", "long_clicks", "clicks"), ratio("save_rate", "saves", "impressions")],
    columns=["metric", "baseline", "candidate", "delta", "low", "high"],
)""",
    """def share_of_top(key, top):
    return db.sql(f\"\"\"WITH keys AS (
  SELECT algo_version, {key}, count(*) AS n FROM events WHERE event_type = 'impression' GROUP BY ALL),
ranked AS (SELECT *, row_number() OVER (PARTITION BY algo_version ORDER BY n DESC) AS place FROM keys)
SELECT algo_version, sum(n) FILTER (WHERE place <= {top}) / sum(n) AS share FROM ranked GROUP BY ALL\"\"\").df()

display(share_of_top("author_id", 10))
display(share_of_top("category_id", 1))
db.sql(\"\"\"WITH shown AS (
  SELECT event_date, algo_version, user_id, count(duplicate_group) AS n, count(DISTINCT duplicate_group) AS groups
  FROM events WHERE event_type = 'impression' GROUP BY ALL)
SELECT algo_version, (sum(n) - sum(groups)) / sum(n) AS near_duplicate_share FROM shown GROUP BY ALL\"\"\").df()""",
    """days = db.sql(\"\"\"SELECT event_date, algo_version, sum(clicks) / sum(impressions) AS ctr, sum(long_clicks) / sum(clicks) AS long_dwell
FROM user_days GROUP BY ALL ORDER BY ALL\"\"\").df()
alt.Chart(days).mark_line(point=True).encode(x="event_date:T", y=alt.Y("ctr:Q", scale=alt.Scale(zero=False)), color="algo_version:N")""",
    """alt.Chart(days).mark_line(point=True).encode(
    x="event_date:T", y=alt.Y("long_dwell:Q", scale=alt.Scale(zero=False)), color="algo_version:N")""",
    """wide = days.pivot(index="event_date", columns="algo_version", values="ctr")
delta = (wide[candidate] / wide[baseline] - 1).reset_index(name="delta")
alt.Chart(delta).mark_bar().encode(x="event_date:T", y="delta:Q")""",
    """dwell = db.sql(\"\"\"SELECT algo_version, least(floor(dwell_seconds / 30) * 30, 180) AS seconds, count(*) AS clicks
FROM events WHERE event_type = 'click' AND dwell_seconds IS NOT NULL GROUP BY ALL\"\"\").df()
alt.Chart(dwell).mark_bar().encode(x="seconds:O", y="clicks:Q", color="algo_version:N", column="algo_version:N")""",
    """kinds = db.sql("SELECT event_date, event_type, count(*) AS events FROM events GROUP BY ALL ORDER BY ALL").df()
alt.Chart(kinds).mark_area().encode(x="event_date:T", y="events:Q", color="event_type:N")""",
]


def write(folder, exports):
    import nbformat.v4 as nb

    cells = [nb.new_markdown_cell("# Rollout gate"), nb.new_code_cell(f"exports = {exports!r}")]
    notebook = nb.new_notebook(cells=cells + [nb.new_code_cell(cell) for cell in CELLS])
    with open(os.path.join(folder, "report.ipynb"), "w") as file:
        json.dump(notebook, file)


def run(folder):
    tools = os.path.dirname(sys.executable)
    for words in (
        ["papermill", "--no-progress-bar", "-k", "python3", "report.ipynb", "run.ipynb"],
        ["jupyter-nbconvert", "--to", "html", "--output", "report.html", "run.ipynb"],
    ):
        subprocess.run([os.path.join(tools, words[0]), *words[1:]], cwd=folder, check=True, capture_output=True)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(os.environ["BENCH_USAGE"], "w") as file:
        json.dump({"peakBytes": usage.ru_maxrss * 1024, "cpuMs": (usage.ru_utime + usage.ru_stime) * 1000}, file)


{"write": write, "run": run}[sys.argv[1]](*sys.argv[2:])
