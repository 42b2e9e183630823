"""Transactions: an invoice from the draft to the end, with its lines."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import DOCUMENT_EVENTS, DOCUMENT_LINES, DOCUMENTS
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.paddle.reading import CYCLE, PERIOD, money, with_state
from pipelines.systems.paddle.receipts import RECEIPTS, receipts
from pipelines.systems.paddle.subscriptions import line_id
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import metadata_references, reference
from pipelines.systems.shape import Leaf, Shape

LINES, ITEMS, PAYMENTS = "details.line_items", "items", "payments"

# A transaction is an invoice once it is billed, and from then on unchangeable. What is ready has not been asked for.
STATUSES = {
    "draft": "draft",
    "ready": "draft",
    "billed": "open",
    "past_due": "open",
    "paid": "paid",
    "completed": "paid",
    "canceled": "void",
}
_ORDER = {
    status: place for place, status in enumerate(("draft", "ready", "billed", "past_due", "paid", "completed", "canceled"))
}


def transactions(reading: Reading) -> list[Fact]:
    """transaction.*: the document as it then stood, its lines once it is billed, and the cash of it.

    The total is what the buyer owes after discounts, tax included, before credits; each line and its tax sum to it.
    https://developer.paddle.com/build/transactions/transaction-lifecycle, https://developer.paddle.com/api-reference/transactions
    """
    reading.require("", "status", "currency_code", "details.totals.total", "details.totals.subtotal", "details.totals.tax")
    reading.allow("", "status", STATUSES)
    rows = with_state(reading, _ORDER).with_columns(
        (pl.col(f"details.totals.{name}").fill_null(0) for name in ("discount", "credit", "credit_to_balance")),
        state=pl.col("status").replace_strict(STATUSES, default=None, return_dtype=pl.String),
    )
    # A checkout that was given up before it was billed was never an invoice.
    rows = rows.with_columns(abandoned=(pl.col("state") == "void") & pl.col("billed_at").is_null())
    rows = rows.with_columns(state=pl.when("abandoned").then(pl.lit("draft")).otherwise("state"))
    rows = rows.join(_captured(reading), on="_row", how="left", maintain_order="left")
    final = rows.filter(pl.col("state") != "draft")
    bare = final.join(reading.frames[LINES], on="_row", how="anti").filter(pl.col("details.totals.total") != 0)
    reading.faults.add_rows(bare.get_column("_row"), Code.MISSING_FIELD, reading.kind.path("", LINES))
    return [
        Fact(DOCUMENTS, _documents(reading, rows)),
        Fact(DOCUMENT_LINES, _lines(reading, final)),
        Fact(DOCUMENT_EVENTS, _changes(final)),
        *receipts(reading, rows),
        reference(rows, "document", "same_as", "invoice_number", "invoice_number"),
        reference(rows, "document", "names", "purchase_order_number", "billing_details.purchase_order_number"),
        *metadata_references(rows, "document", "custom_data"),
    ]


def _captured(reading: Reading) -> pl.DataFrame:
    """When the last payment of each transaction was captured, and how many were."""
    captured = reading.frames[PAYMENTS].filter(pl.col("status") == "captured")
    return captured.group_by("_row").agg(
        captured_at=pl.coalesce("captured_at", "created_at").max(), captures=pl.col("payment_attempt_id").n_unique()
    )


def _documents(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    state, totals = pl.col("state"), "details.totals."
    total, credit = pl.col(f"{totals}total"), pl.col(f"{totals}credit")
    asked = pl.coalesce(f"{totals}grand_total", total - credit)
    balance = pl.coalesce(f"{totals}balance", pl.when(state == "paid").then(0).otherwise(asked))
    net = pl.col(f"{totals}subtotal") - pl.col(f"{totals}discount")
    terms = pl.concat_str(
        pl.col("billing_details.payment_terms.frequency"),
        pl.col("billing_details.payment_terms.interval").replace_strict(_OFFSETS, default=None, return_dtype=pl.String),
    )
    return rows.select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        part=pl.lit("documents"),
        operation=pl.when("abandoned").then(pl.lit("retract")).otherwise(pl.lit("assert")),
        kind=pl.lit("invoice"),
        status=state,
        number="invoice_number",
        customer_id=reading.object_id("customer_id"),
        contract_id=reading.object_id("subscription_id"),
        currency="currency_code",
        issued_at=pl.when(state != "draft").then(pl.coalesce("billed_at", "captured_at", "event_at")),
        due_at=pl.when(state != "draft").then(pl.col("billed_at").dt.offset_by(terms)),
        paid_at=pl.when(state == "paid").then(pl.coalesce("captured_at", "event_at")),
        voided_at=pl.when(state == "void").then("event_at"),
        subtotal=money(net),
        tax=money(f"{totals}tax"),
        total=money(total),
        amount_paid=money(asked - balance),
        amount_remaining=money(balance),
    )


_OFFSETS = {"day": "d", "week": "w", "month": "mo", "year": "y"}


def _lines(reading: Reading, final: pl.DataFrame) -> pl.DataFrame:
    """Net of discounts, without tax. A line is of a service if its price recurs: then it bills the period it names, or else
    the transaction's; a line without a recurring price is earned at once."""
    kept = reading.frames[LINES].join(final.select("_row"), on="_row", how="semi", maintain_order="left")
    reading.with_frame(LINES, kept).require(LINES, "id", "totals.subtotal", "totals.tax")
    own = ("object_id", "effective_at", "source_sequence", "currency_code", "subscription_id")
    period = ("billing_period.starts_at", "billing_period.ends_at")
    state = final.select("_row", *own, *period).rename({"object_id": "document_id"})
    recurring = (
        reading.frames[ITEMS]
        .filter(pl.col("price.billing_cycle.interval").is_not_null())
        .select("_row", price_id="price.id", recurs=pl.lit(True))
        .unique()
    )
    lines = kept.join(state, on="_row", how="left", maintain_order="left").join(
        recurring, on=["_row", "price_id"], how="left", maintain_order="left"
    )
    start, end = (pl.coalesce(f"proration.{name}", name) for name in period)
    discount = pl.col("totals.discount").fill_null(0)
    served = pl.col("recurs") & (start < end)
    contract = reading.object_id("subscription_id")
    return lines.select(
        "_row",
        "document_id",
        "effective_at",
        "source_sequence",
        "quantity",
        part=pl.format("document_lines/{}", "_n"),
        object_id=pl.concat_str("document_id", pl.lit(":"), "id"),
        line_number="_n",
        contract_id=contract,
        contract_line_id=pl.when("recurs").then(line_id(contract, pl.col("price_id"))),
        product_id=reading.object_id("product.id"),
        price_id=reading.object_id("price_id"),
        description="product.name",
        currency="currency_code",
        amount=money(pl.col("totals.subtotal") - discount),
        discount=money(discount),
        tax=money("totals.tax"),
        service_from=pl.when(served).then(start),
        service_to=pl.when(served).then(end),
        proration=pl.col("proration.rate") != 1,
    )


