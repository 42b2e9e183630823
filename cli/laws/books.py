"""Laws 4 and 5: money is conserved, and a closed period never changes."""

from __future__ import annotations

import polars as pl

from assets.ledger.deferred_rollforward import MOVEMENT_OF
from assets.ledger.evidence import changed_evidence
from cli.laws.law import Finding
from expectations.chart import CASH_KINDS
from lakehouse.log_files import read_log
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops


def money_conserved(lake: Lakehouse) -> Finding:
    """Law 4: entries sum to zero, schedules to what was allocated, roll-forwards and balances close; no tolerance."""
    breaches: list[str] = []

    def count(text: str, rows: pl.LazyFrame) -> None:
        if found := rows.select(pl.len()).collect().item():
            breaches.append(f"{found:,} {text}")

    journal = lake.scan(gold.JOURNAL)
    count(
        "entries do not sum to zero",
        journal.group_by("entry_id", "currency", "functional_currency")
        .agg(pl.col("amount", "functional_amount").sum())
        .filter(pl.any_horizontal(pl.col("amount", "functional_amount") != 0)),
    )
    schedule = lake.scan(gold.RECOGNITION_SCHEDULE).group_by("obligation_id").agg(pl.col("amount").sum())
    obligations = lake.scan(gold.OBLIGATIONS).select(
        "obligation_id", due=pl.col("allocated_amount") - pl.col("returned_amount") - pl.col("unscheduled_amount")
    )
    count(
        "schedules do not sum to what was allocated less what was taken back",
        obligations.join(schedule, on="obligation_id", how="full", coalesce=True).filter(
            pl.col("amount").fill_null(0) != pl.col("due").fill_null(0)
        ),
    )
    count("lines of the trial balance do not close", _not_closing(lake))
    count("months of the roll-forward do not close", _roll_forward_open(lake))
    count("months of recurring revenue do not close", _mrr_open(lake))
    deferred = journal.filter(pl.col("account") == "DeferredRevenue").group_by("currency").agg(held=-pl.col("amount").sum())
    closing = (
        lake.scan(gold.DEFERRED_ROLLFORWARD)
        .sort("accounting_period")
        .group_by("book", "legal_entity_id", "currency", maintain_order=True)
        .agg(pl.col("closing").last())
        .group_by("currency")
        .agg(pl.col("closing").sum())
    )
    count(
        "currencies whose roll-forward does not end where the journal stands",
        deferred.join(closing, on="currency", how="full", coalesce=True).filter(
            pl.col("held").fill_null(0) != pl.col("closing").fill_null(0)
        ),
    )
    lines, entries = journal.select(pl.len(), pl.col("entry_id").n_unique().alias("entries")).collect().row(0)
    return Finding(
        f"{entries:,} entries of {lines:,} lines sum to zero; schedules and roll-forwards close", tuple(breaches)
    )


def _not_closing(lake: Lakehouse) -> pl.LazyFrame:
    balance = lake.scan(gold.TRIAL_BALANCE)
    return balance.filter(pl.col("opening") + pl.col("debit") - pl.col("credit") != pl.col("closing"))


def _roll_forward_open(lake: Lakehouse) -> pl.LazyFrame:
    moves = pl.sum_horizontal(*MOVEMENT_OF)
    return lake.scan(gold.DEFERRED_ROLLFORWARD).filter(pl.col("opening") + moves != pl.col("closing"))


def _mrr_open(lake: Lakehouse) -> pl.LazyFrame:
    moves = pl.sum_horizontal("new", "reactivation", "expansion", "contraction", "churn")
    return lake.scan(gold.MRR_BY_MONTH).filter(pl.col("opening") + moves != pl.col("closing"))


def closed_unchanged(lake: Lakehouse) -> Finding:
    """Law 5: what a close froze is what the journal holds today, and the journal's log removes nothing."""
    breaches: list[str] = []
    log = lake.scan(ops.PERIOD_LOG).sort("sequence").collect()
    scope = ["legal_entity_id", "book", "module"]
    last = log.group_by(*scope, "period", maintain_order=True).last() if log.height else log
    closed = last.filter(pl.col("action") == "close").select(*scope, "period", "sequence")
    of_cash = pl.col("event_kind").is_in(CASH_KINDS)
    frozen = lake.scan(ops.PERIOD_BALANCES).collect().join(closed, on=[*scope, "sequence"], how="semi")
    posted = (
        lake.scan(gold.JOURNAL)
        .with_columns(module=pl.when(of_cash).then(pl.lit("cash")).otherwise(pl.lit("revenue")), period="accounting_period")
        .group_by(*scope, "period", "account", "currency", "functional_currency")
        .agg(posted=pl.col("amount").sum(), functional_posted=pl.col("functional_amount").sum())
        .collect()
        .join(closed, on=[*scope, "period"], how="semi")
    )
    on = [*scope, "period", "account", "currency", "functional_currency"]
    amounts = ("amount", "posted", "functional_amount", "functional_posted")
    together = frozen.join(posted, on=on, how="full", coalesce=True).with_columns(pl.col(amounts).fill_null(0))
    moved = (pl.col("amount") != pl.col("posted")) | (pl.col("functional_amount") != pl.col("functional_posted"))
    if changed := together.filter(moved).height:
        breaches.append(f"{changed:,} balances of closed periods are not what the close froze")
    told = log.drop_nulls("evidence_sha256").select("evidence", "evidence_sha256")
    for folder, proof in told.iter_rows():
        breaches += [
            f"{name} of {folder} is not what it was at the close" for name in changed_evidence(lake, folder, proof)
        ]
    if removed := _removed_from_journal(lake):
        breaches.append(removed)
    return Finding(
        f"{closed.height:,} closed periods, {frozen.height:,} balances and {told.height:,} folders of evidence unchanged",
        tuple(breaches),
    )


def _removed_from_journal(lake: Lakehouse) -> str | None:
    if not lake.exists(gold.JOURNAL):
        return None
    handle = lake.open(gold.JOURNAL)
    if handle.metadata().configuration.get("delta.appendOnly") != "true":
        return "the journal is no longer append-only"
    changes = read_log(lake, gold.JOURNAL, 0, handle.version(), lenient=True)
    return "the journal's log removes data" if changes is not None and changes.rewritten else None
