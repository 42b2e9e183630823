"""What is told of a run agrees with what it did."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import polars as pl

from lakehouse.store import Lakehouse
from lakehouse.tables import ops
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import ingest
from pipelines.observe import Prometheus
from tests.pipelines.events import cash_event, write_lines


def test_prometheus_fetches_what_the_batches_did(lake: Lakehouse, tmp_path: Path) -> None:
    metrics = Prometheus()
    port = metrics.serve(0)
    file = write_lines(tmp_path / "a.jsonl", [*(cash_event(n) for n in range(30)), cash_event(3), b"rubbish"])
    ingest(lake, [Feed("native", str(file))], IngestOptions(batch_bytes=2000, range_bytes=700), progress=metrics.batch)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = set(answer.read().decode().splitlines())
    assert {
        'rtr_records_total{outcome="accepted"} 30.0',
        'rtr_records_total{outcome="duplicate"} 1.0',
        'rtr_records_total{outcome="quarantined"} 1.0',
        'rtr_rows_appended_total{table="silver.cash"} 30.0',
        'rtr_rows_appended_total{table="bronze.events"} 32.0',
    } <= lines


def test_every_batch_is_recorded(lake: Lakehouse, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.jsonl", (cash_event(n) for n in range(30)))
    summary = ingest(lake, [Feed("native", str(file))], IngestOptions(batch_bytes=2000, range_bytes=700))
    batches = lake.scan(ops.INGEST_BATCHES).collect()
    assert batches.height == summary.batches > 1
    assert batches.get_column("received").sum() == 30
    assert batches.select((pl.col("started_at") <= pl.col("commit_started_at")).all()).item()
    assert batches.select((pl.col("commit_started_at") <= pl.col("finished_at")).all()).item()
