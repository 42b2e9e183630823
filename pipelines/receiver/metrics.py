"""What the receiver tells of itself, for Prometheus. Labels are names of the configuration, never what a client sent."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
UNKNOWN = "unknown"


class Metrics:
    """Figures of one receiver."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["source", "status"]
        self._requests = Counter("rtr_webhook_requests", "Deliveries by answer.", labels, registry=self.registry)
        self._records = Counter("rtr_webhook_records", "Records kept.", ["source"], registry=self.registry)
        self._bytes = Counter("rtr_webhook_bytes", "Bytes of records kept.", ["source"], registry=self.registry)
        self._seconds = Histogram(
            "rtr_webhook_request_seconds", "From headers to answer.", ["source"], buckets=SECONDS, registry=self.registry
        )
        self._last = Gauge(
            "rtr_webhook_last_kept_timestamp_seconds", "When the last record was kept.", ["source"], registry=self.registry
        )
        self.in_flight = Gauge("rtr_webhook_in_flight", "Deliveries on their way.", registry=self.registry)
        self.ready = Gauge("rtr_webhook_ready", "1 while records can be kept, else 0.", registry=self.registry)
        self.ready.set(1)

    def answered(self, source: str, status: int, seconds: float) -> None:
        self._requests.labels(source, str(status)).inc()
        self._seconds.labels(source).observe(seconds)

    def kept(self, source: str, records: int, size: int) -> None:
        self._records.labels(source).inc(records)
        self._bytes.labels(source).inc(size)
        self._last.labels(source).set_to_current_time()

    def text(self) -> bytes:
        return generate_latest(self.registry)
