"""Law 3: arrival order does not matter."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from assets.pipeline import compute
from cli.laws.law import Finding
from expectations.judged import JudgedLakehouse
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops, quarantine, silver

BALANCE = [
    "book",
    "legal_entity_id",
    "contract_id",
    "obligation_id",
    "account",
    "currency",
    "service_period",
    "accounting_period",
]
SEED = 20


def order_does_not_matter(lake: Lakehouse) -> Finding:
    """The facts that were refreshed, in another order and all at once, give the same balances and marts."""
    as_of = refreshed_as_of(lake)
    if as_of is None:
        return Finding("not refreshed yet: there is nothing to compare")
    judged = JudgedLakehouse(lake.root, lake.storage_options)
    tables = (*silver.TABLES, *quarantine.TABLES)
    facts = {table.name: judged.scan(table).collect().sample(fraction=1.0, shuffle=True, seed=SEED) for table in tables}
    held = lake.scan(gold.JOURNAL).collect()
    # Under closes the journal's own closed periods are given; without them it must follow from the facts alone.
    log = lake.scan(ops.PERIOD_LOG).collect()
    base = held if log.height else gold.JOURNAL.empty()
    computed = compute(facts, log, base, as_of, datetime.now(UTC))
    breaches = []
    again = pl.concat([base, computed.pop("journal")])
    if moved := _different(_balances(held), _balances(again), BALANCE):
        breaches.append(f"{moved:,} balances of the journal differ when the facts arrive in another order")
    for name, frame in computed.items():
        table = next(table for table in gold.TABLES if table.name == name)
        if moved := _different(lake.scan(table).collect(), frame, table.column_names):
            breaches.append(f"{moved:,} rows of {table.qualified_name} differ when the facts arrive in another order")
    facts_read = sum(frame.height for frame in facts.values())
    return Finding(f"{facts_read:,} facts shuffled give the same balances and marts as of {as_of}", tuple(breaches))


def refreshed_as_of(lake: Lakehouse) -> date | None:
    """The day that the last refresh was told; None where there was none."""
    if not lake.exists(gold.TRIAL_BALANCE):
        return None
    for commit in lake.open(gold.TRIAL_BALANCE).history():
        if "as_of" in commit:
            return date.fromisoformat(commit["as_of"])
    return None


def _balances(journal: pl.DataFrame) -> pl.DataFrame:
    return journal.group_by(BALANCE).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)


def _different(one: pl.DataFrame, other: pl.DataFrame, on: list[str]) -> int:
    """Rows of either frame that the other does not have."""
    columns = [*on, *(c for c in one.columns if c not in on)]
    counted = [frame.select(columns).group_by(columns).len() for frame in (one, other)]
    both = [*columns, "len"]
    return (
        counted[0].join(counted[1], on=both, how="anti", nulls_equal=True).height
        + counted[1].join(counted[0], on=both, how="anti", nulls_equal=True).height
    )
