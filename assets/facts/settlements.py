"""Which payment settles which invoice, and how much of it.

Older feeds name the invoice on the payment; newer ones tell an application of its own, sometimes by the payment and
sometimes by the group of its tries, sometimes by both. One pair of payment and invoice counts once.
"""

from __future__ import annotations

import polars as pl

from assets.facts.state import latest
from assets.money.conversion import to_minor


def settlement_links(applications: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """Every pair of payment and document that the facts name: `event_id` (the payment), `document_id`, `applied`.

    An application counts with its amount, a bare mention of the invoice with the whole payment. Together they never
    exceed the payment: applications come first, then mentions, each in order of document.
    """
    paid = payments.select("event_id", "payment_group_id", "currency", "document_id", paid="amount")
    told = to_minor(latest(applications), "amount").select("cash_id", "document_id", "currency", applied="amount")
    keys = ["event_id", "document_id", "paid", "applied"]
    by_id = told.join(paid.drop("document_id"), left_on=["cash_id", "currency"], right_on=["event_id", "currency"])
    by_group = told.join(
        paid.drop("document_id"), left_on=["cash_id", "currency"], right_on=["payment_group_id", "currency"]
    )
    applied = pl.concat([by_id.rename({"cash_id": "event_id"}).select(keys), by_group.select(keys)])
    applied = applied.group_by("event_id", "document_id").agg(pl.col("paid", "applied").max())
    mentioned = paid.drop_nulls("document_id").join(applied, on=["event_id", "document_id"], how="anti")
    links = pl.concat(
        [
            applied.select(*keys, rank=pl.lit(0)),
            mentioned.with_columns(applied="paid").select(*keys, rank=pl.lit(1)),
        ]
    )
    # Most payments settle one document: only those of several are ordered and cumulated.
    of_several = links.get_column("event_id").is_duplicated()
    of_one = links.filter(~of_several).select("event_id", "document_id", pl.min_horizontal("applied", "paid"))
    ordered = links.filter(of_several).sort("event_id", "rank", "document_id")
    to_date = pl.min_horizontal(pl.col("applied").cum_sum().over("event_id"), "paid")
    capped = ordered.with_columns(to_date=to_date)
    before = pl.col("to_date").shift(1).over("event_id").fill_null(0)
    return pl.concat([of_one, capped.select("event_id", "document_id", applied=pl.col("to_date") - before)])


def settlements(links: pl.DataFrame, payments: pl.DataFrame, invoices: pl.DataFrame) -> pl.DataFrame:
    """What each payment settles of each counted invoice in its own currency, above zero.

    Returns event_id, document_id, applied, paid, effective_at, day, legal_entity_id, currency, customer_id.
    """
    known = invoices.select("document_id", "currency")
    dated = payments.select("event_id", "effective_at", "day", "legal_entity_id", "currency", "customer_id", paid="amount")
    joined = links.filter(pl.col("applied") > 0).join(dated, on="event_id").join(known, on=["document_id", "currency"])
    return joined.sort("event_id", "document_id")
