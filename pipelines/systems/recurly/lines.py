"""Lines of invoices: what each bills without tax, after discounts.

`subtotal` is quantity times unit price; where the price includes the tax (`tax_inclusive`), so does the subtotal. Credits
are negative lines; on a credit invoice they are told as positive amounts, like its total.
https://recurly.com/developers/api/v2021-02-25/index.html#tag/line_item
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.reading import Reading
from pipelines.systems.recurly.reading import line_id
from pipelines.systems.shape import Leaf, Shape

LINES = "line_items"

LINE: Shape = {
    "id": Leaf.ID,
    "description": Leaf.TEXT,
    "subscription_id": Leaf.ID,
    "plan_id": Leaf.ID,
    "add_on_id": Leaf.ID,
    "item_id": Leaf.ID,
    "original_line_item_invoice_id": Leaf.ID,
    "quantity": Leaf.DECIMAL,
    "subtotal": Leaf.MONEY,
    "discount": Leaf.MONEY,
    "tax": Leaf.MONEY,
    "tax_inclusive": Leaf.FLAG,
    "proration_rate": Leaf.DECIMAL,
    "start_date": Leaf.MOMENT,
    "end_date": Leaf.MOMENT,
}


def document_lines(reading: Reading, documents: pl.DataFrame) -> pl.DataFrame:
    """Lines of the documents that are given, which have `sign`: -1 turns credits round."""
    state = documents.select("_row", "effective_at", "source_sequence", "currency", "sign", document_id="object_id")
    lines = reading.frames[LINES].join(state, on="_row", maintain_order="left")
    reading.with_frame(LINES, lines).require(LINES, "id", "subtotal")
    discount, tax = pl.col("discount").fill_null(0), pl.col("tax").fill_null(0)
    inclusive = pl.when(pl.col("tax_inclusive")).then(tax).otherwise(0)
    served = pl.col("start_date") < pl.col("end_date")
    contract = reading.object_id("subscription_id")
    product = pl.coalesce("add_on_id", "plan_id", "item_id")
    signed = lines.with_columns(product=product)
    return signed.select(
        "_row",
        "document_id",
        "effective_at",
        "source_sequence",
        "description",
        "currency",
        "quantity",
        part=pl.format("document_lines/{}", "_n"),
        object_id=pl.concat_str("document_id", pl.lit(":"), "id"),
        line_number="_n",
        contract_id=contract,
        contract_line_id=line_id(contract, "product"),
        product_id=reading.object_id("product"),
        amount=(pl.col("subtotal") - discount - inclusive) * pl.col("sign"),
        discount=discount.abs(),
        tax=tax * pl.col("sign"),
        service_from=pl.when(served).then("start_date"),
        service_to=pl.when(served).then("end_date"),
        proration=pl.col("proration_rate") != 1,
    )
