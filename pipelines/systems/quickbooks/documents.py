"""Invoices, sales receipts, credit memos and refund receipts.

A sales receipt is an invoice that was paid at once, a refund receipt a credit note that was paid out at once. A discount
line is taken off the lines in proportion; subtotals and descriptions are no lines. What a group comes to is its one line;
where it does not say, its items are the lines.
https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/invoice
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS, DOCUMENT_LINES, DOCUMENTS
from pipelines.systems.bookkeeping import MONEY, STANDS, common, mentions, reference, shared_out
from pipelines.systems.facts import Fact
from pipelines.systems.quickbooks.records import id_of, kinds, ref
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

INVOICE, RECEIPT, CREDIT, REFUND = "Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"
SOLD_ITEM, GROUP = "SalesItemLineDetail", "GroupLineDetail"
SOLD = (SOLD_ITEM, GROUP)
OF_GROUPS = f"Line[].{GROUP}.Line"
DISCOUNT = "DiscountLineDetail"
# QuickBooks keeps a voided transaction with amounts of zero and says so in its note.
VOIDED = r"(?i)^\s*voided"
# A custom field that is meant for the customer's order number.
ORDER_FIELD = r"(?i)^\s*(p\.?\s?o\.?|purchase order)\s*(number|no\.?|#)?\s*$"


def voided() -> pl.Expr:
    """Whether a transaction was voided."""
    return (pl.col("TotalAmt") == 0) & pl.col("PrivateNote").str.contains(VOIDED).fill_null(False)


def _documents(reading: Reading) -> list[Fact]:
    reading.require("", "TotalAmt", "TxnDate", "currency", when=STANDS)
    reading.refuse("", "TotalAmt", (pl.col("TotalAmt") < 0) & STANDS)
    reading.require("Line", "Amount", when=pl.col("DetailType").is_in([SOLD_ITEM, DISCOUNT]))
    reading.require(OF_GROUPS, "Amount", when=pl.col("DetailType") == SOLD_ITEM)
    entity = reading.kind.name
    at_once, credit = entity in (RECEIPT, REFUND), entity in (CREDIT, REFUND)
    total, void = pl.col("TotalAmt"), voided()
    left = pl.lit(0, MONEY) if at_once else pl.coalesce("Balance", total)
    tax = pl.col("TxnTaxDetail.TotalTax").fill_null(0)
    root = reading.root.with_columns(left=left, tax=tax, void=void)
    paid = (pl.col("left") == 0) & (total > 0 if not at_once else pl.lit(True))
    settled = pl.lit(0, MONEY) if entity == CREDIT else total - pl.col("left")
    documents = root.select(
        *common(reading, "documents"),
        kind=pl.lit("credit_note" if credit else "invoice"),
        status=pl.when("void").then(pl.lit("void")).when(paid).then(pl.lit("paid")).when(STANDS).then(pl.lit("open")),
        number=pl.col("DocNumber"),
        customer_id=ref(reading, "Customer", "CustomerRef.value"),
        # Of a credit memo the payment that applies it says which (`payments`).
        corrects_document_id=pl.lit(None, pl.String) if entity == CREDIT else ref(reading, INVOICE, "InvoiceRef.value"),
        currency=pl.col("currency"),
        issued_at=pl.col("TxnDate"),
        due_at=pl.col("DueDate"),
        # The moment at which it was seen to be paid; the payments say when money moved.
        paid_at=pl.when(paid & ~pl.col("void")).then("event_at"),
        voided_at=pl.when("void").then("event_at"),
        subtotal=total - pl.col("tax"),
        tax=pl.col("tax"),
        total=total,
        # Of a credit note what was paid out in cash.
        amount_paid=settled,
        amount_remaining=total - settled if entity == CREDIT else pl.col("left"),
    )
    told = reading.with_frame("", root)
    facts = [Fact(DOCUMENTS, documents), _lines(told)]
    if at_once:
        facts += _cash(told, "out" if credit else "in")
    return [*facts, *_references(told)]


def _lines(reading: Reading) -> Fact:
    """What is billed, net: each line less its share in the discount of the whole."""
    root = reading.root.filter(STANDS)
    lines = _items(reading).join(root.select("_row"), on="_row", how="semi", maintain_order="left")
    off = lines.filter(pl.col("DetailType") == DISCOUNT).group_by("_row").agg(off=pl.col("Amount").sum())
    sold = reading.of_root(
        lines.filter(pl.col("DetailType").is_in(SOLD)),
        document="_id",
        currency="currency",
        effective_at="event_at",
        source_sequence="_sequence",
    ).join(off, on="_row", how="left", maintain_order="left")
    sold = sold.with_columns(share=shared_out(sold, "off", "Amount", "currency"))
    detail = "SalesItemLineDetail"
    number = pl.int_range(1, pl.len() + 1).over("_row")
    return Fact(
        DOCUMENT_LINES,
        sold.select(
            "_row",
            "effective_at",
            "source_sequence",
            "currency",
            part=pl.format("document_lines/{}", number),
            object_id=reading.object_id(pl.concat_str("document", pl.lit(":"), pl.coalesce("Id", number.cast(pl.String)))),
            document_id=reading.object_id("document"),
            line_number=number,
            product_id=ref(reading, "Item", f"{detail}.ItemRef.value"),
            description="Description",
            quantity=pl.col(f"{detail}.Qty"),
            amount=pl.col("Amount") - pl.col("share"),
            discount=pl.col("share"),
        ),
    )


def _items(reading: Reading) -> pl.DataFrame:
    """The lines, in order; in the place of a group that does not say what it comes to stand its items."""
    lines = reading.frames["Line"].with_row_index("_line").with_columns(_place=pl.lit(0, pl.Int64))
    silent = (pl.col("DetailType") == GROUP) & (pl.col("Amount").fill_null(0) == 0)
    groups = lines.filter(silent.fill_null(False)).select("_line", of_group="_n")
    items = reading.frames[OF_GROUPS].join(groups, left_on="_up", right_on="_line", maintain_order="left")
    placed = items.with_columns(_place="_n", _n="of_group")
    told = lines.join(groups, on="_line", how="anti", maintain_order="left").drop("_line", "_up")
    return pl.concat([told, placed.select(told.columns)]).sort("_row", "_n", "_place", maintain_order=True)


def _cash(reading: Reading, direction: str) -> list[Fact]:
    """What a receipt says was paid with it."""
    rows = reading.root.with_columns(_id=pl.concat_str("_id", pl.lit(":payment")), document="_id")
    cash = reading.with_frame("", rows)
    void = pl.when("void").then(pl.lit("canceled")).otherwise(pl.lit("succeeded"))
    money = rows.select(
        *common(cash, "cash", "TxnDate"),
        direction=pl.lit(direction),
        kind=pl.lit("payment" if direction == "in" else "refund"),
        status=void,
        amount=pl.col("TotalAmt"),
        currency=pl.col("currency"),
        method=pl.col("PaymentMethodRef.name"),
        customer_id=ref(reading, "Customer", "CustomerRef.value"),
        document_id=reading.object_id("document"),
    )
    if direction == "out":
        return [Fact(CASH, money)]
    settles = rows.filter(STANDS & ~pl.col("void")).select(
        *common(cash, "cash_applications", "TxnDate"),
        cash_id=reading.object_id("_id"),
        document_id=reading.object_id("document"),
        amount=pl.col("TotalAmt"),
        currency=pl.col("currency"),
    )
    return [Fact(CASH, money), Fact(CASH_APPLICATIONS, settles)]


def told_of_invoice(reading: Reading) -> Reading:
    """The invoice that a credit was made for, where somebody said so."""
    return reading.with_frame("", reading.root.with_columns(of_invoice=id_of(INVOICE, "InvoiceRef.value")))


def _references(reading: Reading) -> list[Fact]:
    linked = mentions(reading, "LinkedTxn").filter(pl.col("TxnType") == "Estimate")
    fields = mentions(reading, "CustomField").filter(pl.col("Name").str.contains(ORDER_FIELD))
    return [
        reference(reading, "DocNumber", "invoice_number"),
        reference(reading, "BillEmail.Address", "email"),
        reference(told_of_invoice(reading), "of_invoice", "object_id"),
        reference(reading, "StringValue", "po_number", frame=fields),
        reference(
            reading,
            "estimate",
            "object_id",
            "derives_from",
            frame=linked.with_columns(estimate=id_of("Estimate", "TxnId")),
        ),
    ]


_LINE: Shape = {
    "Id": Leaf.TEXT,
    "Amount": Leaf.MONEY,
    "DetailType": Leaf.TEXT,
    "Description": Leaf.TEXT,
    SOLD_ITEM: {"Qty": Leaf.DECIMAL, "ItemRef": {"value": Leaf.TEXT}},
}
_SHAPE: Shape = {
    "DocNumber": Leaf.TEXT,
    "TxnDate": Leaf.CALENDAR_DAY,
    "DueDate": Leaf.CALENDAR_DAY,
    "TotalAmt": Leaf.MONEY,
    "Balance": Leaf.MONEY,
    "PrivateNote": Leaf.TEXT,
    "TxnTaxDetail": {"TotalTax": Leaf.MONEY},
    "CustomerRef": {"value": Leaf.TEXT},
    "InvoiceRef": {"value": Leaf.TEXT},
    "PaymentMethodRef": {"name": Leaf.TEXT},
    "BillEmail": {"Address": Leaf.TEXT},
    "LinkedTxn": [{"TxnId": Leaf.TEXT, "TxnType": Leaf.TEXT}],
    "CustomField": [{"Name": Leaf.TEXT, "StringValue": Leaf.TEXT}],
    "Line": [{**_LINE, GROUP: {"Line": [_LINE]}}],
}

KINDS: dict[str, Kind] = {
    name: kind for entity in (INVOICE, RECEIPT, CREDIT, REFUND) for name, kind in kinds(entity, _SHAPE, _documents).items()
}
