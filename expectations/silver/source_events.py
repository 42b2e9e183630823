"""The register of events: every event that was received is whole, or nothing downstream is computed."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, of_table, remedied, zero
from expectations.suite import Context, Read, silver_suite
from lakehouse.tables import bronze, silver

EVENT = ("source", "source_event_id")
SAME_EVENT = (("source", "source"), ("source_event_id", "source_event_id"))
FACT_TABLES = tuple(table for table in silver.TABLES if table is not silver.SOURCE_EVENTS)


def with_facts_held(events: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each event with `facts_held`, the rows that the other silver tables hold of it, and `arrived`.

    Bronze is committed last: an event that is not in it yet may still be on its way, so it waits and does not fail.
    """
    facts = pl.concat([context[table.qualified_name].select(EVENT) for table in FACT_TABLES])
    held = facts.group_by(EVENT).agg(facts_held=pl.len().cast(pl.Int64))
    arrived = context[bronze.EVENTS.qualified_name].select(EVENT).unique().with_columns(arrived=pl.lit(True))
    return (
        events.join(held, on=EVENT, how="left", maintain_order="left")
        .join(arrived, on=EVENT, how="left", maintain_order="left")
        .with_columns(pl.col("facts_held").fill_null(0), pl.col("arrived").fill_null(False))
    )


SUITE = silver_suite(
    silver.SOURCE_EVENTS,
    of_table(
        remedied(
            zero(
                "register_agrees_with_facts",
                "Every event has as many facts in silver as its register says: none was lost, none came twice.",
                pl.when("arrived").then(pl.col("facts_held") - pl.col("fact_count")),
                shows=("source_event_id", "fact_count", "facts_held"),
            ),
            "Run `rtr verify` to see which table changed, then restore it or ingest the event again.",
        )
    ),
    holds(
        "unmapped_event_has_no_facts",
        "An event of a type that carries no revenue has no facts.",
        (pl.col("disposition") != "unmapped") | (pl.col("fact_count") == 0),
        shows=("event_type", "fact_count"),
    ),
    holds(
        "fact_count_not_negative",
        "An event has no facts or more.",
        pl.col("fact_count") >= 0,
        shows=("fact_count",),
    ),
    prepare=with_facts_held,
    reads=(
        Read(bronze.EVENTS, EVENT, on=SAME_EVENT, settles=True, recent=True),
        *(Read(table, EVENT, on=SAME_EVENT, recent=True) for table in FACT_TABLES),
    ),
)
