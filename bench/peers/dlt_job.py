# mypy: ignore-errors
"""dlt: JSON lines merged by event id into a Delta table. Run by the Python that has dlt.

python dlt_job.py INPUT_GLOB SAMPLE_GLOB FOLDER VARIANT ROUNDS; prints one line of JSON. Only the loads of
the input are timed: imports and the first pipeline's set-up are done by loading the sample elsewhere.
"""

import json
import os
import resource
import sys
import time
from glob import glob
from pathlib import Path

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
os.environ["NORMALIZE__WORKERS"] = "2"
os.environ["DATA_WRITER__FILE_MAX_ITEMS"] = "10000"  # smaller files, so that both workers have some

import dlt
import orjson
import pyarrow as pa
from pyarrow import json as arrow_json

SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "object": pa.string(),
        "api_version": pa.string(),
        "created": pa.int64(),
        "livemode": pa.bool_(),
        "pending_webhooks": pa.int64(),
        "type": pa.string(),
    }
)
CHUNK = 16 * 2**20
LOAD_BYTES = 128 * 2**20
BATCHES = "-batches"


def chunks(files):
    """Whole lines of the files, some MiB at a time."""
    for name in files:
        with open(name, "rb") as file:
            while lines := file.readlines(CHUNK):
                yield lines


def loads(pattern: str, load_bytes: int):
    """The chunks of the input, as many a load as make up its size."""
    load, size = [], 0
    for lines in chunks(sorted(glob(pattern))):
        load.append(lines)
        size += sum(map(len, lines))
        if size >= load_bytes:
            yield load
            load, size = [], 0
    if load:
        yield load


def envelope(lines, seen):
    buffer = pa.BufferReader(b"".join(lines))
    options = arrow_json.ParseOptions(explicit_schema=SCHEMA, unexpected_field_behavior="ignore")
    table = arrow_json.read_json(buffer, parse_options=options)
    return table.filter(pa.array([first(key, seen) for key in table["id"].to_pylist()]))


def raw(lines, seen):
    events = [(event, line) for line in lines if first((event := orjson.loads(line))["id"], seen)]
    columns = {name: [event.get(name) for event, _ in events] for name in SCHEMA.names}
    columns["raw"] = [line.decode() for _, line in events]
    return pa.table(columns, schema=SCHEMA.append(pa.field("raw", pa.string())))


def dicts(lines, seen):
    return [event for line in lines if first((event := orjson.loads(line))["id"], seen)]


def first(key, seen):
    if key in seen:
        return False
    seen.add(key)
    return True


def tables(load, variant: str):
    """A merge does not see the repeats within its own load (dlt wants the resource's keys unique), so they end here."""
    seen = set()
    rows = {"envelope": envelope, "raw": raw, "dicts": dicts, "nested": dicts, "upsert": dicts}[variant]
    for lines in load:
        yield rows(lines, seen)


def process(pattern: str, folder: Path, variant: str) -> int:
    destination = dlt.destinations.filesystem(bucket_url=(folder / "lake").resolve().as_uri())
    pipeline = dlt.pipeline("peer", pipelines_dir=str(folder / "state"), destination=destination, dataset_name="events")
    events_in = 0
    what, load_bytes = variant.removesuffix(BATCHES), CHUNK if variant.endswith(BATCHES) else LOAD_BYTES
    hints = {"data": {"data_type": "json"}, "request": {"data_type": "json"}} if what == "dicts" else None

    for load in loads(pattern, load_bytes):
        events = dlt.resource(
            tables(load, what),
            name="events",
            primary_key="id",
            write_disposition={"disposition": "merge", "strategy": "upsert" if what == "upsert" else "insert-only"},
            table_format="delta",
            columns=hints,
        )
        pipeline.run(events)
        events_in += sum(map(len, load))
    return events_in


def main(pattern: str, sample: str, folder: Path, variant: str, rounds: int) -> None:
    from deltalake import DeltaTable

    process(sample, folder / "warm-up", variant)
    seconds = []
    for number in range(rounds):
        began = time.perf_counter()
        events_in = process(pattern, folder / f"output-{number}", variant)
        seconds.append(time.perf_counter() - began)
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    events_out = DeltaTable(str(folder / "output-0" / "lake" / "events" / "events")).count()
    report = {"seconds": seconds, "events_in": events_in, "events_out": events_out, "peak_rss_mb": peak}
    print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
