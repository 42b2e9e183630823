"""What settles an invoice beside payments, and invoices that are excluded.

A credit balance is a payment and no discount: revenue stays whole
(https://docs.stripe.com/revenue-recognition/examples/contra). A debt of before that an invoice asks for is taken over by
the balance: it raises what is open. An invoice paid out of band is settled by money that we never saw, ExternalAsset.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from assets.facts.entities import with_accounting_days
from assets.facts.invoices import Documents

BY_CASH, BY_BALANCE, OUT_OF_BAND = "Cash", "CustomerBalance", "ExternalAsset"
_SHAPE = ("event_id", "document_id", "applied", "paid", "effective_at", "day", "legal_entity_id", "currency", "customer_id")


def settled_otherwise(
    documents: Documents, settled: pl.DataFrame, balances: pl.DataFrame, zones: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Settlements with `money`, the account that paid: those by cash, by the customer's balance, and out of band.

    `applied` is negative where the balance took over what the customer owed.
    """
    known = documents.invoices.select("document_id", "currency")
    sign = pl.when(direction="in").then(1).otherwise(-1)
    of_balance = balances.join(known, on=["document_id", "currency"], how="semi").with_columns(
        applied=sign * pl.col("amount"), paid=sign * pl.col("amount"), money=pl.lit(BY_BALANCE)
    )
    by_cash = settled.with_columns(money=pl.lit(BY_CASH))
    told = pl.concat([by_cash.select(*_SHAPE, "money"), of_balance.select(*_SHAPE, "money")])
    return pl.concat([told, _out_of_band(documents, told, zones, as_of)]).sort("event_id", "document_id")


def _out_of_band(documents: Documents, told: pl.DataFrame, zones: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """What was open of invoices when they were marked as paid outside: total less payments and credit notes before."""
    outside = documents.invoices.filter(pl.col("paid_out_of_band").fill_null(False) & (pl.col("status") == "paid"))
    moments = outside.with_columns(effective_at=pl.coalesce("paid_at", "effective_at"))
    dated = with_accounting_days(moments, zones, {"day": "effective_at"}).filter(pl.col("day") <= as_of)
    applied = told.group_by("document_id").agg(pl.col("applied").sum())
    notes = documents.credit_notes.join(
        dated.select(corrects_document_id="document_id", paid_at="effective_at"),
        on="corrects_document_id",
        suffix="_of_invoice",
    )
    before = (
        notes.filter(pl.col("issued_at") <= pl.col("paid_at_of_invoice"))
        .group_by(document_id="corrects_document_id")
        .agg(credited=(pl.col("total") - pl.col("amount_paid").fill_null(0)).sum())
    )
    joined = dated.join(applied, on="document_id", how="left").join(before, on="document_id", how="left")
    rest = pl.col("total") - pl.col("applied").fill_null(0) - pl.col("credited").fill_null(0)
    return (
        joined.with_columns(applied=rest.clip(0), paid=rest.clip(0), event_id="document_id", money=pl.lit(OUT_OF_BAND))
        .filter(pl.col("applied") > 0)
        .select(*_SHAPE, "money")
    )


def without_excluded(documents: Documents, exclusions: pl.DataFrame, settled: pl.DataFrame) -> Documents:
    """Documents less the invoices that were excluded before anything was paid: they leave no trace.

    Of those that were paid, `excluded_at` says when revenue turns into a gain
    (https://stripe.com/docs/revenue-recognition/examples).
    """
    told = exclusions.select("document_id", excluded_at="effective_at", excluded_on="day")
    marked = documents.invoices.join(told, on="document_id", how="left", maintain_order="left")
    paid = settled.join(told, on="document_id").filter(pl.col("effective_at") <= pl.col("excluded_at"))
    gone = marked.filter(pl.col("excluded_at").is_not_null()).join(paid, on="document_id", how="anti")
    if gone.is_empty():
        return replace(documents, invoices=marked)
    kept = marked.join(gone, on="document_id", how="anti")
    return replace(documents, invoices=kept, lines=documents.lines.join(kept, on="document_id", how="semi"))
