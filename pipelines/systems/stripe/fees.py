"""What Stripe took: the fee of each balance transaction, and what a payment came to in the currency of the account.

A charge or refund names its balance transaction; only where that was expanded, or is exported itself, is the fee known.
https://docs.stripe.com/api/balance_transactions/object
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, EXTERNAL_REFERENCES
from pipelines.systems import leaves
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import object_kind

_PARTS = {"id": Leaf.ID, "amount": Leaf.MINOR, "currency": Leaf.CURRENCY, "fee": Leaf.MINOR, "created": Leaf.TIME}
# Amounts of these are fees as a whole: https://docs.stripe.com/reports/balance-transaction-types
FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost", "payout_minimum_balance_fee")


def expanded(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose `balance_transaction` was expanded, with its parts as `txn.<part>`."""
    found = rows.filter(pl.col("balance_transaction").str.starts_with("{"))
    return found.with_columns(
        leaves.value(kind, pl.col("balance_transaction").str.json_path_match(f"$.{name}")).alias(f"txn.{name}")
        for name, kind in _PARTS.items()
    )


def with_settlement(cash: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Cash with what it came to in the account, where that is known. `rows` are the objects, one a row of cash."""
    known = expanded(rows).filter(pl.col("txn.amount").is_not_null() & pl.col("txn.currency").is_not_null())
    if known.is_empty():
        return cash
    came = known.select(
        "_row",
        settlement_amount=major(pl.col("txn.amount").abs(), units(pl.col("txn.currency"))),
        settlement_currency="txn.currency",
    )
    return cash.join(came, on="_row", how="left", maintain_order="left")


def fee_of(reading: Reading, rows: pl.DataFrame, payment: str) -> pl.DataFrame:
    """The fee of each charge or refund in `rows`; the column `payment` has the payment that it belongs to."""
    of_txn = expanded(rows).select(
        "_row",
        payment_id=payment,
        **{name: pl.col(f"txn.{name}") for name in ("id", "currency", "fee")},
        created=pl.coalesce("txn.created", "effective_at"),
    )
    return _fees(reading, of_txn, pl.lit("cash/fee"))


def dispute_fees(reading: Reading) -> pl.DataFrame:
    """The fees of each dispute, whose balance transactions come with it."""
    listed = reading.frames["balance_transactions"]
    of_charge = reading.of_root(listed, payment_id="charge", disputed_at="created")
    dated = of_charge.with_columns(
        created=pl.coalesce("created", "disputed_at"), payment_id=reading.object_id("payment_id")
    )
    return _fees(reading, dated, pl.format("cash/fee/{}", "_n"))


def _fees(reading: Reading, txns: pl.DataFrame, part: pl.Expr) -> pl.DataFrame:
    """A negative fee was given back."""
    fee = pl.col("fee")
    taken = txns.filter((fee != 0) & pl.col("id").is_not_null() & pl.col("currency").is_not_null())
    return taken.select(
        "_row",
        "currency",
        "payment_id",
        part=part,
        object_id=pl.concat_str(reading.object_id("id"), pl.lit(":fee")),
        effective_at="created",
        direction=pl.when(fee > 0).then(pl.lit("out")).otherwise(pl.lit("in")),
        kind=pl.lit("fee"),
        status=pl.lit("succeeded"),
        amount=major(fee.abs(), units(pl.col("currency"))),
    )


def balance_transactions(reading: Reading) -> list[Fact]:
    """An exported balance transaction: its fee, and whose it is. The charge, refund or payout is a fact of its own."""
    reading.require("", "id", "amount", "currency", "type")
    whole = pl.col("type").is_in(FEES)
    rows = reading.root.with_columns(
        fee=pl.when(whole).then(-pl.col("amount") + pl.col("fee").fill_null(0)).otherwise("fee"),
        created="event_at",
        payment_id=pl.when(pl.col("source").str.contains("^(?:ch|py)_")).then(reading.object_id("source")),
    )
    said = rows.filter(pl.col("source").is_not_null())
    return [
        Fact(CASH, _fees(reading, rows, pl.lit("cash/fee"))),
        Fact(
            EXTERNAL_REFERENCES,
            said.select(
                "_row",
                part=pl.lit("external_references"),
                object_id=reading.object_id("source"),
                effective_at="event_at",
                object_kind=pl.lit("cash"),
                relation=pl.lit("same_as"),
                reference_system=pl.lit("stripe"),
                reference_kind=pl.lit("balance_transaction"),
                reference="id",
            ),
        ),
    ]


ACCOUNT_TRANSACTION = object_kind(
    "balance_transaction",
    {
        "amount": Leaf.MINOR,
        "currency": Leaf.CURRENCY,
        "fee": Leaf.MINOR,
        "type": Leaf.TEXT,
        "source": Leaf.ID,
    },
    balance_transactions,
)
