"""Payments and money received at the bank.

A payment is of one invoice or credit note, in its currency; what came in one transfer for several invoices is a batch, and
groups its payments. What we pay to vendors is no cash of customers and is not read.
https://developer.xero.com/documentation/api/accounting/payments
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS
from pipelines.systems.bookkeeping import GONE, STANDS, common, reference
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.xero.records import kinds

RECEIVED, REFUNDED = "ACCRECPAYMENT", "ARCREDITPAYMENT"
STATUSES = ("AUTHORISED", "DELETED")


def payments(reading: Reading) -> list[Fact]:
    """ACCRECPAYMENT: money in, and the invoice that it settles. ARCREDITPAYMENT: a credit note that is paid out."""
    reading.require("", "PaymentType", "Status")
    reading.allow("", "Status", STATUSES)
    ours = pl.col("PaymentType").is_in([RECEIVED, REFUNDED])
    reading.require("", "Amount", "Date", when=ours)
    reading.require("", "Invoice.InvoiceID", when=pl.col("PaymentType") == RECEIVED)
    reading.require("", "CreditNote.CreditNoteID", when=pl.col("PaymentType") == REFUNDED)
    reading.require_any("", ["Invoice.CurrencyCode", "CreditNote.CurrencyCode", "currency"], when=ours & STANDS)
    refunded = pl.col("PaymentType") == REFUNDED
    root = reading.root.filter(ours).with_columns(
        currency=pl.coalesce("Invoice.CurrencyCode", "CreditNote.CurrencyCode", "currency"),
        at=pl.when(GONE).then("event_at").otherwise("Date"),
        document=pl.when(refunded).then("CreditNote.CreditNoteID").otherwise("Invoice.InvoiceID"),
        banked=pl.col("BankAmount").is_not_null() & pl.col("Account.CurrencyCode").is_not_null(),
    )
    told = reading.with_frame("", root)
    cash = root.select(
        *common(told, "cash", "at"),
        direction=pl.when(refunded).then(pl.lit("out")).otherwise(pl.lit("in")),
        kind=pl.when(refunded).then(pl.lit("refund")).otherwise(pl.lit("payment")),
        status=pl.when(GONE).then(pl.lit("canceled")).otherwise(pl.lit("succeeded")),
        amount=pl.col("Amount"),
        currency=pl.col("currency"),
        settlement_amount=pl.when("banked").then("BankAmount"),
        settlement_currency=pl.when("banked").then("Account.CurrencyCode"),
        customer_id=told.object_id(pl.coalesce("Invoice.Contact.ContactID", "CreditNote.Contact.ContactID")),
        document_id=told.object_id("document"),
        payment_group_id=told.object_id("BatchPayment.BatchPaymentID"),
    )
    settles = root.filter(~refunded).with_columns(payment="_id", _id=pl.concat_str("_id", pl.lit(":"), "Invoice.InvoiceID"))
    applications = settles.select(
        *common(told, "cash_applications", "at"),
        cash_id=told.object_id("payment"),
        document_id=told.object_id("Invoice.InvoiceID"),
        amount=pl.col("Amount"),
        currency=pl.col("currency"),
    )
    return [
        Fact(CASH, cash),
        Fact(CASH_APPLICATIONS, applications),
        reference(told, "Reference", "payment_reference", object_kind="cash"),
    ]


def bank_transactions(reading: Reading) -> list[Fact]:
    """RECEIVE and its kinds: money that came without an invoice. What was spent is not read."""
    reading.require("", "Type", "Status")
    ours = pl.col("Type").str.starts_with("RECEIVE")
    reading.require("", "Total", "Date", "currency", when=ours & STANDS)
    root = reading.root.filter(ours & pl.col("Status").is_in(["AUTHORISED", "DELETED", "VOIDED"])).with_columns(
        at=pl.when(GONE).then("event_at").otherwise("Date")
    )
    told = reading.with_frame("", root)
    cash = root.select(
        *common(told, "cash", "at"),
        direction=pl.lit("in"),
        kind=pl.lit("payment"),
        status=pl.when(pl.col("Status") == "AUTHORISED").then(pl.lit("succeeded")).otherwise(pl.lit("canceled")),
        amount=pl.col("Total"),
        currency=pl.col("currency"),
        customer_id=told.object_id("Contact.ContactID"),
    )
    return [Fact(CASH, cash), reference(told, "Reference", "payment_reference", object_kind="cash")]


_OF: Shape = {"CurrencyCode": Leaf.CURRENCY, "Contact": {"ContactID": Leaf.TEXT}}
KINDS: dict[str, Kind] = {
    **kinds(
        "Payments",
        "PaymentID",
        {
            "PaymentType": Leaf.TEXT,
            "Status": Leaf.TEXT,
            "Date": Leaf.CALENDAR_DAY,
            "Amount": Leaf.MONEY,
            "BankAmount": Leaf.MONEY,
            "Reference": Leaf.TEXT,
            "Account": {"CurrencyCode": Leaf.CURRENCY},
            "BatchPayment": {"BatchPaymentID": Leaf.TEXT},
            "Invoice": {"InvoiceID": Leaf.TEXT, **_OF},
            "CreditNote": {"CreditNoteID": Leaf.TEXT, **_OF},
        },
        payments,
    ),
    **kinds(
        "BankTransactions",
        "BankTransactionID",
        {
            "Type": Leaf.TEXT,
            "Status": Leaf.TEXT,
            "Date": Leaf.CALENDAR_DAY,
            "Total": Leaf.MONEY,
            "Reference": Leaf.TEXT,
            "CurrencyCode": Leaf.CURRENCY,
            "Contact": {"ContactID": Leaf.TEXT},
        },
        bank_transactions,
    ),
}
