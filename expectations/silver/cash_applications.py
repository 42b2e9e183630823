"""Which cash settles which document."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import Context, Read, silver_suite
from lakehouse.tables import silver


def with_document_currency(applications: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each application with `document_currency`; empty where the document has not come."""
    documents = (
        context[silver.DOCUMENTS.qualified_name]
        .select(document_id="object_id", document_currency="currency")
        .unique(subset="document_id", keep="any")
    )
    return applications.join(documents, on="document_id", how="left", maintain_order="left")


SUITE = silver_suite(
    silver.CASH_APPLICATIONS,
    holds("amount_not_negative", "An application settles nothing or more.", pl.col("amount") >= 0, shows=("amount",)),
    holds(
        "application_in_currency_of_document",
        "Cash settles a document in the document's currency.",
        pl.col("currency") == pl.col("document_currency"),
        shows=("document_id", "currency", "document_currency"),
    ),
    holds(
        "cash_is_not_the_document",
        "Cash and the document that it settles are two things.",
        pl.col("cash_id") != pl.col("document_id"),
        shows=("cash_id", "document_id"),
    ),
    prepare=with_document_currency,
    reads=(Read(silver.DOCUMENTS, ("object_id", "currency"), on=(("document_id", "object_id"),), settles=True),),
)
