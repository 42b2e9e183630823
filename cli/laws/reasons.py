"""Laws 6 and 7: every number has a reason, and nothing passes a gate it failed."""

from __future__ import annotations

import polars as pl

from cli.laws.derivation import silver_follows_from_bronze
from cli.laws.law import Finding
from cli.laws.live import live_figures_follow_from_silver
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, gold, ops, quarantine, silver

EVENT = ["source", "source_event_id"]
# What an event of the journal may be: something that happened, or a contract or line whose time has come.
SPOKEN_OF = (silver.DOCUMENTS, silver.CASH, silver.CONTRACTS, silver.CONTRACT_LINES, silver.COSTS)


def every_number_has_a_reason(lake: Lakehouse) -> Finding:
    """Law 6: journal line -> obligation, document, cash -> silver row -> registered event -> bronze record."""
    breaches: list[str] = []

    def orphans(text: str, of: pl.LazyFrame, on: str, among: pl.LazyFrame) -> None:
        if count := of.filter(pl.col(on) != "-").join(among, on=on, how="anti").select(pl.len()).collect().item():
            breaches.append(f"{count:,} {text}")

    journal = lake.scan(gold.JOURNAL)
    obligations = lake.scan(gold.OBLIGATIONS)
    objects = pl.concat(
        [
            *(lake.scan(table).select(event_id="object_id") for table in SPOKEN_OF),
            lake.scan(silver.MANUAL_ENTRIES).select(event_id="entry_id"),
        ]
    ).unique()
    known_events = lake.scan(silver.SOURCE_EVENTS).select(EVENT)
    # A refund known only by its payment's running total is named after the payment.
    happened = journal.select(pl.col("event_id").str.replace(":unitemised$", "")).unique()
    orphans("journal events are no document, cash or manual entry of silver", happened, "event_id", objects)
    orphans(
        "obligations with a balance in the journal are not among the obligations",
        journal.group_by("obligation_id", "account", "currency")
        .agg(pl.col("amount").sum())
        .filter(pl.col("amount") != 0)
        .select(pl.col("obligation_id").unique()),
        "obligation_id",
        obligations.select("obligation_id"),
    )
    orphans(
        "obligations name no line of silver",
        obligations.select(row_key="source_row_key"),
        "row_key",
        pl.concat([lake.scan(table).select("row_key") for table in (silver.DOCUMENT_LINES, silver.CONTRACT_LINES)]),
    )
    received = lake.scan(bronze.EVENTS).select(EVENT).unique()
    if count := known_events.join(received, on=EVENT, how="anti").select(pl.len()).collect().item():
        breaches.append(f"{count:,} registered events have no record in bronze")
    for table in silver.TABLES:
        if count := lake.scan(table).join(known_events, on=EVENT, how="anti").select(pl.len()).collect().item():
            breaches.append(f"{count:,} rows of {table.qualified_name} come from no registered event")
    lines = journal.select(pl.len()).collect().item()
    ground, live = silver_follows_from_bronze(lake), live_figures_follow_from_silver(lake)
    return Finding(
        f"{lines:,} journal lines traced to events; {ground.evidence}; {live.evidence}",
        (*breaches, *ground.breaches, *live.breaches),
    )


def gates_hold(lake: Lakehouse) -> Finding:
    """Law 7: no row that failed its gate and did not pass later stands behind a gold row; no gold table failed its last."""
    breaches: list[str] = []
    waiting = (
        lake.scan(quarantine.REJECTED)
        .filter(pl.col("stage") == "gate")
        .join(lake.scan(quarantine.RESOLUTIONS).filter(outcome="replayed"), on="quarantine_key", how="anti")
        .select("row_key")
    )
    for table in (gold.OBLIGATIONS, gold.CONTRACTS):
        passed = lake.scan(table).select(row_key="source_row_key").join(waiting, on="row_key", how="semi")
        if count := passed.select(pl.len()).collect().item():
            breaches.append(f"{count:,} rows of {table.qualified_name} rest on a row that failed its gate")
    latest = (
        lake.scan(ops.GATE_RESULTS)
        .sort("judged_at")
        .group_by("table_name", "expectation", maintain_order=True)
        .last()
        .collect()
    )
    failed = latest.filter(
        (pl.col("severity") == "critical") & ~pl.col("success") & pl.col("table_name").str.starts_with("gold.")
    )
    breaches += [f"{row['table_name']} failed '{row['description']}'" for row in failed.iter_rows(named=True)]
    count = waiting.select(pl.len()).collect().item()
    return Finding(f"{latest.height:,} expectations judged, {count:,} rows kept back", tuple(breaches))
