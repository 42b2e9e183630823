"""The cash of a transaction: each try to pay it, the credit balance that settled it, and what Paddle kept.

A try is authorised, captured or failed; only what is captured has moved. Paddle keeps its fee and, as the merchant of
record, the tax: payments - fee - tax = earnings. https://developer.paddle.com/api-reference/transactions
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import iso_units, major
from pipelines.systems.paddle.reading import MONEY, money
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape

PAYMENTS = "payments"
FAILED = ("error", "dropped")

RECEIPTS: Shape = {
    "payment_attempt_id": Leaf.ID,
    "amount": Leaf.MINOR,
    "status": Leaf.TEXT,
    "created_at": Leaf.MOMENT,
    "captured_at": Leaf.MOMENT,
    "error_code": Leaf.TEXT,
    "method_details": {"type": Leaf.TEXT},
}


def receipts(reading: Reading, rows: pl.DataFrame) -> list[Fact]:
    """`rows` are the transactions with their state, captured_at and captures, as `transactions` has them."""
    return [Fact(CASH, _payments(reading, rows)), Fact(CASH, _kept(rows)), Fact(CASH, _from_balance(rows))]


def _payments(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    """A try that is listed twice counts once. Settled is what the one payment came to in the currency of the payout."""
    reading.require(PAYMENTS, "payment_attempt_id", "amount", "status", "created_at")
    reading.refuse(PAYMENTS, "amount", pl.col("amount") < 0)
    payout = ("details.payout_totals.grand_total", "details.payout_totals.currency_code")
    state = rows.select("_row", "object_id", "currency_code", "customer_id", "captures", *payout)
    tries = reading.frames[PAYMENTS].join(
        state.rename({"object_id": "document_id"}), on="_row", how="left", maintain_order="left"
    )
    captured = pl.col("status") == "captured"
    status = (
        pl.when(captured)
        .then(pl.lit("succeeded"))
        .when(pl.col("status").is_in(FAILED))
        .then(pl.lit("failed"))
        .when(pl.col("status") == "canceled")
        .then(pl.lit("canceled"))
        .otherwise(pl.lit("pending"))
    )
    alone = captured & (pl.col("captures") == 1) & pl.col(payout[0]).is_not_null()
    return tries.unique(["_row", "payment_attempt_id"], keep="first", maintain_order=True).select(
        "_row",
        "document_id",
        part=pl.format("cash/{}", "_n"),
        object_id=reading.object_id("payment_attempt_id"),
        effective_at=pl.coalesce("captured_at", "created_at"),
        source_sequence=(status != "pending").cast(pl.Int64),
        direction=pl.lit("in"),
        kind=pl.lit("payment"),
        status=status,
        amount=money("amount"),
        currency="currency_code",
        settlement_amount=pl.when(alone).then(major(pl.col(payout[0]), iso_units(pl.col(payout[1])))),
        settlement_currency=pl.when(alone).then(payout[1]),
        method="method_details.type",
        customer_id=reading.object_id("customer_id"),
        payment_group_id="document_id",
        reason=pl.when(status == "failed").then(pl.coalesce("error_code", "status")),
    )


def _kept(rows: pl.DataFrame) -> pl.DataFrame:
    """Fee and tax of what is completed: before, neither is final."""
    done = rows.filter(pl.col("status") == "completed")
    parts = [
        done.select(
            "_row",
            *("object_id", "currency_code", "captured_at", "billed_at", "event_at", "source_sequence"),
            kind=pl.lit(kind),
            suffix=pl.lit(name),
            amount=money(f"details.totals.{name}"),
            settlement_amount=major(
                pl.col(f"details.payout_totals.{name}"), iso_units(pl.col("details.payout_totals.currency_code"))
            ),
            settlement_currency=pl.when(pl.col(f"details.payout_totals.{name}").is_not_null()).then(
                "details.payout_totals.currency_code"
            ),
        )
        for name, kind in (("fee", "fee"), ("tax", "tax_remitted"))
    ]
    kept = pl.concat(parts).filter(pl.col("amount") > 0)
    return kept.select(
        "_row",
        "kind",
        "amount",
        "settlement_amount",
        "settlement_currency",
        "source_sequence",
        part=pl.format("cash/{}", "suffix"),
        object_id=pl.concat_str("object_id", pl.lit(":"), "suffix"),
        effective_at=pl.coalesce("captured_at", "billed_at", "event_at"),
        direction=pl.lit("out"),
        status=pl.lit("succeeded"),
        currency="currency_code",
        document_id="object_id",
        payment_group_id="object_id",
    )


def _from_balance(rows: pl.DataFrame) -> pl.DataFrame:
    """The credit balance that paid a part, or that took over what a negative transaction left.

    The credit of an invoice (collected manually) grows by later credit adjustments, which are facts of their own; only the
    event that bills it shows the balance alone. A canceled transaction gives the balance back.
    https://developer.paddle.com/build/customers/get-customer-credit-balances
    """
    shown = (pl.col("collection_mode") != "manual") | pl.col("event_type").is_in(
        ["transaction.billed", "transaction.canceled"]
    )
    used = pl.col("details.totals.credit") - pl.col("details.totals.credit_to_balance")
    moved = (
        rows.filter((pl.col("state") != "draft") & shown.fill_null(True))
        .with_columns(used=used)
        .filter(pl.col("used") != 0)
    )
    void = pl.col("state") == "void"
    return moved.select(
        "_row",
        part=pl.lit("cash/balance"),
        object_id=pl.concat_str("object_id", pl.lit(":balance")),
        effective_at=pl.coalesce("billed_at", "event_at"),
        source_sequence="source_sequence",
        direction=pl.when(pl.col("used") > 0).then(pl.lit("in")).otherwise(pl.lit("out")),
        kind=pl.lit("customer_balance"),
        status=pl.when(void).then(pl.lit("canceled")).otherwise(pl.lit("succeeded")),
        amount=money(pl.col("used").abs()).cast(MONEY),
        currency="currency_code",
        customer_id=pl.concat_str(pl.col("object_id").str.extract("^([^:]+:)"), "customer_id"),
        document_id="object_id",
    )
