"""Payments: money in, and the invoices that it settles. A payment may also apply a credit memo, with or without money.

Each line names one transaction and how much of it is settled. What invoices get from credit memos is not cash: the rules
cap what a payment settles at its amount, and the credit memo is said to belong to the invoice.
https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/payment
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS
from pipelines.systems.bookkeeping import STANDS, common, mentions, reference
from pipelines.systems.facts import Fact
from pipelines.systems.quickbooks.documents import CREDIT, INVOICE, voided
from pipelines.systems.quickbooks.records import kinds, ref
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf

LINKS = "Line[].LinkedTxn"


def payments(reading: Reading) -> list[Fact]:
    """Payment: the cash, one application an invoice, and which credit memo went to which invoice."""
    reading.require("", "TotalAmt", "TxnDate", "currency", when=STANDS)
    reading.require("Line", "Amount")
    reading.require(LINKS, "TxnId", "TxnType")
    settled = _settled(reading)
    cash = reading.root.select(
        *common(reading, "cash", "TxnDate"),
        direction=pl.lit("in"),
        kind=pl.lit("payment"),
        status=pl.when(voided() | ~STANDS).then(pl.lit("canceled")).otherwise(pl.lit("succeeded")),
        amount=pl.col("TotalAmt"),
        currency=pl.col("currency"),
        method=pl.col("PaymentMethodRef.name"),
        customer_id=ref(reading, "Customer", "CustomerRef.value"),
    )
    # Of a payment that only applies credits no money came.
    moved = reading.root.filter((pl.col("TotalAmt") > 0) & STANDS).select("_row")
    invoices = settled.filter(pl.col("TxnType") == INVOICE)
    of_cash = invoices.join(moved, on="_row", how="semi", maintain_order="left")
    applications = of_cash.select(
        *common(reading, ""),
        cash_id=reading.object_id("payment"),
        document_id=reading.object_id("settled"),
        amount=pl.col("Amount"),
        currency=pl.col("currency"),
        _n="_n",
    ).with_columns(part=pl.format("cash_applications/{}", "_n"))
    credits = settled.filter(pl.col("TxnType") == CREDIT).select("_row", credit="settled", _c="_n")
    pairs = invoices.join(credits, on="_row", maintain_order="left").with_columns(
        _id="credit", invoice="settled", _n=pl.concat_str("_c", pl.lit("-"), pl.col("_n"))
    )
    return [
        Fact(CASH, cash),
        Fact(CASH_APPLICATIONS, applications.drop("_n")),
        reference(reading, "invoice", "object_id", frame=pairs),
        reference(reading, "PaymentRefNum", "payment_reference", object_kind="cash"),
    ]


def _settled(reading: Reading) -> pl.DataFrame:
    """One row a transaction that a payment settles, `Amount` of it, numbered within the payment."""
    lines = mentions(reading, "Line").with_row_index("_line").rename({"_n": "_line_n"}).drop("_up")
    links = reading.frames[LINKS].select("_up", "_n", "TxnId", "TxnType")
    found = lines.join(links, left_on="_line", right_on="_up", maintain_order="left").filter(STANDS)
    # One transaction may stand in several lines, such as a part by hand.
    summed = found.group_by("_row", "TxnType", "TxnId", maintain_order=True).agg(
        pl.col("Amount").sum(), pl.col("_id", "_gone", "event_at", "_sequence", "currency").first()
    )
    return summed.with_columns(
        settled=pl.concat_str("TxnType", pl.lit("/"), "TxnId"),
        payment="_id",
        _id=pl.concat_str("_id", pl.lit(":"), "TxnType", pl.lit("/"), "TxnId"),
        _n=pl.int_range(1, pl.len() + 1).over("_row"),
    )


KINDS: dict[str, Kind] = kinds(
    "Payment",
    {
        "TxnDate": Leaf.CALENDAR_DAY,
        "TotalAmt": Leaf.MONEY,
        "PrivateNote": Leaf.TEXT,
        "PaymentRefNum": Leaf.TEXT,
        "CustomerRef": {"value": Leaf.TEXT},
        "PaymentMethodRef": {"name": Leaf.TEXT},
        "Line": [{"Amount": Leaf.MONEY, "LinkedTxn": [{"TxnId": Leaf.TEXT, "TxnType": Leaf.TEXT}]}],
    },
    payments,
)
