"""What the job tells of itself: Beam metrics for any runner, and a Prometheus endpoint for one process."""

from __future__ import annotations

from apache_beam.metrics import Metrics
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from pipelines.transforms.batch import BatchResult, StagedBatch

NAMESPACE = "rtr"
OUTCOMES = ("accepted", "unmapped", "duplicate", "quarantined")
SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


def count_stage(staged: StagedBatch) -> None:
    """Records and bytes that were read."""
    Metrics.counter(NAMESPACE, "received").inc(staged.received)
    Metrics.counter(NAMESPACE, "bytes_read").inc(staged.bytes_read)


def count_commit(result: BatchResult) -> None:
    """What became of the records, and how long it took."""
    for name in OUTCOMES:
        Metrics.counter(NAMESPACE, name).inc(getattr(result, name))
    Metrics.counter(NAMESPACE, "rows_appended").inc(sum(result.rows.values()))
    Metrics.distribution(NAMESPACE, "batch_milliseconds").update(int(result.batch_seconds * 1000))
    Metrics.distribution(NAMESPACE, "commit_milliseconds").update(int(result.commit_seconds * 1000))


class Prometheus:
    """Figures of one ingest for a Prometheus server to fetch from /metrics."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._records = Counter("rtr_records", "Records by what became of them.", ["outcome"], registry=self.registry)
        self._rows = Counter("rtr_rows_appended", "Rows appended to each table.", ["table"], registry=self.registry)
        self._bytes = Counter("rtr_bytes_read", "Bytes of records read.", registry=self.registry)
        self._batch = Histogram(
            "rtr_batch_seconds", "From reading a batch to its commit.", buckets=SECONDS, registry=self.registry
        )
        self._commit = Histogram("rtr_commit_seconds", "Commit of a batch.", buckets=SECONDS, registry=self.registry)
        self._failures = Counter("rtr_batch_failures", "Batches that failed and are tried again.", registry=self.registry)
        self._behind = Gauge("rtr_behind", "Bytes or messages known to be waiting.", registry=self.registry)
        self._last = Gauge(
            "rtr_last_commit_timestamp_seconds", "When the last batch was committed.", registry=self.registry
        )

    def serve(self, port: int) -> int:
        """Answer on a port of this machine (0 for any that is free); the port. OSError where it is taken."""
        server, _ = start_http_server(port, addr="127.0.0.1", registry=self.registry)
        return int(server.server_port)

    def batch(self, result: BatchResult) -> None:
        for name in OUTCOMES:
            self._records.labels(name).inc(getattr(result, name))
        for table, rows in result.rows.items():
            self._rows.labels(table).inc(rows)
        self._bytes.inc(result.bytes_read)
        self._batch.observe(result.batch_seconds)
        self._commit.observe(result.commit_seconds)
        self._behind.set(result.behind)
        self._last.set(result.finished_at.timestamp())

    def failure(self) -> None:
        self._failures.inc()
