"""Payments: money in, and the invoices that it settles. A payment may also apply a credit memo, with or without money.

Each line names one transaction and how much of it is settled. Money settles the invoices in their order, credit memos what
it leaves of them. What a memo gives to an invoice is a credit note of that invoice, of the day on which it is applied: the
memo itself names none, and waits.
https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/payment
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS, DOCUMENTS
from pipelines.systems.bookkeeping import STANDS, common, mentions, reference
from pipelines.systems.facts import Fact
from pipelines.systems.quickbooks.documents import CREDIT, INVOICE, voided
from pipelines.systems.quickbooks.records import kinds, ref
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf

LINKS = "Line[].LinkedTxn"


def payments(reading: Reading) -> list[Fact]:
    """Payment: the cash, one application an invoice, and how much of which credit memo went to which invoice."""
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
    invoices = _in_order(settled.filter(pl.col("TxnType") == INVOICE)).join(
        _money(settled), on="_row", how="left", maintain_order="left"
    )
    by_money = pl.min_horizontal("end", "money") - pl.col("begin")
    of_cash = invoices.with_columns(Amount=by_money).filter(by_money > 0)
    of_cash = of_cash.join(moved, on="_row", how="semi", maintain_order="left")
    applications = of_cash.select(
        *common(reading, ""),
        cash_id=reading.object_id("payment"),
        document_id=reading.object_id("settled"),
        amount=pl.col("Amount"),
        currency=pl.col("currency"),
        _n="_n",
    ).with_columns(part=pl.format("cash_applications/{}", "_n"))
    pairs = _credited(settled, invoices)
    return [
        Fact(CASH, cash),
        Fact(CASH_APPLICATIONS, applications.drop("_n")),
        Fact(DOCUMENTS, _notes(reading, pairs)),
        reference(reading, "invoice", "object_id", frame=pairs),
        reference(reading, "PaymentRefNum", "payment_reference", object_kind="cash"),
    ]


def _in_order(settled: pl.DataFrame) -> pl.DataFrame:
    """What is settled of a payment side by side: each transaction from `begin` to `end`."""
    return (
        settled.sort("_row", "_n")
        .with_columns(end=pl.col("Amount").cum_sum().over("_row"))
        .with_columns(begin=pl.col("end") - pl.col("Amount"))
    )


def _money(settled: pl.DataFrame) -> pl.DataFrame:
    """How much of the invoices of a payment is settled by money: what its credits leave."""
    invoiced = pl.col("Amount").filter(pl.col("TxnType") == INVOICE).sum()
    credited = pl.col("Amount").filter(pl.col("TxnType") != INVOICE).sum()
    return settled.group_by("_row").agg(money=(invoiced - credited).clip(0))


def _credited(settled: pl.DataFrame, invoices: pl.DataFrame) -> pl.DataFrame:
    """One row for each credit memo and each invoice that it settles, with `given`, how much of it."""
    memos = _in_order(settled.filter(pl.col("TxnType") == CREDIT)).select(
        "_row", credit="settled", _c="_n", from_="begin", to_="end"
    )
    both = invoices.join(memos, on="_row", maintain_order="left").with_columns(
        given=pl.min_horizontal("end", pl.col("money") + pl.col("to_"))
        - pl.max_horizontal("begin", pl.col("money") + pl.col("from_"))
    )
    return both.filter(pl.col("given") > 0).with_columns(
        _id="credit", invoice="settled", _n=pl.concat_str("_c", pl.lit("-"), pl.col("_n"))
    )


def _notes(reading: Reading, pairs: pl.DataFrame) -> pl.DataFrame:
    """How much tax is in a part of a memo is not told."""
    of_payment = reading.root.filter(~voided()).select("_row", "TxnDate", "CustomerRef.value")
    told = pairs.join(of_payment, on="_row", maintain_order="left").with_columns(
        _id=pl.concat_str("credit", pl.lit(":"), "payment", pl.lit(":"), "invoice")
    )
    return (
        told.select(
            *common(reading, ""),
            kind=pl.lit("credit_note"),
            status=pl.lit("paid"),
            customer_id=ref(reading, "Customer", "CustomerRef.value"),
            corrects_document_id=reading.object_id("invoice"),
            currency="currency",
            issued_at="TxnDate",
            total="given",
            amount_paid=pl.lit(0),
            amount_remaining="given",
            _n="_n",
        )
        .with_columns(part=pl.format("documents/{}", "_n"))
        .drop("_n")
    )


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
