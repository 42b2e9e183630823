"""Adjustments: what is taken back of a billed transaction.

    credit             a credit note: it lowers what is open of an invoice, or fills the buyer's credit balance
    refund             a credit note, and the money that went back
    chargeback         money that the bank took back (a dispute); its warning moves nothing yet
    chargeback_reverse money that came back

So a refund is cash, and its credit note says that all of it was paid out: the rules take it back once.
https://developer.paddle.com/api-reference/adjustments, https://developer.paddle.com/build/transactions/create-transaction-adjustments
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, DOCUMENT_LINES, DOCUMENTS
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import iso_units, major
from pipelines.systems.paddle.reading import PERIOD, money, with_state
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

ITEMS = "items"
NOTES = ("credit", "refund")
# What money does, by action: kind of cash and direction.
_MOVES = {
    "refund": ("refund", "out"),
    "chargeback": ("dispute", "out"),
    "chargeback_warning": ("dispute", "out"),
    "chargeback_reverse": ("dispute_reversal", "in"),
}
ACTIONS = ("credit", *_MOVES)
_ORDER = {"pending_approval": 0, "approved": 1, "rejected": 2, "reversed": 3}
_NOTE_STATUS = {"pending_approval": "draft", "approved": "paid", "rejected": "void", "reversed": "void"}
# A chargeback that is reversed had moved money; what came back is an adjustment of its own.
_CASH_STATUS = {"pending_approval": "pending", "approved": "succeeded", "rejected": "canceled", "reversed": "succeeded"}


def adjustments(reading: Reading) -> list[Fact]:
    """adjustment.created, adjustment.updated."""
    reading.require("", "action", "status", "transaction_id", "currency_code", "created_at", "totals.total", "totals.tax")
    reading.allow("", "action", ACTIONS)
    reading.allow("", "status", _ORDER)
    reading.refuse("", "totals.total", pl.col("totals.total") < 0)
    rows = with_state(reading, _ORDER).with_columns(transaction=reading.object_id("transaction_id"))
    notes = rows.filter(pl.col("action").is_in(NOTES))
    return [
        Fact(DOCUMENTS, _notes(reading, notes)),
        Fact(DOCUMENT_LINES, _lines(reading, notes)),
        Fact(CASH, _cash(reading, rows)),
        Fact(CASH, _given_back(rows)),
        Fact(CASH, _chargeback_fees(rows)),
    ]


def _notes(reading: Reading, notes: pl.DataFrame) -> pl.DataFrame:
    status = pl.col("status").replace_strict(_NOTE_STATUS, default=None, return_dtype=pl.String)
    total, in_cash = money("totals.total"), pl.col("action") == "refund"
    return notes.select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        part=pl.lit("documents"),
        kind=pl.lit("credit_note"),
        status=status,
        reason_code="reason",
        customer_id=reading.object_id("customer_id"),
        contract_id=reading.object_id("subscription_id"),
        corrects_document_id="transaction",
        currency="currency_code",
        issued_at=pl.when(status != "draft").then("created_at"),
        voided_at=pl.when(status == "void").then("event_at"),
        subtotal=money(pl.col("totals.total") - pl.col("totals.tax")),
        tax=money("totals.tax"),
        total=total,
        amount_paid=pl.when(in_cash).then(total).otherwise(0),
        amount_remaining=pl.when(in_cash).then(0).otherwise(total),
    )


def _lines(reading: Reading, notes: pl.DataFrame) -> pl.DataFrame:
    """What is taken back of each line of the transaction, as positive amounts like the total of the note."""
    own = ("object_id", "effective_at", "source_sequence", "currency_code", "subscription_id", "reason")
    state = notes.select("_row", *own).rename({"object_id": "document_id"})
    lines = reading.frames[ITEMS].join(state, on="_row", maintain_order="left")
    reading.with_frame(ITEMS, lines).require(ITEMS, "id", "totals.total", "totals.tax")
    start, end = pl.col("proration.billing_period.starts_at"), pl.col("proration.billing_period.ends_at")
    return lines.select(
        "_row",
        "document_id",
        "effective_at",
        "source_sequence",
        part=pl.format("document_lines/{}", "_n"),
        object_id=pl.concat_str("document_id", pl.lit(":"), "id"),
        line_number="_n",
        contract_id=reading.object_id("subscription_id"),
        description="reason",
        currency="currency_code",
        amount=money(pl.col("totals.total") - pl.col("totals.tax")),
        tax=money("totals.tax"),
        service_from=pl.when(start < end).then(start),
        service_to=pl.when(start < end).then(end),
        proration=pl.col("proration.rate").is_not_null(),
    )


def _cash(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    action = pl.col("action")
    moved = rows.filter(action.is_in(list(_MOVES)))
    warned = action == "chargeback_warning"
    status = pl.col("status").replace_strict(_CASH_STATUS, default=None, return_dtype=pl.String)
    return moved.select(
        "_row",
        "object_id",
        "source_sequence",
        "reason",
        part=pl.lit("cash"),
        effective_at="created_at",
        direction=action.replace_strict(
            {name: way for name, (_, way) in _MOVES.items()}, default=None, return_dtype=pl.String
        ),
        kind=action.replace_strict(
            {name: kind for name, (kind, _) in _MOVES.items()}, default=None, return_dtype=pl.String
        ),
        status=pl.when(warned).then(pl.lit("pending")).otherwise(status),
        amount=money("totals.total"),
        currency="currency_code",
        customer_id=reading.object_id("customer_id"),
        payment_group_id="transaction",
    )


def _given_back(rows: pl.DataFrame) -> pl.DataFrame:
    """Fee and tax that Paddle gives back with what is taken back, and keeps again when a chargeback is reversed."""
    done = rows.filter((pl.col("status") == "approved") & (pl.col("action") != "chargeback_warning"))
    back = pl.when(pl.col("action") == "chargeback_reverse").then(pl.lit("out")).otherwise(pl.lit("in"))
    parts = [
        done.select(
            *("_row", "object_id", "created_at", "source_sequence", "currency_code", "transaction"),
            direction=back,
            kind=pl.lit(kind),
            suffix=pl.lit(name),
            amount=money(pl.col(f"totals.{name}").fill_null(0)),
        )
        for name, kind in (("fee", "fee"), ("tax", "tax_remitted"))
    ]
    return (
        pl.concat(parts)
        .filter(pl.col("amount") > 0)
        .select(
            "_row",
            "direction",
            "kind",
            "amount",
            "source_sequence",
            part=pl.format("cash/{}", "suffix"),
            object_id=pl.concat_str("object_id", pl.lit(":"), "suffix"),
            effective_at="created_at",
            status=pl.lit("succeeded"),
            currency="currency_code",
            document_id="transaction",
            payment_group_id="transaction",
        )
    )


def _chargeback_fees(rows: pl.DataFrame) -> pl.DataFrame:
    """What Paddle charges for a chargeback, in the currency of the payout."""
    fee, currency = "payout_totals.chargeback_fee.amount", "payout_totals.currency_code"
    charged = rows.filter((pl.col("action") == "chargeback") & (pl.col(fee) > 0) & pl.col(currency).is_not_null())
    return charged.select(
        "_row",
        "source_sequence",
        part=pl.lit("cash/chargeback_fee"),
        object_id=pl.concat_str("object_id", pl.lit(":chargeback_fee")),
        effective_at="created_at",
        direction=pl.lit("out"),
        kind=pl.lit("fee"),
        status=pl.lit("succeeded"),
        amount=major(pl.col(fee), iso_units(pl.col(currency))),
        currency=currency,
        document_id="transaction",
        payment_group_id="transaction",
    )


_TOTALS: Shape = {"tax": Leaf.MINOR, "total": Leaf.MINOR, "fee": Leaf.MINOR}

ADJUSTMENT = Kind(
    "adjustment",
    {
        "id": Leaf.ID,
        "action": Leaf.TEXT,
        "status": Leaf.TEXT,
        "reason": Leaf.TEXT,
        "transaction_id": Leaf.ID,
        "subscription_id": Leaf.ID,
        "customer_id": Leaf.ID,
        "currency_code": Leaf.CURRENCY,
        "created_at": Leaf.MOMENT,
        "totals": _TOTALS,
        "payout_totals": {"currency_code": Leaf.CURRENCY, "chargeback_fee": {"amount": Leaf.MINOR}},
        "items": [
            {
                "id": Leaf.ID,
                "totals": _TOTALS,
                "proration": {"rate": Leaf.DECIMAL, "billing_period": PERIOD},
            }
        ],
    },
    adjustments,
    "data",
)
