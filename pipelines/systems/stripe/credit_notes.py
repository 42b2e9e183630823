"""Credit notes: documents that correct an invoice.

Older versions name the one refund that a credit note made, newer ones list refunds with their amounts.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import DOCUMENTS
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import object_kind, references

STATUSES = ("issued", "void")
TAX_LISTS = ("total_taxes", "tax_amounts")


def credit_notes(reading: Reading) -> list[Fact]:
    """credit_note.created, .updated, .voided. `amount_paid` is what was refunded in cash; that refund is its own fact."""
    reading.require("", "id", "invoice", "total", "currency", "status")
    reading.allow("", "status", STATUSES)
    void = pl.col("status") == "void"
    root = reading.root.with_columns(unit=units(pl.col("currency")), refunded=_refunded(reading), all_tax=_tax(reading))
    root = root.with_columns(object_id=reading.object_id("id"), effective_at="event_at")
    unit = pl.col("unit")
    return [
        Fact(
            DOCUMENTS,
            root.select(
                "_row",
                "object_id",
                "effective_at",
                "number",
                "currency",
                part=pl.lit("documents"),
                source_sequence=void.cast(pl.Int64),
                kind=pl.lit("credit_note"),
                status=pl.when(void).then(pl.lit("void")).otherwise(pl.lit("paid")),
                reason_code="reason",
                customer_id=reading.object_id(pl.coalesce("customer", "customer_account")),
                corrects_document_id=reading.object_id("invoice"),
                issued_at=pl.coalesce("created", "event_at"),
                voided_at=pl.when(void).then(pl.coalesce("voided_at", "event_at")),
                subtotal=major(pl.col("total") - pl.col("all_tax"), unit),
                tax=major(pl.col("all_tax"), unit),
                total=major(pl.col("total"), unit),
                amount_paid=major(pl.col("refunded"), unit),
                amount_remaining=major(pl.col("total") - pl.col("refunded"), unit),
            ),
        ),
        *references(root, "document", ("same_as", "credit_note_number", "number")),
    ]


def _listed(reading: Reading, path: str, leaf: str) -> pl.Series:
    """Sum of a list by credit note; null where there is none."""
    reading.require(path, leaf)
    sums = reading.frames[path].group_by("_row").agg(pl.col(leaf).sum())
    return reading.root.select("_row").join(sums, on="_row", how="left", maintain_order="left").get_column(leaf)


def _refunded(reading: Reading) -> pl.Expr:
    """An older credit note that names a refund refunded all that was not settled outside Stripe."""
    whole = pl.when(pl.col("refund").is_not_null()).then(pl.col("total") - pl.col("out_of_band_amount").fill_null(0))
    return pl.coalesce(_listed(reading, "refunds", "amount_refunded"), whole, pl.lit(0, pl.Int64))


def _tax(reading: Reading) -> pl.Expr:
    without = pl.col("total") - pl.col("total_excluding_tax")
    return pl.coalesce(*(_listed(reading, path, "amount") for path in TAX_LISTS), without, pl.lit(0, pl.Int64))


_SHAPE: Shape = {
    "status": Leaf.TEXT,
    "number": Leaf.TEXT,
    "reason": Leaf.TEXT,
    "currency": Leaf.CURRENCY,
    "customer": Leaf.ID,
    "customer_account": Leaf.ID,
    "invoice": Leaf.ID,
    "created": Leaf.TIME,
    "voided_at": Leaf.TIME,
    "total": Leaf.MINOR,
    "total_excluding_tax": Leaf.MINOR,
    "out_of_band_amount": Leaf.MINOR,
    "refund": Leaf.ID,
    "metadata": Leaf.JSON,
    "refunds": [{"amount_refunded": Leaf.MINOR}],
    "tax_amounts": [{"amount": Leaf.MINOR}],
    "total_taxes": [{"amount": Leaf.MINOR}],
}

CREDIT_NOTE = object_kind("credit_note", _SHAPE, credit_notes)
