"""Lines of invoices. Revenue is counted by line, so a line's amount must be what is earned by it and nothing else:
without tax, and after every discount."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import DOCUMENT_LINES
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import ANY, Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.stripe.discounts import invoice_discounts
from pipelines.systems.stripe.pending_items import billed

LINES = "lines.data"

INVOICE_LINE: Shape = {
    "id": Leaf.ID,
    "type": Leaf.TEXT,
    "invoice_item": Leaf.ID,
    "amount": Leaf.MINOR,
    "currency": Leaf.CURRENCY,
    "description": Leaf.TEXT,
    "quantity": Leaf.DECIMAL,
    "period": {"start": Leaf.TIME, "end": Leaf.TIME},
    "discount_amounts": [{"amount": Leaf.MINOR}],
    # until 2025-03-31
    "price": {"id": Leaf.ID, "product": Leaf.ID},
    "plan": {"id": Leaf.ID, "product": Leaf.ID},
    "proration": Leaf.FLAG,
    "subscription": Leaf.ID,
    "subscription_item": Leaf.ID,
    "tax_amounts": [{"amount": Leaf.MINOR, "inclusive": Leaf.FLAG}],
    # since then
    "pricing": {"price_details": {"price": Leaf.ID, "product": Leaf.ID}},
    "parent": {
        "subscription_item_details": {
            "invoice_item": Leaf.ID,
            "subscription": Leaf.ID,
            "subscription_item": Leaf.ID,
            "proration": Leaf.FLAG,
        },
        "invoice_item_details": {"invoice_item": Leaf.ID, "subscription": Leaf.ID, "proration": Leaf.FLAG},
    },
    "taxes": [{"amount": Leaf.MINOR, "tax_behavior": Leaf.TEXT}],
    "pretax_credit_amounts": [{"amount": Leaf.MINOR, "type": Leaf.TEXT}],
}


def document_lines(reading: Reading) -> list[Fact]:
    """Lines of the invoices that are final, and which of them bills an item that waited.

    The amount is net: Stripe's amount less discounts, less credits of Stripe's billing credits, less inclusive tax.
    `reading.root` has besides what was read: object_id, source_sequence, status, unit, tax and contract.
    """
    final = reading.root.filter(pl.col("status") != "draft").get_column("_row").implode()
    lines = reading.frames[LINES].with_row_index("_line").filter(pl.col("_row").is_in(final))
    lines = reading.of_root(
        lines,
        document="object_id",
        invoice="id",
        unit="unit",
        of_invoice="currency",
        effective_at="event_at",
        source_sequence="source_sequence",
        contract="contract",
    )
    kept = reading.with_frame(LINES, lines)
    kept.require(LINES, "id", "amount", "period.start", "period.end")
    credit, inclusive = pl.col("type") == "credit_balance_transaction", pl.col("tax_behavior") == "inclusive"
    lines = lines.with_columns(
        discount=_sum(reading, "discount_amounts") + _sum(reading, "pretax_credit_amounts", "type", which=credit),
        # Some versions list the same taxes under both names.
        tax=pl.coalesce(_sum(reading, "taxes", none=None), _sum(reading, "tax_amounts")),
        inclusive=pl.coalesce(
            _sum(reading, "taxes", "tax_behavior", which=inclusive, none=None),
            _sum(reading, "tax_amounts", "inclusive", which=pl.col("inclusive")),
        ),
    )
    lines = lines.with_columns(discount=pl.col("discount") + invoice_discounts(reading.root, lines))
    rows = _rows(reading, lines)
    details = (f"parent.{of}_item_details.invoice_item" for of in ("invoice", "subscription"))
    item = pl.coalesce("invoice_item", *details).alias("item")
    return [Fact(DOCUMENT_LINES, rows), *billed(rows.with_columns(lines.select(item).to_series()))]


def shipping_lines(reading: Reading) -> Fact:
    """The shipping of the invoices that are final: Stripe sells it beside the lines, and the total has it.

    https://docs.stripe.com/api/invoices/object#invoice_object-shipping_cost. `reading.root` as for `document_lines`.
    """
    cost, tax, unit = "shipping_cost.amount_total", pl.col("shipping_cost.amount_tax").fill_null(0), pl.col("unit")
    last = reading.frames[LINES].group_by("_row").agg(last=pl.col("_n").max())
    shipped = reading.root.filter((pl.col("status") != "draft") & (pl.col(cost) != 0)).join(last, on="_row", how="left")
    return Fact(
        DOCUMENT_LINES,
        shipped.sort("_row").select(
            "_row",
            "source_sequence",
            "currency",
            part=pl.lit("document_lines/shipping"),
            object_id=pl.concat_str("object_id", pl.lit(":shipping")),
            effective_at="event_at",
            document_id="object_id",
            line_number=pl.col("last").fill_null(0) + 1,
            contract_id=reading.object_id("contract"),
            description=pl.lit("Shipping"),
            quantity=pl.lit(1),
            amount=major(pl.col(cost) - tax, unit),
            tax=major(tax, unit),
        ),
    )


def _sum(reading: Reading, name: str, *tells: str, which: pl.Expr = ANY, none: int | None = 0) -> pl.Expr:
    """Sum by line of a list below the lines; `none` for a line without. `tells` are the leaves on which `which` depends."""
    path = f"{LINES}[].{name}"
    parts = reading.frames[path]
    if parts.is_empty():
        return pl.lit(none, pl.Int64)
    reading.require(path, "amount", *tells)
    parts = parts.filter(which)
    sums = parts.group_by("_up").agg(pl.col("amount").sum())
    return pl.col("_line").replace_strict(
        sums.get_column("_up"), sums.get_column("amount"), default=none, return_dtype=pl.Int64
    )


def _rows(reading: Reading, lines: pl.DataFrame) -> pl.DataFrame:
    unit = pl.col("unit")
    item, extra = "parent.subscription_item_details", "parent.invoice_item_details"
    # Until 2017 the line of a subscription had the subscription's id for its own.
    own_subscription = pl.when(pl.col("type") == "subscription").then(pl.col("id").str.extract(r"^(su(?:b)?_.*)$"))
    period = pl.col("period.start") < pl.col("period.end")
    return lines.select(
        "_row",
        "effective_at",
        "source_sequence",
        "description",
        "quantity",
        part=pl.format("document_lines/{}", "_n"),
        object_id=pl.concat_str("document", pl.lit(":"), "id"),
        document_id="document",
        line_number="_n",
        contract_id=reading.object_id(
            pl.coalesce("subscription", f"{item}.subscription", f"{extra}.subscription", own_subscription, "contract")
        ),
        contract_line_id=reading.object_id(pl.coalesce("subscription_item", f"{item}.subscription_item")),
        product_id=reading.object_id(pl.coalesce("price.product", "pricing.price_details.product", "plan.product")),
        price_id=reading.object_id(pl.coalesce("price.id", "pricing.price_details.price", "plan.id")),
        currency=pl.coalesce("currency", "of_invoice"),
        amount=major(pl.col("amount") - pl.col("discount") - pl.col("inclusive"), unit),
        discount=major(pl.col("discount"), unit),
        tax=major(pl.col("tax"), unit),
        service_from=pl.when(period).then("period.start"),
        service_to=pl.when(period).then("period.end"),
        proration=pl.coalesce("proration", f"{item}.proration", f"{extra}.proration"),
    )
