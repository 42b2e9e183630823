"""Lines of invoices and credit notes: what each bills without tax, after every discount.

The amount of a line is its price before discounts, and includes the tax where the document's `price_type` is tax_inclusive.
Discounts of the whole document are shared out to lines by Chargebee (`line_item_discounts`). What rounding adds to a
document (`round_off_amount`) is a line of its own, so that lines and tax sum to the total.
https://apidocs.chargebee.com/docs/api/invoices#invoice_line_items
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.chargebee.reading import money
from pipelines.systems.chargebee.subscriptions import line_id
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape

LINES, DISCOUNTS, TAXES = "line_items", "line_item_discounts", "taxes"
_RECURRING = ("plan_item_price", "addon_item_price", "plan", "addon")
_CATALOGUE = (*_RECURRING, "charge_item_price", "plan_setup")

DOCUMENT: Shape = {
    "id": Leaf.ID,
    "customer_id": Leaf.ID,
    "subscription_id": Leaf.ID,
    "status": Leaf.TEXT,
    "price_type": Leaf.TEXT,
    "currency_code": Leaf.CURRENCY,
    "date": Leaf.TIME,
    "voided_at": Leaf.TIME,
    "total": Leaf.MINOR,
    "tax": Leaf.MINOR,
    "round_off_amount": Leaf.MINOR,
    "deleted": Leaf.FLAG,
    "resource_version": Leaf.COUNT,
    "line_items": [
        {
            "id": Leaf.ID,
            "subscription_id": Leaf.ID,
            "description": Leaf.TEXT,
            "entity_type": Leaf.TEXT,
            "entity_id": Leaf.ID,
            "quantity": Leaf.DECIMAL,
            "quantity_in_decimal": Leaf.DECIMAL,
            "amount": Leaf.MINOR,
            "discount_amount": Leaf.MINOR,
            "tax_amount": Leaf.MINOR,
            "date_from": Leaf.TIME,
            "date_to": Leaf.TIME,
        }
    ],
    "line_item_discounts": [{"line_item_id": Leaf.ID, "discount_amount": Leaf.MINOR}],
    "taxes": [{"amount": Leaf.MINOR}],
}


def document_tax(reading: Reading) -> pl.Expr:
    """All tax of each document: the field, or the sum of its taxes."""
    reading.require(TAXES, "amount")
    sums = reading.frames[TAXES].group_by("_row").agg(pl.col("amount").sum())
    listed = reading.root.select("_row").join(sums, on="_row", how="left", maintain_order="left").get_column("amount")
    return pl.coalesce("tax", listed, pl.lit(0, pl.Int64))


def document_lines(reading: Reading, documents: pl.DataFrame) -> pl.DataFrame:
    """Lines of the documents that are given: `_row`, object_id, effective_at, source_sequence and what DOCUMENT names."""
    own = ("effective_at", "source_sequence", "currency_code", "price_type", "round_off_amount")
    state = documents.select("_row", *own, document_id="object_id", of_document="subscription_id")
    lines = reading.frames[LINES].join(state, on="_row", maintain_order="left")
    reading.with_frame(LINES, lines).require(LINES, "id", "amount")
    reading.require(DISCOUNTS, "line_item_id", "discount_amount")
    shared = reading.frames[DISCOUNTS].group_by("_row", id="line_item_id").agg(shared=pl.col("discount_amount").sum())
    lines = lines.join(shared, on=["_row", "id"], how="left", maintain_order="left").with_columns(
        discount=pl.coalesce("shared", "discount_amount", pl.lit(0)), tax=pl.col("tax_amount").fill_null(0)
    )
    inclusive = pl.when(pl.col("price_type") == "tax_inclusive").then("tax").otherwise(0)
    served = pl.col("date_from") < pl.col("date_to")
    contract = reading.object_id(pl.coalesce("subscription_id", "of_document"))
    of_catalogue, recurring = pl.col("entity_type").is_in(_CATALOGUE), pl.col("entity_type").is_in(_RECURRING)
    told = lines.select(
        "_row",
        "document_id",
        "effective_at",
        "source_sequence",
        "description",
        part=pl.format("document_lines/{}/{}", "document_id", "_n"),
        object_id=pl.concat_str("document_id", pl.lit(":"), "id"),
        line_number="_n",
        contract_id=contract,
        contract_line_id=pl.when(recurring).then(line_id(contract, pl.col("entity_id"))),
        price_id=pl.when(of_catalogue).then(reading.object_id("entity_id")),
        currency="currency_code",
        quantity=pl.coalesce("quantity_in_decimal", "quantity"),
        amount=money(pl.col("amount") - pl.col("discount") - inclusive),
        discount=money("discount"),
        tax=money("tax"),
        service_from=pl.when(served).then("date_from"),
        service_to=pl.when(served).then("date_to"),
    )
    return pl.concat([told, _rounding(state, lines)], how="diagonal")


def _rounding(state: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    last = lines.group_by("_row").agg(last=pl.col("_n").max())
    rounded = state.filter(pl.col("round_off_amount") != 0).join(last, on="_row", how="left", maintain_order="left")
    return rounded.select(
        "_row",
        "document_id",
        "effective_at",
        "source_sequence",
        part=pl.format("document_lines/{}/rounding", "document_id"),
        object_id=pl.concat_str("document_id", pl.lit(":rounding")),
        line_number=pl.col("last").fill_null(0) + 1,
        description=pl.lit("rounding"),
        currency="currency_code",
        amount=money("round_off_amount"),
        discount=money(pl.lit(0)),
        tax=money(pl.lit(0)),
    )
