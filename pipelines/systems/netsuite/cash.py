"""Customer payments and refunds: money in and out, and what it settles.

A payment is applied to invoices, one by one; what it applies of credits is not cash, and the rules cap what it settles at
its amount. A refund pays out credit memos.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS
from pipelines.systems.bookkeeping import common, reference
from pipelines.systems.facts import Fact
from pipelines.systems.netsuite.records import APPLIED, ENTITY, REFERENCE, TRANSACTION, VOIDED, applied, kinds, ref, state
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

_OF_RECORD = ("_id", "_gone", "_sequence", "event_at", "tranDate", "currency")


def payments(reading: Reading) -> list[Fact]:
    """customerPayment: the cash, and one application an invoice."""
    reading.require("", "tranDate", "currency")
    reading.require_any("", ["payment", "total"])
    amount = pl.coalesce("payment", "total")
    settled = reading.of_root(applied(reading), **{name: name for name in _OF_RECORD})
    moved = reading.root.filter((amount > 0) & ~_void()).select("_row")
    applications = (
        settled.join(moved, on="_row", how="semi", maintain_order="left")
        .with_columns(payment="_id", _id=pl.concat_str("_id", pl.lit(":"), "document"))
        .select(
            *common(reading, "", "tranDate"),
            cash_id=reading.object_id("payment"),
            document_id=reading.object_id("document"),
            amount="amount",
            currency="currency",
            _n="_n",
        )
        .with_columns(part=pl.format("cash_applications/{}", "_n"))
        .drop("_n")
    )
    return [
        Fact(CASH, _cash(reading, "in", "payment", amount, pl.lit(None, pl.String))),
        Fact(CASH_APPLICATIONS, applications),
        reference(reading, "externalId", "external_id", "same_as", object_kind="cash"),
        reference(reading, "otherRefNum", "payment_reference", object_kind="cash"),
    ]


def refunds(reading: Reading) -> list[Fact]:
    """customerRefund: money out, and the first credit memo that it pays out; it names each of several."""
    reading.require("", "tranDate", "currency", "total")
    out = applied(reading)
    first = out.group_by("_row", maintain_order=True).agg(document=pl.col("document").first())
    told = reading.with_frame("", reading.root.join(first, on="_row", how="left", maintain_order="left"))
    paid = reading.of_root(out, **{name: name for name in _OF_RECORD})
    return [
        Fact(CASH, _cash(told, "out", "refund", pl.col("total"), told.object_id("document"))),
        reference(told, "document", "object_id", object_kind="cash", frame=paid),
        reference(told, "externalId", "external_id", "same_as", object_kind="cash"),
    ]


def _void() -> pl.Expr:
    return state().str.contains(VOIDED).fill_null(False)


def _cash(reading: Reading, direction: str, kind: str, amount: pl.Expr, document: pl.Expr) -> pl.DataFrame:
    return reading.root.select(
        *common(reading, "cash", "tranDate"),
        direction=pl.lit(direction),
        kind=pl.lit(kind),
        status=pl.when(_void()).then(pl.lit("canceled")).otherwise(pl.lit("succeeded")),
        amount=amount,
        currency=pl.col("currency"),
        method=pl.coalesce("paymentMethod.refName", "paymentOption.refName"),
        customer_id=pl.coalesce(ref(reading, ENTITY, "customer"), ref(reading, ENTITY, "entity")),
        document_id=document,
    )


_SHAPE: Shape = {
    "tranDate": Leaf.CALENDAR_DAY,
    "status": REFERENCE,
    "customer": REFERENCE,
    "entity": REFERENCE,
    "paymentMethod": REFERENCE,
    "paymentOption": REFERENCE,
    "otherRefNum": Leaf.TEXT,
    "payment": Leaf.MONEY,
    "total": Leaf.MONEY,
    "apply": {"items": [APPLIED]},
}
KINDS: dict[str, Kind] = {
    **kinds("customerPayment", TRANSACTION, _SHAPE, payments),
    **kinds("customerRefund", TRANSACTION, _SHAPE, refunds),
}
