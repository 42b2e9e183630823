"""Invoice payments: since 2025-03-31, which payment settled which invoice."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.balances import OUT_OF_BAND
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import learnt, object_kind

UNPAID = ("open", "canceled")
PAYMENTS = ("payment.charge", "payment.payment_intent", "payment.payment_record")


def applications(reading: Reading) -> list[Fact]:
    """invoice_payment.paid: the cash is a charge, or the payment intent that groups its tries.

    An exported one that is open or cancelled has paid nothing. A payment record is a payment outside Stripe, of which no
    event tells but this: it is cash too.
    https://docs.stripe.com/api/invoice-payment/object
    """
    paid = ~pl.col("status").is_in(UNPAID).fill_null(False)
    reading.require("", "id", "invoice", "amount_paid", "currency", when=paid)
    reading.require_any("", PAYMENTS, when=paid)
    root = reading.root.filter(paid)
    settled = root.select(
        "_row",
        "currency",
        part=pl.lit("cash_applications"),
        object_id=reading.object_id("id"),
        effective_at=pl.coalesce("status_transitions.paid_at", "event_at"),
        cash_id=reading.object_id(pl.coalesce(PAYMENTS)),
        document_id=reading.object_id("invoice"),
        amount=major(pl.col("amount_paid"), units(pl.col("currency"))),
    )
    outside = root.filter(pl.col("payment.payment_record").is_not_null() & pl.coalesce(PAYMENTS[:2]).is_null())
    return [Fact(CASH_APPLICATIONS, settled), *learnt(Fact(CASH, _outside(settled.join(outside, on="_row", how="semi"))))]


def _outside(settled: pl.DataFrame) -> pl.DataFrame:
    return settled.select(
        "_row",
        "currency",
        "effective_at",
        "amount",
        part=pl.lit("cash"),
        object_id="cash_id",
        direction=pl.lit("in"),
        kind=pl.lit("payment"),
        status=pl.lit("succeeded"),
        method=pl.lit(OUT_OF_BAND),
    )


INVOICE_PAYMENT = object_kind(
    "invoice_payment",
    {
        "amount_paid": Leaf.MINOR,
        "currency": Leaf.CURRENCY,
        "invoice": Leaf.ID,
        "status": Leaf.TEXT,
        "payment": {"charge": Leaf.ID, "payment_intent": Leaf.ID, "payment_record": Leaf.ID},
        "status_transitions": {"paid_at": Leaf.TIME},
    },
    applications,
)
