"""What follows from what, as the sources themselves say it in the columns of their facts.

Deal, quote, contract, invoice, credit note, cash, refund and ledger entry each count as what they are: many to many.
"""

from __future__ import annotations

import polars as pl

from assets.facts.admission import Admitted
from assets.links.evidence import as_json
from assets.links.references import LINK
from lakehouse.tables import silver

RULE, APPLICATION = "stated", "cash_application"


def applications(admitted: Admitted) -> pl.DataFrame:
    """Cash and the document it settles: cash_id, document_id, and amount and currency where an application says them.

    An application may name the group of a payment's tries; then it is of each payment of the group that went through.
    """
    cash = admitted.states(silver.CASH).filter(status="succeeded")
    told = admitted.states(silver.CASH_APPLICATIONS)
    columns = ("cash_id", "document_id", "amount", "currency", "row_key")
    by_id = told.join(cash.select(cash_id="object_id"), on="cash_id", how="semi").select(columns)
    group = cash.select(payment="object_id", cash_id="payment_group_id").drop_nulls()
    by_group = told.join(group, on="cash_id").with_columns(cash_id="payment").select(columns)
    applied = pl.concat([by_id, by_group]).sort("row_key").unique(["cash_id", "document_id"], keep="first")
    mentioned = cash.drop_nulls("document_id").select("document_id", "row_key", cash_id="object_id")
    only_mentioned = mentioned.join(applied, on=["cash_id", "document_id"], how="anti")
    return pl.concat([applied, only_mentioned], how="diagonal").select(columns)


def payments_of(admitted: Admitted) -> pl.DataFrame:
    """Refunds and disputes with the payment they take back: cash_id and payment_id."""
    cash = admitted.states(silver.CASH)
    group = cash.filter(kind="payment", status="succeeded").drop_nulls("payment_group_id")
    by_group = group.group_by("payment_group_id").agg(of_group=pl.col("object_id").min())
    named = cash.filter(pl.col("kind") != "payment").join(by_group, on="payment_group_id", how="left")
    return named.select(cash_id="object_id", payment_id=pl.coalesce("payment_id", "of_group")).drop_nulls()


def stated_links(admitted: Admitted, things: pl.DataFrame, applied: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """Links in the shape of LINK between things that are both known."""
    quotes = admitted.states(silver.QUOTES)
    documents = admitted.states(silver.DOCUMENTS)
    entries = admitted.states(silver.LEDGER_ENTRIES)
    named = [
        _named(quotes, "quote", "object_id", "opportunity", "opportunity_id"),
        _named(quotes, "contract", "contract_id", "quote", "object_id"),
        _named(documents, "document", "object_id", "contract", "contract_id"),
        _named(documents, "document", "object_id", "document", "corrects_document_id"),
        _named(payments, "cash", "cash_id", "cash", "payment_id"),
        _named(entries, "ledger_entry", "entry_id", "document", "document_id"),
    ]
    settled = applied.select(
        a="cash_id",
        a_kind=pl.lit("cash"),
        b="document_id",
        b_kind=pl.lit("document"),
        rule=pl.lit(APPLICATION),
        confidence=pl.lit("certain"),
        evidence=as_json("amount", "currency", told_by="row_key"),
    )
    every = pl.concat([*named, settled]).unique(["a_kind", "a", "b_kind", "b"], keep="first", maintain_order=True)
    for side in ("a", "b"):
        known = things.select(pl.col("object_id").alias(side), pl.col("kind").alias(f"{side}_kind"))
        every = every.join(known, on=[side, f"{side}_kind"], how="semi", maintain_order="left")
    return every.select(LINK)


def _named(rows: pl.DataFrame, kind: str, column: str, of_kind: str, of_column: str) -> pl.DataFrame:
    says = of_column if of_column != "object_id" else column
    return rows.drop_nulls([column, of_column]).select(
        a=column,
        a_kind=pl.lit(kind),
        b=of_column,
        b_kind=pl.lit(of_kind),
        rule=pl.lit(RULE),
        confidence=pl.lit("certain"),
        evidence=as_json(column=pl.lit(says)),
    )
