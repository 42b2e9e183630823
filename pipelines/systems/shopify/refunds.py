"""Refunds: what is given back of an order, as a credit note, and the money that went with it, as cash.

https://shopify.dev/docs/api/admin-rest/latest/resources/refund. One return must be taken back once, and it is told
twice: by the refund (these goods, this shipping) and by its transactions (this money). The rule of
assets/recognition/take_backs.py is: cash takes back what was paid out, and a credit note takes back on account what of
its total was not paid out (`total` less `amount_paid`). So:

* goods returned and money paid out: the credit note is paid, its rest is 0.00, and only the cash counts;
* goods taken off an order that was not paid, or credited without money: the note lowers the receivable, and where nothing
  is open it is owed to the customer (CustomerBalance);
* money back on a gift card or as store credit is no money: it stays owed to the customer, as the note's rest.

`amount_paid` is all money that did not fail, pending too, never more than the total. A pending refund is then taken back
on the day it succeeds, by whichever record says so (the refund, the order or the transaction alone); were it counted on
account meanwhile, a success told by the transaction alone would take it back twice. Money that failed is owed again.

What is given back: goods as Shopify computed them (`subtotal`, `total_tax`, in payloads since 2017; the subtotal contains
the tax where the order's prices do), less adjustments (a negative amount gives more back, a positive one less), shipping
(`refund_shipping_lines` since 2024-10, an adjustment of kind shipping_refund before) and duties. A refund by itself does
not say whether prices contain tax: its order does, and until then what was given back, which is either sum, tells
(`refund_lines.net_of_tax`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from lakehouse.tables.silver import DOCUMENT_LINES, DOCUMENTS, PERFORMANCE
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_money import as_parents, shown, total
from pipelines.systems.shop_records import Resource
from pipelines.systems.shop_references import references
from pipelines.systems.shopify.money import SET, charged_in, told
from pipelines.systems.shopify.products import sold_as
from pipelines.systems.shopify.reading import refers
from pipelines.systems.shopify.refund_lines import goods_lines, lines_beside, net_of_tax
from pipelines.systems.shopify.transactions import (
    TRANSACTION_SHAPE,
    told_transactions,
    transaction_facts,
)

# Items that came back. What was cancelled had not left; a legacy restock does not say which it was.
CAME_BACK = "return"

REFUND_SHAPE: Shape = {
    "id": Leaf.ID,
    "order_id": Leaf.ID,
    "note": Leaf.TEXT,
    "created_at": Leaf.MOMENT,
    "processed_at": Leaf.MOMENT,
    "total_duties_set": SET,
    "refund_line_items": [
        {
            "id": Leaf.ID,
            "line_item_id": Leaf.ID,
            "quantity": Leaf.DECIMAL,
            "restock_type": Leaf.TEXT,
            **told("subtotal", "total_tax"),
            "line_item": {"product_id": Leaf.ID, "variant_id": Leaf.ID, "name": Leaf.TEXT, "gift_card": Leaf.FLAG},
        }
    ],
    "refund_shipping_lines": [{"id": Leaf.ID, "subtotal_amount_set": SET, "tax_amount_set": SET}],
    "order_adjustments": [{"id": Leaf.ID, "kind": Leaf.TEXT, "reason": Leaf.TEXT, **told("amount", "tax_amount")}],
    "transactions": [TRANSACTION_SHAPE],
}


@dataclass(frozen=True)
class Refunds:
    """Refunds, wherever they stand, with what they come to; rows are in the order of the frame at `path`.

    `rows`: the refunds with `credited` (total), `credited_tax`, `paid_out`, `currency`, `object_id` and `at`. `lines`: what
    is given back, by refund (`_up`). `transactions`: as `transactions.told_transactions` has them.
    """

    rows: pl.DataFrame
    lines: pl.DataFrame
    items: pl.DataFrame
    transactions: pl.DataFrame


def told_refunds(reading: Reading, path: str, rows: pl.DataFrame) -> Refunds:
    """Read and judge refunds. `rows`: the frame at `path` with `number` (unique within the event), `order`, `customer`,
    and, where the order tells them, `of_order` (currency) and `taxes_included`.
    """

    def at(name: str) -> str:
        return f"{path}[].{name}" if path else name

    kept = reading.with_frame(path, rows)
    kept.require(path, "id", "order")
    kept.require_any(path, ["processed_at", "created_at"])
    goods, shipping, adjusted = at("refund_line_items"), at("refund_shipping_lines"), at("order_adjustments")
    reading.require(goods, "line_item_id", "quantity")
    for leaf in ("subtotal", "total_tax"):
        reading.require_any(goods, [leaf, f"{leaf}_set.presentment_money.amount"])
    reading.require_any(adjusted, ["amount", "amount_set.presentment_money.amount"])
    frames = reading.frames
    of_refund = as_parents(rows).select("_up", "number", "order", "customer", "of_order")
    paid = frames[at("transactions")].join(of_refund, on="_up", how="left", maintain_order="left")
    paid = paid.with_columns(part=pl.format("{}/{}", "number", "_n"), order=pl.coalesce("order_id", "order"))
    transactions = told_transactions(reading, at("transactions"), paid)
    rows = _with_currency(rows, frames[goods], frames[adjusted], transactions).with_columns(
        given=total(rows, _given_back(transactions), pl.col("charged")),
        paid_out=total(rows, _given_back(transactions).filter("money"), pl.col("charged")),
    )
    as_told = pl.concat([goods_lines(reading, goods), lines_beside(frames, shipping, adjusted, rows)])
    lines = net_of_tax(rows, as_told)
    rows = rows.with_columns(
        credited=total(rows, lines, pl.col("amount") + pl.col("tax")),
        credited_tax=total(rows, lines, pl.col("tax")),
        object_id=reading.object_id(pl.concat_str(pl.lit("refund:"), "id")),
        at=pl.coalesce("processed_at", "created_at"),
    )
    unknown = rows.filter(pl.col("currency").is_null()).get_column("_row")
    reading.faults.add_rows(unknown, Code.MISSING_FIELD, reading.kind.path(at("transactions"), "currency"))
    less = rows.filter(pl.col("credited") < 0)
    reading.faults.add_rows(
        less.get_column("_row"),
        Code.AMOUNTS_DO_NOT_TIE,
        reading.kind.path(path, "order_adjustments"),
        less.select(pl.format("the refund comes to {}", shown("credited"))).to_series(),
    )
    return Refunds(rows, lines, frames[goods], transactions)


def _given_back(transactions: pl.DataFrame) -> pl.DataFrame:
    """What went back, or is on its way, as money or onto a card."""
    return transactions.filter((pl.col("kind") == "refund") & (pl.col("settled_as") != "failed"))


def _with_currency(rows: pl.DataFrame, *parts: pl.DataFrame) -> pl.DataFrame:
    """The currency that its parts name; else the order's."""
    goods, adjusted, transactions = parts
    named = [
        goods.select("_up", told=charged_in("subtotal")),
        adjusted.select("_up", told=charged_in("amount")),
        transactions.select("_up", told="currency"),
    ]
    first = pl.concat(named).drop_nulls("told").group_by("_up", maintain_order=True).agg(pl.col("told").first())
    joined = as_parents(rows).join(first, on="_up", how="left", maintain_order="left")
    return joined.with_columns(currency=pl.coalesce("told", "of_order")).drop("_up", "told")