def _changes(final: pl.DataFrame) -> pl.DataFrame:
    kinds = {"transaction.billed": "finalised", "transaction.canceled": "voided"}
    return final.filter(pl.col("event_type").is_in(list(kinds))).select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        part=pl.lit("document_events"),
        document_id="object_id",
        kind=pl.col("event_type").replace_strict(kinds, default=None, return_dtype=pl.String),
    )


_TOTALS: Shape = {"subtotal": Leaf.MINOR, "discount": Leaf.MINOR, "tax": Leaf.MINOR, "total": Leaf.MINOR}

TRANSACTION = Kind(
    "transaction",
    {
        "id": Leaf.ID,
        "status": Leaf.TEXT,
        "customer_id": Leaf.ID,
        "subscription_id": Leaf.ID,
        "currency_code": Leaf.CURRENCY,
        "collection_mode": Leaf.TEXT,
        "invoice_number": Leaf.TEXT,
        "billed_at": Leaf.MOMENT,
        "billing_period": PERIOD,
        "billing_details": {"payment_terms": CYCLE, "purchase_order_number": Leaf.TEXT},
        "custom_data": Leaf.JSON,
        "items": [{"price": {"id": Leaf.ID, "billing_cycle": {"interval": Leaf.TEXT}}}],
        "details": {
            "totals": {
                **_TOTALS,
                "credit": Leaf.MINOR,
                "credit_to_balance": Leaf.MINOR,
                "balance": Leaf.MINOR,
                "grand_total": Leaf.MINOR,
                "fee": Leaf.MINOR,
            },
            "payout_totals": {
                "currency_code": Leaf.CURRENCY,
                "grand_total": Leaf.MINOR,
                "fee": Leaf.MINOR,
                "tax": Leaf.MINOR,
            },
            "line_items": [
                {
                    "id": Leaf.ID,
                    "price_id": Leaf.ID,
                    "quantity": Leaf.DECIMAL,
                    "totals": _TOTALS,
                    "product": {"id": Leaf.ID, "name": Leaf.TEXT},
                    "proration": {"rate": Leaf.DECIMAL, "billing_period": PERIOD},
                }
            ],
        },
        "payments": [RECEIPTS],
    },
    transactions,
    "data",
)
