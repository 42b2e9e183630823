"""Laws 1 and 2: events are conserved, and each reaches silver exactly once."""

from __future__ import annotations

import polars as pl

from cli.laws.law import Finding
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, quarantine, silver

REGISTER = silver.SOURCE_EVENTS
FACTS = [table for table in silver.TABLES if table is not REGISTER]
PLACE = ["source", "split", "position"]
EVENT = ["source", "source_event_id"]


def conserved(lake: Lakehouse) -> Finding:
    """Law 1: received = accepted + duplicate + quarantined + unmapped, by what the tables hold.

    Every record of bronze is the first or a repeat of a registered event with the same content, or stands in quarantine
    under the place it was read from; every registered event was received.
    """
    received = lake.scan(bronze.EVENTS).select(*PLACE, "source_event_id", "content_hash").collect()
    register = lake.scan(REGISTER).select(*EVENT, "content_hash", "disposition").collect()
    rejected = lake.scan(quarantine.REJECTED).filter(pl.col("stage") == "ingest").select(*PLACE).unique().collect()
    known = received.join(register, on=[*EVENT, "content_hash"], how="semi")
    unknown = received.join(register, on=[*EVENT, "content_hash"], how="anti")
    quarantined = unknown.join(rejected, on=PLACE, how="semi").height
    lost = unknown.height - quarantined
    invented = register.join(received, on=[*EVENT, "content_hash"], how="anti").height
    twice = received.height - received.select(pl.struct(PLACE).n_unique()).item()
    both = known.join(rejected, on=PLACE, how="semi").height
    unmapped = register.filter(pl.col("disposition") == "unmapped").height
    breaches = [
        (lost, "records are in bronze but neither registered nor in quarantine"),
        (invented, "registered events are not in bronze"),
        (twice, "places were read into bronze twice"),
        (both, "records are both registered and in quarantine"),
    ]
    evidence = (
        f"{received.height:,} received = {register.height - unmapped:,} accepted + {unmapped:,} unmapped "
        f"+ {known.height - register.height + invented:,} duplicate + {quarantined:,} quarantined"
    )
    return Finding(evidence, tuple(f"{count:,} {text}" for count, text in breaches if count))


def exactly_once(lake: Lakehouse) -> Finding:
    """Law 2: each key once in every silver table, and every registered event with all the rows it yields."""
    breaches: list[str] = []
    rows = 0
    counted = []
    for table in silver.TABLES:
        keys = lake.scan(table).select("row_key", *EVENT).collect()
        rows += keys.height
        if twice := keys.height - keys.get_column("row_key").n_unique():
            breaches.append(f"{twice:,} rows of {table.qualified_name} repeat a key")
        if table is not REGISTER:
            counted.append(keys.select(EVENT))
    found = pl.concat(counted).group_by(EVENT).len("found")
    expected = lake.scan(REGISTER).select(*EVENT, "fact_count").collect()
    together = expected.join(found, on=EVENT, how="full", coalesce=True).with_columns(
        pl.col("fact_count", "found").fill_null(0)
    )
    if wrong := together.filter(pl.col("fact_count") != pl.col("found")).height:
        breaches.append(f"{wrong:,} events do not have the rows in silver that the register says")
    return Finding(f"{rows:,} rows in {len(silver.TABLES)} silver tables, each key once", tuple(breaches))
