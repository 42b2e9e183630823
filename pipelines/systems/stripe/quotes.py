"""Quotes: offers, what they offer where it was expanded, and what came of them."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import EXTERNAL_REFERENCES, QUOTE_LINES, QUOTES
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major, major_rate
from pipelines.systems.reading import Reading
from pipelines.systems.references import metadata_references
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.prices import INTERVALS
from pipelines.systems.stripe.reading import object_kind

LINES = "line_items.data"
_ORDER = {"draft": 0, "open": 1, "accepted": 2, "canceled": 3}


def quotes(reading: Reading) -> list[Fact]:
    """quote.*: subtotal less discount plus tax and shipping is the total, which counts recurring items for one period.

    Lines come only where `line_items` was expanded. https://docs.stripe.com/api/quotes/object
    """
    reading.require("", "id", "status", "amount_total", "amount_subtotal")
    reading.allow("", "status", _ORDER)
    reading.refuse("", "line_items.has_more", pl.col("line_items.has_more").fill_null(False), Code.INCOMPLETE_LIST)
    rows = reading.root.with_columns(
        object_id=reading.object_id("id"),
        effective_at="event_at",
        source_sequence=pl.col("status").replace_strict(_ORDER, default=0, return_dtype=pl.Int64),
    )
    return [
        Fact(QUOTES, _quotes(reading, rows)),
        Fact(QUOTE_LINES, _lines(reading, rows)),
        *(Fact(EXTERNAL_REFERENCES, _came_of(reading, rows, kind, leaf)) for kind, leaf in _RESULTS),
        *metadata_references(rows, "quote"),
    ]


_RESULTS = (("document", "invoice"), ("contract", "subscription"))


def _quotes(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    """A draft in no currency yet has no amounts. Shipping is part of the subtotal: it is sold with the rest."""
    named, unit = pl.col("currency").is_not_null(), units(pl.col("currency"))
    shipping = pl.col("total_details.amount_shipping").fill_null(0)

    def amount(minor: pl.Expr) -> pl.Expr:
        return pl.when(named).then(major(minor, unit))

    return rows.select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        "status",
        "number",
        "currency",
        part=pl.lit("quotes"),
        customer_id=reading.object_id(pl.coalesce("customer", "customer_account")),
        contract_id=reading.object_id("subscription"),
        valid_until="expires_at",
        subtotal=amount(pl.col("amount_subtotal") + shipping),
        discount=amount(pl.col("total_details.amount_discount").fill_null(0)),
        tax=amount(pl.col("total_details.amount_tax").fill_null(0)),
        total=amount(pl.col("amount_total")),
    )


def _lines(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    reading.require(LINES, "id", "amount_total", "currency")
    reading.allow(LINES, "price.recurring.interval", INTERVALS)
    unit, interval = units(pl.col("currency")), pl.col("price.recurring.interval")
    state = rows.select("_row", "effective_at", "source_sequence", quote_id="object_id")
    return (
        reading.frames[LINES]
        .join(state, on="_row", how="left", maintain_order="left")
        .select(
            "_row",
            "quote_id",
            "effective_at",
            "source_sequence",
            "description",
            "quantity",
            "currency",
            part=pl.format("quote_lines/{}", "_n"),
            object_id=pl.concat_str("quote_id", pl.lit(":"), "id"),
            product_id=reading.object_id("price.product"),
            price_id=reading.object_id("price.id"),
            unit_price=major_rate(pl.coalesce("price.unit_amount_decimal", "price.unit_amount"), unit),
            discount=major(pl.col("amount_discount").fill_null(0), unit),
            amount=major(pl.col("amount_total") - pl.col("amount_tax").fill_null(0), unit),
            billing_interval=interval,
            billing_interval_count=pl.when(interval.is_not_null()).then(
                pl.coalesce("price.recurring.interval_count", pl.lit(1))
            ),
        )
    )


def _came_of(reading: Reading, rows: pl.DataFrame, kind: str, leaf: str) -> pl.DataFrame:
    """The invoice and the subscription of an accepted quote."""
    return rows.filter(pl.col(leaf).is_not_null()).select(
        "_row",
        "effective_at",
        part=pl.lit(f"external_references/{leaf}"),
        object_id=reading.object_id(leaf),
        object_kind=pl.lit(kind),
        relation=pl.lit("derives_from"),
        reference_system=pl.lit("stripe"),
        reference_kind=pl.lit("quote"),
        reference="id",
    )


QUOTE = object_kind(
    "quote",
    {
        "status": Leaf.TEXT,
        "number": Leaf.TEXT,
        "currency": Leaf.CURRENCY,
        "customer": Leaf.ID,
        "customer_account": Leaf.ID,
        "subscription": Leaf.ID,
        "invoice": Leaf.ID,
        "expires_at": Leaf.TIME,
        "amount_subtotal": Leaf.MINOR,
        "amount_total": Leaf.MINOR,
        "total_details": {"amount_discount": Leaf.MINOR, "amount_shipping": Leaf.MINOR, "amount_tax": Leaf.MINOR},
        "metadata": Leaf.JSON,
        "line_items": {
            "has_more": Leaf.FLAG,
            "data": [
                {
                    "id": Leaf.ID,
                    "description": Leaf.TEXT,
                    "quantity": Leaf.DECIMAL,
                    "currency": Leaf.CURRENCY,
                    "amount_discount": Leaf.MINOR,
                    "amount_tax": Leaf.MINOR,
                    "amount_total": Leaf.MINOR,
                    "price": {
                        "id": Leaf.ID,
                        "product": Leaf.ID,
                        "unit_amount": Leaf.DECIMAL,
                        "unit_amount_decimal": Leaf.DECIMAL,
                        "recurring": {"interval": Leaf.TEXT, "interval_count": Leaf.COUNT},
                    },
                }
            ],
        },
    },
    quotes,
    by_record=True,
)
