"""Which invoices a refund or dispute takes back from: those that its payment settled, in proportion."""

from __future__ import annotations

import polars as pl

from assets.money.rounding import share


def split_by_invoice(withdrawals: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    """One row for each refund or dispute and each invoice that its payment settled, with `taken` of that invoice.

    A payment that settled several invoices, or only in part, is taken back in proportion to what each got, by cumulative
    rounding in order of document. Minor units.
    """
    weights = settled.select(
        "document_id", "paid", "applied", paid_by="event_id", up_to=pl.col("applied").cum_sum().over("event_id")
    )
    joined = withdrawals.drop("document_id").join(weights, on="paid_by")
    cumulative = share(pl.col("amount"), pl.col("up_to"), pl.col("paid"))
    before = share(pl.col("amount"), pl.col("up_to") - pl.col("applied"), pl.col("paid"))
    return joined.with_columns(taken=cumulative - before).drop("up_to", "paid", "applied")


def not_of_an_invoice(withdrawals: pl.DataFrame, split: pl.DataFrame) -> pl.DataFrame:
    """The part of each refund or dispute that belongs to no counted invoice, in `amount`, where there is any."""
    keys = ["event_id", "effective_at"]
    taken = split.group_by(keys).agg(pl.col("taken").sum())
    rest = withdrawals.join(taken, on=keys, how="left").with_columns(amount=pl.col("amount") - pl.col("taken").fill_null(0))
    return rest.drop("taken").filter(pl.col("amount") != 0)
