"""Invoices: charge invoices are documents, credit invoices are credit notes, with the cash and the credit in them.

    charge     what is owed; one that failed is still owed until a credit invoice writes it off
    credit     takes back of the invoice that it names, or whose lines it credits; `paid` was refunded in cash, by
               transactions, so that only the rest is taken back by the note itself. One that names no invoice is a grant
    legacy     both in one, as before credit invoices (2018)

https://recurly.com/developers/api/v2021-02-25/index.html#tag/invoice, https://docs.recurly.com/docs/credit-invoices
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS, CREDIT_GRANTS, DOCUMENT_LINES, DOCUMENTS
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.recurly.credit_payments import CREDIT_PAYMENTS, credit_payments
from pipelines.systems.recurly.credit_payments import SHAPE as CREDIT
from pipelines.systems.recurly.lines import LINE, LINES, document_lines
from pipelines.systems.recurly.reading import with_state
from pipelines.systems.recurly.transactions import SHAPE as PAYMENT
from pipelines.systems.recurly.transactions import TRANSACTIONS, applications, cash, gateway_references
from pipelines.systems.references import reference
from pipelines.systems.shape import Leaf

TYPES = ("charge", "credit", "legacy")
STATES = {
    "draft": "draft",
    "pending": "open",
    "open": "open",
    "processing": "open",
    "past_due": "open",
    "failed": "open",
    "paid": "paid",
    "closed": "paid",
    "voided": "void",
}
_ORDER = {state: place for place, state in enumerate(STATES)}
GIFT = "gift_card"


def invoices(reading: Reading) -> list[Fact]:
    """Every state of an invoice, with all that it holds."""
    reading.require("", "type", "state", "currency", "total", "created_at")
    reading.allow("", "type", TYPES)
    reading.allow("", "state", STATES)
    more = pl.col("has_more_line_items").fill_null(False)
    reading.refuse("", "has_more_line_items", more, Code.INCOMPLETE_LIST)
    rows = _with_kind(reading)
    documents = rows.filter("is_document")
    final = documents.filter(pl.col("status") != "draft")
    bare = final.join(reading.frames[LINES], on="_row", how="anti").filter(pl.col("total") != 0)
    reading.faults.add_rows(bare.get_column("_row"), Code.MISSING_FIELD, LINES)
    moved = reading.of_root(reading.frames[TRANSACTIONS], of_invoice="id", of_account="account.id")
    moved = moved.with_columns(part=pl.format("cash/{}", "_n"), event_at=pl.coalesce("updated_at", "created_at"))
    return [
        Fact(DOCUMENTS, _documents(reading, documents)),
        Fact(DOCUMENT_LINES, document_lines(reading, final)),
        Fact(CREDIT_GRANTS, _grants(reading, rows)),
        *cash(reading, TRANSACTIONS, moved),
        Fact(CASH_APPLICATIONS, applications(reading, moved)),
        *gateway_references(reading, moved),
        Fact(CASH, credit_payments(reading, CREDIT_PAYMENTS, _credits(reading))),
        Fact(CASH, _out_of_band(reading, final)),
        reference(documents, "document", "same_as", "invoice_number", "number"),
        reference(documents, "document", "names", "purchase_order_number", "po_number"),
    ]


def _with_kind(reading: Reading) -> pl.DataFrame:
    """What each invoice is, and which invoice a credit invoice takes back from."""
    credited = (
        reading.frames[LINES]
        .group_by("_row", maintain_order=True)
        .agg(of_lines=pl.col("original_line_item_invoice_id").drop_nulls().first())
    )
    credit = pl.col("type") == "credit"
    joined = with_state(reading).join(credited, on="_row", how="left", maintain_order="left")
    return joined.with_columns(
        credit=credit,
        corrects=pl.when(credit).then(pl.coalesce("previous_invoice_id", "of_lines")),
        status=pl.col("state").replace_strict(STATES, default=None, return_dtype=pl.String),
        source_sequence=pl.col("state").replace_strict(_ORDER, default=0, return_dtype=pl.Int64),
        sign=pl.when(credit & (pl.col("total") < 0)).then(-1).otherwise(1),
    ).with_columns(is_document=~credit | (pl.col("corrects").is_not_null() & (pl.col("origin") != GIFT).fill_null(True)))


def _documents(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    status, credit, sign = pl.col("status"), pl.col("credit"), pl.col("sign")
    total, tax = pl.col("total") * sign, pl.col("tax").fill_null(0) * sign
    paid = pl.when(credit).then(pl.col("paid").fill_null(0).abs()).otherwise("paid")
    only = pl.col("subscription_ids").str.extract(r'^\[\s*"([^"]+)"\s*\]$')
    return rows.select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        "number",
        "currency",
        part=pl.lit("documents"),
        kind=pl.when(credit).then(pl.lit("credit_note")).otherwise(pl.lit("invoice")),
        # A credit invoice counts from the day that it was made, used up or not.
        status=pl.when(credit & (status == "open")).then(pl.lit("paid")).otherwise(status),
        reason_code=pl.when(credit).then("origin"),
        customer_id=reading.object_id("account.id"),
        contract_id=reading.object_id(only),
        corrects_document_id=reading.object_id("corrects"),
        issued_at=pl.when(status != "draft").then("created_at"),
        due_at="due_at",
        paid_at=pl.when(~credit & (status == "paid")).then(pl.coalesce("closed_at", "event_at")),
        voided_at=pl.when(status == "void").then(pl.coalesce("closed_at", "event_at")),
        subtotal=total - tax,
        tax=tax,
        total=total,
        amount_paid=paid,
        amount_remaining=pl.when(credit).then(total - paid).otherwise("balance"),
    )


def _grants(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    """Credit that takes nothing back: a gift card that was redeemed, or credit that we gave."""
    given = rows.filter(~pl.col("is_document") & (pl.col("status") != "draft"))
    gift = (pl.col("origin") == GIFT).fill_null(False)
    return given.select(
        "_row",
        "object_id",
        "source_sequence",
        "currency",
        part=pl.lit("credit_grants"),
        effective_at="created_at",
        operation=pl.when(pl.col("status") == "void").then(pl.lit("retract")).otherwise(pl.lit("assert")),
        customer_id=reading.object_id("account.id"),
        kind=pl.when(gift).then(pl.lit("gift_card")).otherwise(pl.lit("promotional")),
        paid=gift,
        amount=pl.col("total").abs(),
    )


def _credits(reading: Reading) -> pl.DataFrame:
    """Credit applied to a charge invoice; a credit invoice lists what others did with it, which they tell themselves."""
    listed = reading.of_root(reading.frames[CREDIT_PAYMENTS], of_invoice="id", of_account="account.id", of_type="type")
    own = listed.filter(pl.col("of_type") != "credit")
    return own.with_columns(
        pl.coalesce("applied_to_invoice.id", "of_invoice").alias("applied_to_invoice.id"),
        pl.coalesce("account.id", "of_account").alias("account.id"),
        part=pl.format("cash/credit/{}", "_n"),
    )


def _out_of_band(reading: Reading, final: pl.DataFrame) -> pl.DataFrame:
    """What was marked as paid without a transaction or a credit: it was paid outside Recurly.

    https://docs.recurly.com/recurly-subscriptions/docs/charge-invoice-notifications
    """
    applied = (
        reading.frames[CREDIT_PAYMENTS]
        .filter(pl.col("voided_at").is_null())
        .group_by("_row")
        .agg(credited=pl.col("amount").abs().sum())
    )
    left = pl.col("total") - pl.col("paid").fill_null(0) - pl.col("credited").fill_null(0)
    forced = (
        final.filter((pl.col("type") == "charge") & (pl.col("state") == "paid") & (pl.col("balance") == 0))
        .join(applied, on="_row", how="left", maintain_order="left")
        .with_columns(left=left)
        .filter(pl.col("left") > 0)
    )
    return forced.select(
        "_row",
        "currency",
        "source_sequence",
        part=pl.lit("cash/out_of_band"),
        object_id=pl.concat_str("object_id", pl.lit(":out_of_band")),
        effective_at=pl.coalesce("closed_at", "event_at"),
        direction=pl.lit("in"),
        kind=pl.lit("payment"),
        status=pl.lit("succeeded"),
        amount="left",
        method=pl.lit("out_of_band"),
        customer_id=reading.object_id("account.id"),
        document_id="object_id",
    )


INVOICE = Kind(
    "invoice",
    {
        "id": Leaf.ID,
        "type": Leaf.TEXT,
        "origin": Leaf.TEXT,
        "state": Leaf.TEXT,
        "number": Leaf.TEXT,
        "currency": Leaf.CURRENCY,
        "account": {"id": Leaf.ID},
        "previous_invoice_id": Leaf.ID,
        "subscription_ids": Leaf.JSON,
        "po_number": Leaf.TEXT,
        "created_at": Leaf.MOMENT,
        "due_at": Leaf.MOMENT,
        "closed_at": Leaf.MOMENT,
        "total": Leaf.MONEY,
        "tax": Leaf.MONEY,
        "paid": Leaf.MONEY,
        "balance": Leaf.MONEY,
        "has_more_line_items": Leaf.FLAG,
        "line_items": [LINE],
        "transactions": [PAYMENT],
        "credit_payments": [CREDIT],
    },
    invoices,
)
