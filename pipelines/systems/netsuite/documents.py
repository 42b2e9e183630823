"""Invoices and credit memos.

https://system.netsuite.com/help/helpcenter/en_US/APIs/REST_API_Browser/record/v1/2023.1/index.html#tag-invoice
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import DOCUMENT_LINES, DOCUMENTS
from pipelines.systems.bookkeeping import common, notes_by_invoice, reference
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.netsuite import lines
from pipelines.systems.netsuite.records import (
    APPLIED,
    ENTITY,
    ITEM,
    PENDING,
    REFERENCE,
    TRANSACTION,
    VOIDED,
    applied,
    id_of,
    kinds,
    ref,
    state,
)
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

INVOICE, CREDIT = "invoice", "creditMemo"


def invoices(reading: Reading) -> list[Fact]:
    """invoice: a document with its lines. Until it is approved it is a draft."""
    total = pl.col("total")
    left = pl.coalesce("amountRemaining", total - pl.col("amountPaid"), total)
    return _facts(reading, "invoice", total - left, left)


def credit_memos(reading: Reading) -> list[Fact]:
    """creditMemo: a credit note for each invoice that it is applied to, or one that waits."""
    to = applied(reading)
    names = ("_id", "_gone", "_sequence", "event_at")
    mentioned = reading.of_root(to, **{name: name for name in names})
    nothing = pl.lit(0, pl.Decimal(20, 4))
    documents, *facts = _facts(reading, "credit_note", nothing, pl.col("total"))
    applications = to.select("_row", "amount", invoice="document")
    notes = notes_by_invoice(reading.root, applications, "total")
    parts = notes.select(
        "_row",
        "part",
        object_id=reading.object_id("_id"),
        corrects_document_id=reading.object_id("corrects"),
        # How much tax is in a part of a memo is not told.
        subtotal=pl.when("whole").then(pl.col("total") - lines.tax()),
        tax=pl.when("whole").then(lines.tax()),
        total="share",
        amount_remaining="share",
    )
    told = documents.rows.drop(*parts.columns[1:]).join(parts, on="_row", maintain_order="right")
    return [Fact(DOCUMENTS, told), *facts, reference(reading, "document", "object_id", frame=mentioned)]


def _facts(reading: Reading, kind: str, paid: pl.Expr, left: pl.Expr) -> list[Fact]:
    reading.require("", "total", "tranDate", "currency")
    reading.refuse("", "total", pl.col("total") < 0)
    reading.require(lines.PATH, "amount", when=lines.SOLD)
    lined = reading.frames[lines.PATH].get_column("_row").unique().implode()
    bare = reading.root.filter((pl.col("total") != 0) & ~pl.col("_row").is_in(lined)).get_column("_row")
    # Without expandSubResources a record names its lines and does not hold them.
    reading.faults.add_rows(bare, Code.MISSING_FIELD, reading.kind.path("", lines.PATH))
    void, pending = state().str.contains(VOIDED), state().str.contains(PENDING)
    status = (
        pl.when(void)
        .then(pl.lit("void"))
        .when(pending)
        .then(pl.lit("draft"))
        .when((left == 0) & (pl.col("total") > 0))
        .then(pl.lit("paid"))
        .otherwise(pl.lit("open"))
    )
    root = reading.root.with_columns(_status=status)
    documents = root.select(
        *common(reading, "documents"),
        kind=pl.lit(kind),
        status="_status",
        number=pl.col("tranId"),
        customer_id=ref(reading, ENTITY, "entity"),
        corrects_document_id=pl.lit(None, pl.String),
        currency=pl.col("currency"),
        issued_at=pl.when(pl.col("_status") != "draft").then("tranDate"),
        due_at=pl.col("dueDate"),
        # When it was seen to be paid; the payments say when money moved.
        paid_at=pl.when(pl.col("_status") == "paid").then("event_at"),
        voided_at=pl.when(pl.col("_status") == "void").then("event_at"),
        subtotal=pl.col("total") - lines.tax(),
        tax=lines.tax(),
        total=pl.col("total"),
        amount_paid=paid,
        amount_remaining=left,
    )
    told = reading.with_frame("", root.with_columns(source_order=id_of(TRANSACTION, "createdFrom.id")))
    return [
        Fact(DOCUMENTS, documents),
        _lines(told),
        reference(told, "tranId", "invoice_number"),
        reference(told, "otherRefNum", "po_number"),
        reference(told, "externalId", "external_id", "same_as"),
        reference(told, "email", "email"),
        reference(told, "source_order", "object_id", "derives_from"),
    ]


def _lines(reading: Reading) -> Fact:
    billed = lines.lines(reading)
    service = pl.col("revRecStartDate").is_not_null() & pl.col("revRecEndDate").is_not_null()
    return Fact(
        DOCUMENT_LINES,
        billed.select(
            "_row",
            "currency",
            part=pl.format("document_lines/{}", "number"),
            object_id=reading.object_id(pl.concat_str("_id", pl.lit(":"), "key")),
            effective_at="event_at",
            document_id=reading.object_id("_id"),
            line_number="number",
            product_id=ref(reading, ITEM, "item"),
            description="description",
            quantity="quantity",
            amount="net",
            # A discount that makes a line dearer is none.
            discount=pl.when(pl.col("share") >= 0).then("share"),
            tax="tax1Amt",
            service_from=pl.when(service).then("revRecStartDate"),
            service_to=pl.when(service).then("revRecEndDate"),
        ),
    )


_SHAPE: Shape = {
    "tranId": Leaf.TEXT,
    "tranDate": Leaf.CALENDAR_DAY,
    "dueDate": Leaf.CALENDAR_DAY,
    "status": REFERENCE,
    "entity": REFERENCE,
    "createdFrom": REFERENCE,
    "otherRefNum": Leaf.TEXT,
    "email": Leaf.TEXT,
    "total": Leaf.MONEY,
    "amountPaid": Leaf.MONEY,
    "amountRemaining": Leaf.MONEY,
    **lines.TOTALS,
    "item": {"items": [lines.SHAPE]},
}
KINDS: dict[str, Kind] = {
    **kinds(INVOICE, TRANSACTION, _SHAPE, invoices),
    **kinds(CREDIT, TRANSACTION, {**_SHAPE, "apply": {"items": [APPLIED]}}, credit_memos),
}
