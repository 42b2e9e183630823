"""Invoices, bills and credit notes.

A line's amount is after its discount; where amounts include tax the line's tax is taken off. A credit note corrects the
invoice that it is allocated to; one that is allocated to several is told in parts, one for each of them.
https://developer.xero.com/documentation/api/accounting/invoices
https://developer.xero.com/documentation/api/accounting/creditnotes
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import DOCUMENT_LINES, DOCUMENTS, PAYABLES
from pipelines.systems.bookkeeping import STANDS, common, mentions, notes_by_invoice, reference
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.xero.records import kinds

STATUSES = {
    "DRAFT": "draft",
    "SUBMITTED": "draft",
    "AUTHORISED": "open",
    "PAID": "paid",
    "VOIDED": "void",
    "DELETED": None,
}
SALE, BILL = "ACCREC", "ACCPAY"
SALE_CREDIT, BILL_CREDIT = "ACCRECCREDIT", "ACCPAYCREDIT"
INCLUSIVE = "Inclusive"


def status() -> pl.Expr:
    """State of a document; nothing for one that is deleted."""
    return pl.col("Status").replace_strict(STATUSES, default=None, return_dtype=pl.String)


def _judge(reading: Reading, types: tuple[str, str]) -> None:
    reading.require("", "Type", "Status")
    reading.allow("", "Status", STATUSES)
    reading.allow("", "Type", types)
    reading.require("", "Total", "currency", "Date", when=STANDS)
    # A line that is only a description has neither a quantity nor an amount.
    reading.require("LineItems", "LineAmount", when=pl.col("Quantity").is_not_null())
    lined = reading.frames["LineItems"].get_column("_row").unique().implode()
    final = pl.col("Status").is_in(["AUTHORISED", "PAID"]) & (pl.col("Total") != 0)
    bare = reading.root.filter(final & ~pl.col("_row").is_in(lined)).get_column("_row")
    # An answer that lists many documents leaves their lines out.
    reading.faults.add_rows(bare, Code.MISSING_FIELD, reading.kind.path("", "LineItems"))


def invoices(reading: Reading) -> list[Fact]:
    """ACCREC: a document with its lines. ACCPAY: a bill that we owe."""
    _judge(reading, (SALE, BILL))
    sales = reading.with_frame("", reading.root.filter(pl.col("Type") == SALE))
    bills = reading.with_frame("", reading.root.filter(pl.col("Type") == BILL))
    return [
        Fact(DOCUMENTS, _invoices(sales)),
        _lines(sales),
        Fact(PAYABLES, _payables(bills)),
        reference(sales, "InvoiceNumber", "invoice_number"),
        reference(sales, "Reference", "reference"),
    ]


def credit_notes(reading: Reading) -> list[Fact]:
    """ACCRECCREDIT: a credit note, which invoices it went to, what of it was paid out. Credits of vendors carry nothing."""
    _judge(reading, (SALE_CREDIT, BILL_CREDIT))
    reading.require("Allocations", "Amount", "Invoice.InvoiceID")
    sales = reading.with_frame("", reading.root.filter(pl.col("Type") == SALE_CREDIT))
    allocated = mentions(sales, "Allocations").drop_nulls("_id")
    out = reading.frames["Payments"].group_by("_row").agg(out=pl.col("Amount").sum())
    root = sales.root.join(out, on="_row", how="left", maintain_order="left")
    applied = allocated.select("_row", invoice="Invoice.InvoiceID", amount="Amount")
    return [
        Fact(DOCUMENTS, _notes(sales.with_frame("", notes_by_invoice(root, applied, "Total")))),
        _lines(sales),
        reference(sales, "CreditNoteNumber", "invoice_number"),
        reference(sales, "Invoice.InvoiceID", "object_id", frame=allocated),
    ]


def _invoices(reading: Reading) -> pl.DataFrame:
    tax = pl.col("TotalTax").fill_null(0)
    return _documents(reading, "invoice").with_columns(
        reading.root.select(
            subtotal=pl.col("Total") - tax,
            tax=tax,
            total="Total",
            amount_paid="AmountPaid",
            amount_remaining="AmountDue",
        )
    )


def _notes(reading: Reading) -> pl.DataFrame:
    """What was paid out is of the note itself. How much tax is in a part of a note is not told."""
    own = pl.col("part") == "documents"
    paid = pl.when(own).then(pl.col("out").fill_null(0)).otherwise(0)
    tax = pl.when("whole").then(pl.col("TotalTax").fill_null(0))
    return _documents(reading, "credit_note").with_columns(
        reading.root.select(
            "part",
            corrects_document_id=reading.object_id("corrects"),
            subtotal=pl.col("share") - tax,
            tax=tax,
            total="share",
            amount_paid=paid,
            amount_remaining=pl.col("share") - paid,
        )
    )


def _documents(reading: Reading, kind: str) -> pl.DataFrame:
    number = "InvoiceNumber" if kind == "invoice" else "CreditNoteNumber"
    final = status() != "draft"
    return reading.root.select(
        *common(reading, "documents"),
        kind=pl.lit(kind),
        status=status(),
        number=pl.col(number),
        customer_id=reading.object_id("Contact.ContactID"),
        currency=pl.col("currency"),
        issued_at=pl.when(final).then("Date"),
        due_at=pl.col("DueDate"),
        paid_at=pl.when(pl.col("Status") == "PAID").then(pl.coalesce("FullyPaidOnDate", "event_at")),
        voided_at=pl.when(pl.col("Status") == "VOIDED").then("event_at"),
    )


def _lines(reading: Reading) -> Fact:
    root = reading.root.filter(STANDS).select(
        "_row",
        document="_id",
        currency="currency",
        effective_at="event_at",
        inclusive=pl.col("LineAmountTypes") == INCLUSIVE,
    )
    lines = reading.frames["LineItems"].drop_nulls("LineAmount").join(root, on="_row", maintain_order="left")
    tax = pl.col("TaxAmount").fill_null(0)
    return Fact(
        DOCUMENT_LINES,
        lines.select(
            "_row",
            "effective_at",
            "currency",
            part=pl.format("document_lines/{}", "_n"),
            object_id=reading.object_id(
                pl.concat_str("document", pl.lit(":"), pl.coalesce("LineItemID", pl.col("_n").cast(pl.String)))
            ),
            document_id=reading.object_id("document"),
            line_number="_n",
            # The item itself where it is told, else its code.
            product_id=reading.object_id(pl.coalesce("Item.ItemID", pl.concat_str(pl.lit("code/"), "ItemCode"))),
            description="Description",
            quantity="Quantity",
            amount=pl.col("LineAmount") - pl.when("inclusive").then(tax).otherwise(0),
            discount="DiscountAmount",
            tax=tax,
        ),
    )


def _payables(reading: Reading) -> pl.DataFrame:
    left = pl.coalesce("AmountDue", "Total")
    return reading.root.select(
        *common(reading, "payables"),
        vendor_id=reading.object_id("Contact.ContactID"),
        number=pl.col("InvoiceNumber"),
        status=status(),
        currency=pl.col("currency"),
        total=pl.col("Total"),
        amount_paid=pl.col("Total") - left,
        amount_remaining=left,
        issued_at=pl.col("Date"),
        due_at=pl.col("DueDate"),
    )


_LINE: Shape = {
    "LineItemID": Leaf.TEXT,
    "Description": Leaf.TEXT,
    "Quantity": Leaf.DECIMAL,
    "LineAmount": Leaf.MONEY,
    "TaxAmount": Leaf.MONEY,
    "DiscountAmount": Leaf.MONEY,
    "ItemCode": Leaf.TEXT,
    "Item": {"ItemID": Leaf.TEXT},
}
_DOCUMENT: Shape = {
    "Type": Leaf.TEXT,
    "Status": Leaf.TEXT,
    "Contact": {"ContactID": Leaf.TEXT},
    "Date": Leaf.CALENDAR_DAY,
    "DueDate": Leaf.CALENDAR_DAY,
    "FullyPaidOnDate": Leaf.CALENDAR_DAY,
    "LineAmountTypes": Leaf.TEXT,
    "LineItems": [_LINE],
    "TotalTax": Leaf.MONEY,
    "Total": Leaf.MONEY,
    "CurrencyCode": Leaf.CURRENCY,
}
KINDS: dict[str, Kind] = {
    **kinds(
        "Invoices",
        "InvoiceID",
        {
            **_DOCUMENT,
            "InvoiceNumber": Leaf.TEXT,
            "Reference": Leaf.TEXT,
            "AmountDue": Leaf.MONEY,
            "AmountPaid": Leaf.MONEY,
        },
        invoices,
    ),
    **kinds(
        "CreditNotes",
        "CreditNoteID",
        {
            **_DOCUMENT,
            "CreditNoteNumber": Leaf.TEXT,
            "Allocations": [{"Amount": Leaf.MONEY, "Invoice": {"InvoiceID": Leaf.TEXT}}],
            "Payments": [{"Amount": Leaf.MONEY}],
        },
        credit_notes,
    ),
}
