"""Writes rows, as library-exports.slow.ts draws them, with pandas and pyarrow, in every way that their users write exports.

python3 libraries.py ROWS.json FOLDER: one file per name of `ways`, whose ids begin at 1000 times its place.
"""

import decimal
import json
import sys

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

rows = json.load(open(sys.argv[1]))
folder = sys.argv[2]


def frame(place):
    return pd.DataFrame(
        {
            "event_id": [row["id"] + 1000 * place for row in rows],
            "event_type": ["hide" if row["isBad"] else row["type"] for row in rows],
            "occurred_at": pd.to_datetime([row["at"] for row in rows], unit="ms"),
            "user_id": [row["user"] for row in rows],
            "algo_version": ["v1" for _ in rows],
            "dwell_seconds": [float("nan") if row["dwell"] is None else row["dwell"] for row in rows],
            "metadata": [json.dumps({"sent": row["sent"], "text": 'a,b;"c"\nd'}) for row in rows],
        }
    )


def zoned(data, zone):
    return data.assign(occurred_at=data.occurred_at.dt.tz_localize("UTC").dt.tz_convert(zone))


def table(data):
    return pa.Table.from_pandas(data, preserve_index=False)


def cast(data, **types):
    made = table(data)
    for name, kind in types.items():
        at = made.schema.get_field_index(name)
        made = made.set_column(at, name, made.column(at).cast(kind))
    return made


def typed(data):
    """Decimals, dictionaries, and text in each of Arrow's layouts."""
    made = cast(
        data,
        event_id=pa.large_string(),
        event_type=pa.dictionary(pa.int8(), pa.string()),
        algo_version=pa.dictionary(pa.int32(), pa.string()),
        metadata=pa.binary(),
    )
    dwell = [None if row["dwell"] is None else decimal.Decimal(str(row["dwell"])) for row in rows]
    at = made.schema.get_field_index("dwell_seconds")
    return made.set_column(at, "dwell_seconds", pa.array(dwell, pa.decimal128(12, 3)))


ways = {
    "pd-index.csv": lambda d, p: d.to_csv(p),
    "pd-quoted.csv.gz": lambda d, p: d.to_csv(p, index=False, quoting=1, lineterminator="\r\n"),
    "pd-comma.csv": lambda d, p: d.to_csv(p, index=False, sep=";", decimal=","),
    "pd-na.csv": lambda d, p: d.to_csv(p, index=False, na_rep="NA"),
    "pd-floats.csv": lambda d, p: d.astype({"event_id": float, "user_id": float}).to_csv(p, index=False),
    "pd-zoned.csv": lambda d, p: zoned(d, "America/New_York").to_csv(p, index=False),
    "pd-dates.csv": lambda d, p: d.to_csv(p, index=False, date_format="%d/%m/%Y %H:%M"),
    "pd-utf16.csv": lambda d, p: d.to_csv(p, index=False, encoding="utf-16"),
    "pd-escaped.csv": lambda d, p: d.to_csv(p, index=False, doublequote=False, escapechar="\\"),
    "pd-iso.jsonl": lambda d, p: d.to_json(p, orient="records", lines=True, date_format="iso"),
    "pd-epoch.jsonl.gz": lambda d, p: d.to_json(p, orient="records", lines=True, date_format="epoch"),
    "pd-plain.parquet": lambda d, p: d.to_parquet(p),
    "pd-zoned.parquet": lambda d, p: zoned(d, "Asia/Kolkata").to_parquet(p),
    "pd-nullable.parquet": lambda d, p: d.convert_dtypes().to_parquet(p, index=False, compression="zstd"),
    "pd-category.parquet": lambda d, p: d.astype({"event_type": "category", "user_id": "category"}).to_parquet(p),
    "pd-indexed.parquet": lambda d, p: d.set_index(["event_id", "user_id"]).to_parquet(p, compression="gzip"),
    "pd-floats.parquet": lambda d, p: d.astype({"event_id": float, "user_id": "float32"}).to_parquet(p),
    "pa-needed.csv": lambda d, p: pc.write_csv(table(d), p, pc.WriteOptions(quoting_style="needed")),
    "pa-valid.csv": lambda d, p: pc.write_csv(table(d), p, pc.WriteOptions(quoting_style="all_valid", delimiter="|")),
    "pa-int96.parquet": lambda d, p: pq.write_table(
        cast(d, occurred_at=pa.timestamp("ns")), p, use_deprecated_int96_timestamps=True, store_schema=False
    ),
    "pa-typed.parquet": lambda d, p: pq.write_table(typed(d), p, row_group_size=3, data_page_version="2.0"),
    "pa-nanos.parquet": lambda d, p: pq.write_table(
        cast(zoned(d, "UTC"), occurred_at=pa.timestamp("ns", "UTC"), metadata=pa.string_view()), p, compression="brotli"
    ),
    "pa-legacy.parquet": lambda d, p: pq.write_table(
        table(d), p, version="1.0", compression="none", use_dictionary=False, flavor="spark"
    ),
}

for place, (name, write) in enumerate(ways.items()):
    write(frame(place), f"{folder}/{name}")
print(json.dumps(list(ways)))
