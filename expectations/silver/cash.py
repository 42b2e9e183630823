"""Money in and out: never negative, in the direction of its kind, and a refund says what it gives back."""

from __future__ import annotations

import polars as pl

from expectations.controls import is_whole
from expectations.expectation import holds, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

# Which way money goes, seen from us. A payout moves it between our own accounts, and a fee or tax may be given back: either
# way.
DIRECTION = {"payment": "in", "dispute_reversal": "in", "refund": "out", "dispute": "out"}
TAKES_BACK = ("refund", "dispute", "dispute_reversal")

SUITE = silver_suite(
    silver.CASH,
    holds("amount_not_negative", "An amount of cash is nothing or more.", pl.col("amount") >= 0, shows=("kind", "amount")),
    holds(
        "direction_agrees_with_kind",
        "Payments and reversed disputes come in; refunds and disputes go out.",
        pl.col("direction") == pl.col("kind").replace_strict(DIRECTION, default=None),
        shows=("kind", "direction"),
    ),
    holds(
        "refund_names_its_payment",
        "A refund or dispute names the payment that it takes back, or the document that it pays out.",
        ~pl.col("kind").is_in(TAKES_BACK)
        | pl.any_horizontal(pl.col("payment_id", "payment_group_id", "document_id").is_not_null()),
        shows=("object_id", "kind"),
    ),
    holds(
        "refunded_within_payment",
        "No more of a payment is refunded than was paid.",
        (pl.col("amount_refunded") >= 0) & (pl.col("amount_refunded") <= pl.col("amount")),
        shows=("object_id", "amount", "amount_refunded"),
    ),
    holds(
        "settlement_has_currency",
        "A settlement says in which currency it is, in whole minor units of it.",
        pl.col("settlement_amount").is_null()
        | (pl.col("settlement_currency").is_not_null() & is_whole("settlement_amount", "settlement_currency")),
        shows=("settlement_amount", "settlement_currency"),
    ),
    warns(
        holds(
            "failure_has_reason",
            "Cash that failed says why.",
            (pl.col("status") != "failed") | pl.col("reason").is_not_null(),
            shows=("object_id", "kind"),
        )
    ),
)
