"""Charges and refunds: money in, and money given back, and what Stripe took for it.

A charge named its invoice until 2025-03-31; since then an invoice payment does (`applications`). Until 2022-11-15 a charge
listed its refunds.

What was authorised and not captured is told as refunded, and listed as a refund, though no money came and none went
(https://docs.stripe.com/payments/place-a-hold-on-a-payment-method): it is no refund here.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from lakehouse.tables.silver import CASH
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.stripe.fees import fee_of, with_settlement
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import learnt, object_kind, references

REFUNDS = "refunds.data"

_CHARGE_STATUSES = ("succeeded", "pending", "failed")
_REFUND_STATUSES = {
    "succeeded": "succeeded",
    "pending": "pending",
    "requires_action": "pending",
    "failed": "failed",
    "canceled": "canceled",
}


def settled(status: str = "status") -> pl.Expr:
    """Within one second what is settled comes after what is pending; see `reading.LIFE`."""
    return (pl.col(status) != "pending").cast(pl.Int64)


def charges(reading: Reading) -> list[Fact]:
    """charge.*: a payment. One that is authorised and not captured is pending: no money has moved."""
    reading.require("", "id", "amount", "currency", "created")
    reading.require_any("", ["status", "paid"])
    reading.allow("", "status", _CHARGE_STATUSES)
    reading.refuse("", "amount", pl.col("amount") < 0)
    unit = units(pl.col("currency"))
    captured = _captured()
    amount = pl.when(captured & (pl.col("amount_captured") > 0)).then("amount_captured").otherwise("amount")
    payments = reading.root.with_columns(status=_charge_status(captured)).select(
        "_row",
        "status",
        "currency",
        part=pl.lit("cash"),
        object_id=reading.object_id("id"),
        effective_at="created",
        source_sequence=settled(),
        direction=pl.lit("in"),
        kind=pl.lit("payment"),
        amount=major(amount, unit),
        amount_refunded=major((pl.col("amount_refunded") - _released()).clip(0), unit),
        method=pl.coalesce("payment_method_details.type", "source.object"),
        customer_id=reading.object_id("customer"),
        document_id=reading.object_id("invoice"),
        payment_group_id=reading.object_id("payment_intent"),
        reason="failure_code",
    )
    root = reading.root.with_columns(object_id=reading.object_id("id"), effective_at="created")
    settled_rows = with_settlement(payments, root)
    return [
        Fact(CASH, settled_rows),
        *learnt(Fact(CASH, fee_of(reading, root, "object_id"))),
        *references(
            root,
            "cash",
            ("same_as", "payment_intent", "payment_intent"),
            ("names", "email", "receipt_email"),
            ("names", "email_billed", "billing_details.email"),
        ),
    ]


def _captured() -> pl.Expr:
    return pl.col("captured").fill_null(True)


def _released() -> pl.Expr:
    """What of a charge was authorised and given up: all that was not captured."""
    in_part = pl.when(pl.col("amount_captured") > 0).then(pl.col("amount") - pl.col("amount_captured"))
    return pl.when(_captured()).then(in_part).otherwise("amount").fill_null(0)


def _charge_status(captured: pl.Expr) -> pl.Expr:
    """Before 2014 a charge had no status but was paid or not."""
    status = pl.coalesce("status", pl.when(pl.col("paid")).then(pl.lit("succeeded")).otherwise(pl.lit("failed")))
    given_up = pl.col("refunded").fill_null(False) | (pl.col("event_type") == "charge.expired")
    return (
        pl.when((status != "succeeded") | captured)
        .then(status)
        .when(given_up)
        .then(pl.lit("canceled"))
        .otherwise(pl.lit("pending"))
    )


def refunded_charges(reading: Reading) -> list[Fact]:
    """charge.refunded: the payment, and each refund that it lists, the latest first."""
    told = reading.with_frame("", reading.root.with_columns(released=_released(), captured=_captured()))
    refunds = told.of_root(
        reading.frames[REFUNDS],
        released="released",
        captured="captured",
        charge_id="id",
        of_charge="currency",
        charge_customer="customer",
        charge_invoice="invoice",
        charge_intent="payment_intent",
    ).with_columns(
        # Until 2014 a refund had no id.
        id=pl.coalesce("id", pl.format("{}:refund:{}", "charge_id", "_n")),
        charge=pl.coalesce("charge", "charge_id"),
        currency=pl.coalesce("currency", "of_charge"),
        payment_intent=pl.coalesce("payment_intent", "charge_intent"),
        part=pl.format("cash/{}", "_n"),
        customer="charge_customer",
        invoice="charge_invoice",
    )
    first = pl.col("_n") == pl.col("_n").max().over("_row")
    gave_up = ~pl.col("captured") | (first & (pl.col("amount") == pl.col("released")) & (pl.col("released") > 0)).fill_null(
        False
    )
    listed = reading.with_frame(REFUNDS, refunds.filter(~gave_up))
    return [*charges(reading), _refunds(listed, REFUNDS)]


def refunds(reading: Reading) -> list[Fact]:
    """refund.created, .updated, .failed and charge.refund.updated."""
    none = pl.lit(None, pl.String)
    root = reading.root.with_columns(part=pl.lit("cash"), customer=none, invoice=none)
    own = root.with_columns(object_id=reading.object_id("id"), effective_at="created", paid_by=reading.object_id("charge"))
    refund = _refunds(reading.with_frame("", root), "")
    return [
        replace(refund, rows=with_settlement(refund.rows, own)),
        *learnt(Fact(CASH, fee_of(reading, own, "paid_by"))),
        *references(own, "cash"),
    ]


def _refunds(reading: Reading, path: str) -> Fact:
    reading.require(path, "id", "amount", "currency", "created")
    reading.require_any(path, ["charge", "payment_intent"])
    reading.allow(path, "status", _REFUND_STATUSES)
    reading.refuse(path, "amount", pl.col("amount") < 0)
    # Until 2014 a refund had no status; it had succeeded.
    status = pl.col("status").replace_strict(_REFUND_STATUSES, default="succeeded", return_dtype=pl.String)
    found = reading.frames[path].with_columns(status=status)
    return Fact(
        CASH,
        found.select(
            "_row",
            "part",
            "status",
            "currency",
            object_id=reading.object_id("id"),
            effective_at="created",
            source_sequence=settled(),
            direction=pl.lit("out"),
            kind=pl.lit("refund"),
            amount=major(pl.col("amount"), units(pl.col("currency"))),
            customer_id=reading.object_id("customer"),
            document_id=reading.object_id("invoice"),
            payment_id=reading.object_id("charge"),
            payment_group_id=reading.object_id("payment_intent"),
            reason=pl.coalesce("failure_reason", "reason"),
        ),
    )


_REFUND: Shape = {
    "id": Leaf.ID,
    "status": Leaf.TEXT,
    "amount": Leaf.MINOR,
    "currency": Leaf.CURRENCY,
    "created": Leaf.TIME,
    "charge": Leaf.ID,
    "payment_intent": Leaf.ID,
    "reason": Leaf.TEXT,
    "failure_reason": Leaf.TEXT,
}

_CHARGE: Shape = {
    "status": Leaf.TEXT,
    "paid": Leaf.FLAG,
    "captured": Leaf.FLAG,
    "refunded": Leaf.FLAG,
    "amount": Leaf.MINOR,
    "amount_captured": Leaf.MINOR,
    "amount_refunded": Leaf.MINOR,
    "currency": Leaf.CURRENCY,
    "created": Leaf.TIME,
    "customer": Leaf.ID,
    "invoice": Leaf.ID,
    "payment_intent": Leaf.ID,
    "failure_code": Leaf.TEXT,
    "payment_method_details": {"type": Leaf.TEXT},
    "source": {"object": Leaf.TEXT},
    "balance_transaction": Leaf.JSON,
    "receipt_email": Leaf.TEXT,
    "billing_details": {"email": Leaf.TEXT},
    "metadata": Leaf.JSON,
}

CHARGE = object_kind("charge", _CHARGE, charges)
REFUNDED_CHARGE = object_kind("charge", {**_CHARGE, "refunds": {"data": [_REFUND]}}, refunded_charges)
REFUND = object_kind("refund", {**_REFUND, "balance_transaction": Leaf.JSON, "metadata": Leaf.JSON}, refunds)
