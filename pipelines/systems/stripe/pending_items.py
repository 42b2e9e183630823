"""Invoice items that wait for the next invoice: what is to be billed, as a draft of one line.

A draft invoice that has taken the item up may still drop it, so the item waits until a line of a final invoice names it
(`billed`). An item that is deleted is retracted. https://docs.stripe.com/api/invoiceitems/object
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import DOCUMENT_LINES, DOCUMENTS, EXTERNAL_REFERENCES
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import learnt, life_order, object_kind, operation

_PARENT = "parent.subscription_details."


def pending_items(reading: Reading) -> list[Fact]:
    """invoiceitem.created, .updated, .deleted. Discounts and tax are known only on the invoice."""
    reading.require("", "id", "amount", "currency")
    served = pl.col("period.start") < pl.col("period.end")
    contract = reading.object_id(pl.coalesce("subscription", f"{_PARENT}subscription"))
    rows = reading.root.with_columns(
        object_id=reading.object_id("id"),
        effective_at="event_at",
        source_sequence=life_order(),
        operation=operation(),
        amount=major(pl.col("amount"), units(pl.col("currency"))),
        contract_id=contract,
    )
    common = ("_row", "object_id", "effective_at", "source_sequence", "operation", "contract_id", "currency")
    drafts = rows.select(
        *common,
        part=pl.lit("documents"),
        kind=pl.lit("pending_item"),
        status=pl.lit("draft"),
        issued_at=pl.coalesce("date", "event_at"),
        customer_id=reading.object_id(pl.coalesce("customer", "customer_account")),
        subtotal="amount",
        total="amount",
    )
    lines = rows.select(
        *common,
        "amount",
        "description",
        "quantity",
        "proration",
        part=pl.lit("document_lines"),
        document_id="object_id",
        line_number=pl.lit(1, pl.Int64),
        contract_line_id=reading.object_id(pl.coalesce("subscription_item", f"{_PARENT}subscription_item")),
        product_id=reading.object_id(pl.coalesce("price.product", "pricing.price_details.product", "plan.product")),
        price_id=reading.object_id(pl.coalesce("price.id", "pricing.price_details.price", "plan.id")),
        service_from=pl.when(served).then("period.start"),
        service_to=pl.when(served).then("period.end"),
    )
    taken = _names(rows, "document", "billed_by", "invoice", pl.lit("external_references/invoice"))
    return [Fact(DOCUMENTS, drafts), Fact(DOCUMENT_LINES, lines), taken]


def billed(rows: pl.DataFrame) -> list[Fact]:
    """Which item a line of a final invoice bills; `rows` has `_row`, object_id (of the line), effective_at and item."""
    part = pl.format("external_references/item/{}", "line_number")
    return learnt(_names(rows, "document_line", "pending_item", "item", part))


def _names(rows: pl.DataFrame, object_kind: str, kind: str, column: str, part: pl.Expr) -> Fact:
    """Which other object of Stripe each row names in a column, where it does."""
    return Fact(
        EXTERNAL_REFERENCES,
        rows.drop_nulls(column).select(
            "_row",
            "object_id",
            "effective_at",
            part=part,
            object_kind=pl.lit(object_kind),
            relation=pl.lit("names"),
            reference_system=pl.lit("stripe"),
            reference_kind=pl.lit(kind),
            reference=column,
        ),
    )


INVOICE_ITEM = object_kind(
    "invoiceitem",
    {
        "amount": Leaf.MINOR,
        "currency": Leaf.CURRENCY,
        "customer": Leaf.ID,
        "customer_account": Leaf.ID,
        "date": Leaf.TIME,
        "invoice": Leaf.ID,
        "subscription": Leaf.ID,
        "subscription_item": Leaf.ID,
        "parent": {"subscription_details": {"subscription": Leaf.ID, "subscription_item": Leaf.ID}},
        "description": Leaf.TEXT,
        "quantity": Leaf.DECIMAL,
        "proration": Leaf.FLAG,
        "period": {"start": Leaf.TIME, "end": Leaf.TIME},
        "price": {"id": Leaf.ID, "product": Leaf.ID},
        "plan": {"id": Leaf.ID, "product": Leaf.ID},
        "pricing": {"price_details": {"price": Leaf.ID, "product": Leaf.ID}},
    },
    pending_items,
    by_record=True,
)
