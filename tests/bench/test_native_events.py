"""The events that the benchmarks measure with are accepted, every one, into every table."""

from __future__ import annotations

from bench.native_events import FACT_TABLES, EventMaker
from tests.pipelines.systems.normalising import normalise_bytes


def test_every_event_becomes_a_fact_and_every_table_has_some() -> None:
    lines = EventMaker().lines("b", 200).splitlines()
    normalised = normalise_bytes(lines, "native")
    assert normalised.events.filter(disposition="mapped").height == len(lines)
    assert {name for name, rows in normalised.facts.items() if rows.height} == {t.qualified_name for t in FACT_TABLES}
