"""Journal entries, and bills that we owe.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/journalentry
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import LEDGER_ENTRIES, PAYABLES
from pipelines.systems.bookkeeping import STANDS, common, mentions
from pipelines.systems.facts import Fact
from pipelines.systems.quickbooks.documents import voided
from pipelines.systems.quickbooks.records import kinds, ref
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

_DETAIL = "JournalEntryLineDetail"
SIDES = {"Debit": 1, "Credit": -1}


def entries(reading: Reading) -> list[Fact]:
    """JournalEntry: a row a line, debit positive. Of a deleted entry only that it is gone is known."""
    reading.require("", "TxnDate", "currency", when=STANDS)
    posts = pl.col("DetailType") == _DETAIL
    account = f"{_DETAIL}.AccountRef"
    reading.require("Line", "Amount", f"{_DETAIL}.PostingType", when=posts)
    reading.require_any("Line", [f"{account}.value", f"{account}.name"], when=posts)
    reading.allow("Line", f"{_DETAIL}.PostingType", SIDES)
    dated = reading.root.select("_row", "TxnDate")
    lines = mentions(reading, "Line").filter(posts & STANDS).join(dated, on="_row", how="left", maintain_order="left")
    side = pl.col(f"{_DETAIL}.PostingType").replace_strict(SIDES, default=None, return_dtype=pl.Int64)
    entity = f"{_DETAIL}.Entity"
    posted = lines.with_columns(
        entry="_id", _id=pl.concat_str("_id", pl.lit(":"), pl.coalesce("Id", pl.col("_n").cast(pl.String)))
    )
    rows = posted.select(
        *common(reading, ""),
        entry_id=reading.object_id("entry"),
        line_number="_n",
        account=pl.coalesce(f"{account}.name", f"{account}.value"),
        posted_on="TxnDate",
        currency="currency",
        amount=pl.col("Amount") * side,
        customer_id=pl.when(pl.col(f"{entity}.Type") == "Customer").then(
            ref(reading, "Customer", f"{entity}.EntityRef.value")
        ),
        memo="Description",
    ).with_columns(part=pl.format("ledger_entries/{}", "line_number"))
    gone = reading.root.filter(~STANDS).select(*common(reading, "ledger_entries"), entry_id=reading.object_id("_id"))
    return [Fact(LEDGER_ENTRIES, rows), Fact(LEDGER_ENTRIES, gone)]


def bills(reading: Reading) -> list[Fact]:
    """Bill: what we owe a vendor."""
    reading.require("", "TotalAmt", "currency", when=STANDS)
    total, left = pl.col("TotalAmt"), pl.coalesce("Balance", "TotalAmt")
    status = (
        pl.when(voided())
        .then(pl.lit("void"))
        .when((left == 0) & (total > 0))
        .then(pl.lit("paid"))
        .when(STANDS)
        .then(pl.lit("open"))
    )
    return [
        Fact(
            PAYABLES,
            reading.root.select(
                *common(reading, "payables"),
                vendor_id=ref(reading, "Vendor", "VendorRef.value"),
                number=pl.col("DocNumber"),
                status=status,
                currency=pl.col("currency"),
                total=total,
                amount_paid=total - left,
                amount_remaining=left,
                issued_at=pl.col("TxnDate"),
                due_at=pl.col("DueDate"),
            ),
        )
    ]


_LINE: Shape = {
    "Id": Leaf.TEXT,
    "Amount": Leaf.MONEY,
    "DetailType": Leaf.TEXT,
    "Description": Leaf.TEXT,
    _DETAIL: {
        "PostingType": Leaf.TEXT,
        "AccountRef": {"value": Leaf.TEXT, "name": Leaf.TEXT},
        "Entity": {"Type": Leaf.TEXT, "EntityRef": {"value": Leaf.TEXT}},
    },
}
KINDS: dict[str, Kind] = {
    **kinds("JournalEntry", {"TxnDate": Leaf.STAMP_DAY, "Line": [_LINE]}, entries),
    **kinds(
        "Bill",
        {
            "DocNumber": Leaf.TEXT,
            "TxnDate": Leaf.CALENDAR_DAY,
            "DueDate": Leaf.CALENDAR_DAY,
            "TotalAmt": Leaf.MONEY,
            "Balance": Leaf.MONEY,
            "PrivateNote": Leaf.TEXT,
            "VendorRef": {"value": Leaf.TEXT},
        },
        bills,
    ),
}
