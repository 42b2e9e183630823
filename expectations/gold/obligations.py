"""Performance obligations: nothing is taken back that was not promised, and an invoice is promised whole."""

from __future__ import annotations

import polars as pl

from expectations.controls import units, within
from expectations.expectation import holds, warns, zero
from expectations.silver.policies import RECOGNITION_METHODS
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold, silver

# The state of a document is its latest row by this order.
ORDER = ("effective_at", "source_sequence", "known_at", "row_key")


def invoices(obligations: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each invoice with what its obligations sum to, its total and its tax as the source states them."""
    stated = (
        context[silver.DOCUMENTS.qualified_name]
        .sort(ORDER, nulls_last=False)
        .unique(subset="object_id", keep="last")
        .select(document_id="object_id", total="total", tax="tax")
    )
    promised = obligations.group_by("document_id").agg(promised=pl.col("allocated_amount").sum())
    return promised.join(stated, on="document_id", how="left")


SUITE = gold_suite(
    gold.OBLIGATIONS,
    holds(
        "returned_within_allocated",
        "No more of an obligation is taken back than was allocated to it.",
        within(units(pl.col("returned_amount")), units(pl.col("allocated_amount"))),
        shows=("obligation_id", "allocated_amount", "returned_amount"),
    ),
    holds(
        "service_in_order",
        "Service ends no earlier than it begins.",
        pl.col("service_to") >= pl.col("service_from"),
        shows=("obligation_id", "service_from", "service_to"),
    ),
    holds(
        "recognition_method_is_known",
        "An obligation is recognised by a method that the policies allow.",
        pl.col("recognition_method").is_in(RECOGNITION_METHODS),
        shows=("obligation_id", "recognition_method"),
    ),
    grains=(
        grain(
            ("document_id",),
            invoices,
            warns(
                zero(
                    "invoice_is_promised_whole",
                    "The obligations of an invoice and its tax sum to its total.",
                    pl.col("promised") + pl.col("tax") - pl.col("total"),
                    shows=("document_id", "promised", "tax", "total"),
                )
            ),
        ),
    ),
    reads=(Read(silver.DOCUMENTS, ("object_id", "total", "tax", *ORDER), on=(("document_id", "object_id"),)),),
)
