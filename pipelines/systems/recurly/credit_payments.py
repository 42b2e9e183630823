"""Credit payments: credit that settles a charge invoice.

Only what comes from the account's credit counts (`payment`, `gift_card`). The other actions are the use of a credit invoice
on the very invoice that it takes back from (`reduction`, `write_off`), or give credit back with a refund that is a credit
invoice (`refund`): those say it themselves. https://recurly.com/developers/api/v2021-02-25/index.html#tag/credit_payment
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

CREDIT_PAYMENTS = "credit_payments"
SETTLES = ("payment", "gift_card")

SHAPE: Shape = {
    "id": Leaf.ID,
    "action": Leaf.TEXT,
    "amount": Leaf.MONEY,
    "currency": Leaf.CURRENCY,
    "account": {"id": Leaf.ID},
    "applied_to_invoice": {"id": Leaf.ID},
    "created_at": Leaf.MOMENT,
    "voided_at": Leaf.MOMENT,
}


def credit_payments(reading: Reading, path: str, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` are credit payments of the frame `path`, with `part`."""
    reading.require(path, "id", "action", "amount", "currency", "created_at")
    void = pl.col("voided_at").is_not_null()
    settles = rows.filter(pl.col("action").is_in(SETTLES) & pl.col("applied_to_invoice.id").is_not_null())
    return settles.select(
        "_row",
        "part",
        "currency",
        object_id=reading.object_id("id"),
        effective_at="created_at",
        source_sequence=void.cast(pl.Int64),
        direction=pl.lit("in"),
        kind=pl.lit("customer_balance"),
        status=pl.when(void).then(pl.lit("canceled")).otherwise(pl.lit("succeeded")),
        amount=pl.col("amount").abs(),
        customer_id=reading.object_id("account.id"),
        document_id=reading.object_id("applied_to_invoice.id"),
        reason="action",
    )


def _alone(reading: Reading) -> list[Fact]:
    return [Fact(CASH, credit_payments(reading, "", reading.root.with_columns(part=pl.lit("cash"))))]


CREDIT_PAYMENT = Kind("credit_payment", SHAPE, _alone)
