"""What waits in the ledger: entries and receivables without a rate, and manual entries that are not whole."""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.facts.pending import waiting
from assets.ledger.desired import Desired
from assets.ledger.postings import NONE
from assets.money.conversion import to_major
from lakehouse.tables import gold

_MISSING = "missing"


def all_pending(observed: Observed, desired: Desired) -> pl.DataFrame:
    """gold.pending_facts: what the observation holds back, and what the ledger does; the first reason of a fact counts."""
    unrated = _with_fact(desired.waiting.rename({"event_id": "told_by"}), observed, "day")
    about = pl.when(pl.col("document_id") == NONE).then("contract_id").otherwise("document_id")
    unrestated = _with_fact(desired.unrestated.with_columns(told_by=about, amount="open"), observed, "day")
    loose = observed.ledger.unbalanced
    rows = [observed.pending]
    for frame in (unrated, unrestated):
        for table in frame.get_column("table_name").unique().sort():
            told = frame.filter(table_name=table)
            rows.append(_major(waiting(told, table, _MISSING, object_id="told_by", waits_for="waits_for", amount="amount")))
    rows.append(
        _major(waiting(loose, "manual_entries", _MISSING, object_id="object_id", waits_for="entry_id", amount="amount"))
    )
    once = pl.concat(rows).unique(subset=["table_name", "row_key"], keep="first", maintain_order=True)
    return once.sort("table_name", "row_key")


def _with_fact(rows: pl.DataFrame, observed: Observed, day: str) -> pl.DataFrame:
    """Each event once, with the row of silver that told it and the rate that it waits for."""
    rate = pl.concat_str(pl.col("currency"), pl.lit("/"), pl.col("functional_currency"), pl.lit(" of "), pl.col(day))
    named = rows.with_columns(waits_for=rate)
    first = named.group_by("told_by", "currency").agg(pl.col("waits_for").min(), pl.col("amount").abs().max())
    return first.join(_facts(observed), on="told_by", how="inner")


def _facts(observed: Observed) -> pl.DataFrame:
    """Every document, cash, manual entry, contract and its lines and costs: `told_by` (object id), row_key, table_name."""
    ledger = observed.ledger
    documents = [observed.invoices, observed.credit_notes]
    cash = [observed.payments, observed.withdrawn, observed.loose, observed.reversals]
    cash += [ledger.kept, ledger.balances, ledger.settlements]
    told = [frame.select("row_key", told_by="document_id", table_name=pl.lit("documents")) for frame in documents]
    told += [frame.select("row_key", told_by="event_id", table_name=pl.lit("cash")) for frame in cash]
    told.append(ledger.manual.select("row_key", told_by="entry_id", table_name=pl.lit("manual_entries")))
    agreed = observed.agreed
    for name, frame in (("contracts", agreed.contracts), ("contract_lines", agreed.lines), ("costs", agreed.costs)):
        told.append(frame.reverse().select("row_key", told_by="object_id", table_name=pl.lit(name)))
    return pl.concat(told).unique("told_by", keep="first", maintain_order=True)


def _major(rows: pl.DataFrame) -> pl.DataFrame:
    return gold.PENDING_FACTS.conform(to_major(rows, "amount"))
