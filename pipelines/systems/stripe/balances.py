"""What settles an invoice without a charge: the customer's credit balance, and money that came outside Stripe.

A balance is negative where we owe the customer. When an invoice is finalised Stripe applies the balance to it, or moves to
it what an invoice cannot collect: ending - starting = what was applied. https://docs.stripe.com/billing/customer/balance
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import object_kind

BALANCE, OUT_OF_BAND = "customer_balance", "out_of_band"

_GIVEN_BACK = "unapplied_from_invoice"
# The balance of a credit note is what the note itself says beyond its refunds.
_OF_A_NOTE = "credit_note"


def from_balance(reading: Reading, invoices: pl.DataFrame) -> pl.DataFrame:
    """The balance applied to each final invoice (in), or what of it was moved to the balance (out). A void gives it back.

    `invoices` are rows of invoices with object_id, status, unit and source_sequence.
    """
    applied = pl.col("ending_balance") - pl.col("starting_balance")
    moved = invoices.filter((pl.col("status") != "draft") & (applied != 0))
    return moved.select(
        "_row",
        "currency",
        "source_sequence",
        part=pl.lit("cash/balance"),
        object_id=_of_invoice(pl.col("object_id")),
        effective_at=pl.coalesce("status_transitions.finalized_at", "finalized_at", "date", "event_at"),
        direction=_direction(applied),
        kind=pl.lit(BALANCE),
        status=pl.when(pl.col("status") == "void").then(pl.lit("canceled")).otherwise(pl.lit("succeeded")),
        amount=major(applied.abs(), pl.col("unit")),
        customer_id=reading.object_id("customer"),
        document_id="object_id",
    )


def _of_invoice(invoice: pl.Expr) -> pl.Expr:
    return pl.concat_str(invoice, pl.lit(":balance"))


def _direction(applied: pl.Expr) -> pl.Expr:
    return pl.when(applied > 0).then(pl.lit("in")).otherwise(pl.lit("out"))


def out_of_band(reading: Reading, invoices: pl.DataFrame) -> pl.DataFrame:
    """Until 2025-03-31 an invoice said that it was paid outside Stripe: all that was due was. Since then a payment record
    says so (`applications`). https://docs.stripe.com/invoicing/integration/automatic-advancement-collection
    """
    due = pl.coalesce("amount_due", "total")
    paid = invoices.filter((pl.col("status") == "paid") & pl.col("paid_out_of_band") & (due > 0))
    return paid.select(
        "_row",
        "currency",
        "source_sequence",
        part=pl.lit("cash/out_of_band"),
        object_id=pl.concat_str("object_id", pl.lit(f":{OUT_OF_BAND}")),
        effective_at=pl.coalesce("status_transitions.paid_at", "event_at"),
        direction=pl.lit("in"),
        kind=pl.lit("payment"),
        status=pl.lit("succeeded"),
        amount=major(due, pl.col("unit")),
        method=pl.lit(OUT_OF_BAND),
        customer_id=reading.object_id("customer"),
        document_id="object_id",
    )


def balance_transactions(reading: Reading) -> list[Fact]:
    """An exported change of a customer's balance: of an invoice, the fact that the invoice tells too; else one of its own.

    Positive amounts lower what we owe. https://docs.stripe.com/api/customer_balance_transactions/object
    """
    reading.require("", "id", "amount", "currency", "customer", "type")
    rows = reading.root.filter((pl.col("type") != _OF_A_NOTE) & (pl.col("amount") != 0))
    given_back = pl.col("type") == _GIVEN_BACK
    applied = pl.when(given_back).then(-pl.col("amount")).otherwise("amount")
    return [
        Fact(
            CASH,
            rows.select(
                "_row",
                "currency",
                part=pl.lit("cash"),
                object_id=pl.coalesce(_of_invoice(reading.object_id("invoice")), reading.object_id("id")),
                effective_at="event_at",
                source_sequence=pl.when(given_back).then(4).otherwise(0),
                direction=_direction(applied),
                kind=pl.lit(BALANCE),
                status=pl.when(given_back).then(pl.lit("canceled")).otherwise(pl.lit("succeeded")),
                amount=major(applied.abs(), units(pl.col("currency"))),
                customer_id=reading.object_id("customer"),
                document_id=reading.object_id("invoice"),
                reason="type",
            ),
        )
    ]


BALANCE_TRANSACTION = object_kind(
    "customer_balance_transaction",
    {
        "amount": Leaf.MINOR,
        "currency": Leaf.CURRENCY,
        "customer": Leaf.ID,
        "invoice": Leaf.ID,
        "type": Leaf.TEXT,
    },
    balance_transactions,
)