def refund_facts(reading: Reading, told: Refunds) -> list[Fact]:
    """The credit note with its lines, the goods that came back, and the money."""
    rows = told.rows
    paid = pl.min_horizontal("paid_out", "credited")
    of_refund = as_parents(rows).select("_up", "number", "currency", "order", "event_at", "at", document="object_id")
    lines = told.lines.join(of_refund, on="_up", how="left", maintain_order="left").with_columns(
        line_number=pl.int_range(pl.len()).over("_up") + 1
    )
    returned = told.items.filter(pl.col("restock_type") == CAME_BACK).join(
        of_refund, on="_up", how="left", maintain_order="left"
    )
    return [
        Fact(
            DOCUMENTS,
            rows.select(
                "_row",
                "object_id",
                "currency",
                part=pl.format("documents/refund/{}", "number"),
                effective_at="event_at",
                kind=pl.lit("credit_note"),
                status=pl.lit("paid"),
                reason_code="note",
                customer_id=reading.object_id("customer"),
                corrects_document_id=reading.object_id("order"),
                issued_at="at",
                subtotal=pl.col("credited") - pl.col("credited_tax"),
                tax="credited_tax",
                total="credited",
                amount_paid=paid,
                amount_remaining=pl.col("credited") - paid,
            ),
        ),
        Fact(
            DOCUMENT_LINES,
            lines.select(
                "_row",
                "currency",
                "product_id",
                "description",
                "quantity",
                "amount",
                "tax",
                "line_number",
                part=pl.format("document_lines/refund/{}/{}", "number", "line_number"),
                object_id=pl.concat_str("document", pl.lit(":"), "line"),
                effective_at="event_at",
                document_id="document",
            ),
        ),
        Fact(
            PERFORMANCE,
            returned.select(
                "_row",
                part=pl.format("performance/return/{}/{}", "number", "_n"),
                object_id=pl.format("{}:{}", "document", pl.coalesce("id", pl.col("_n").cast(pl.String))),
                effective_at="at",
                kind=pl.lit("return"),
                document_id=reading.object_id("order"),
                document_line_id=reading.object_id(pl.concat_str("order", pl.lit(":"), "line_item_id")),
                product_id=sold_as(reading, "line_item.variant_id", "line_item.product_id"),
                quantity=-pl.col("quantity"),
            ),
        ),
        references(
            [
                refers(
                    rows.with_columns(effective_at="event_at"),
                    "document",
                    "same_as",
                    "refund_id",
                    "id",
                    part=pl.format("refund_id/{}", "number"),
                )
            ]
        ),
        *transaction_facts(reading, told.transactions),
    ]


def refunds(reading: Reading) -> list[Fact]:
    """refunds/create and the REST refund."""
    none = pl.lit(None, pl.String)
    rows = reading.root.with_columns(
        number=pl.lit("0"),
        order="order_id",
        customer=none,
        of_order=none,
        taxes_included=pl.lit(None, pl.Boolean),
    )
    return refund_facts(reading, told_refunds(reading, "", rows))


REFUND = Resource("refund", REFUND_SHAPE, refunds, "refund:")
