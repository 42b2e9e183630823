"""Journal entries, and bills that we owe."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import LEDGER_ENTRIES, PAYABLES
from pipelines.systems.bookkeeping import common
from pipelines.systems.facts import Fact
from pipelines.systems.netsuite.records import ENTITY, PENDING, REFERENCE, TRANSACTION, VOIDED, kinds, ref, state
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf

LINES = "line.items"


def entries(reading: Reading) -> list[Fact]:
    """journalEntry: a row a line, debit positive. One that waits for its approval posts nothing.

    One that names an accounting book is of that book alone, beside the books that all others are in: it is not told.
    https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N3196172.html
    """
    reading.require("", "tranDate", "currency")
    reading.require_any(LINES, ["debit", "credit"])
    reading.require_any(LINES, ["account.refName", "account.id"])
    waits = state().str.contains(PENDING).fill_null(False)
    root = reading.root.filter(~waits & pl.col("accountingBook.id").is_null()).with_columns(
        _gone=state().str.contains(VOIDED).fill_null(False)
    )
    names = ("_id", "_gone", "_sequence", "event_at", "currency", "tranDate")
    lines = reading.frames[LINES].join(root.select("_row", *names), on="_row", maintain_order="left")
    posted = lines.with_columns(entry="_id", _id=pl.concat_str("_id", pl.lit(":"), pl.coalesce("line", "_n")), number="_n")
    return [
        Fact(
            LEDGER_ENTRIES,
            posted.select(
                *common(reading, ""),
                entry_id=reading.object_id("entry"),
                line_number="number",
                account=pl.coalesce("account.refName", "account.id"),
                posted_on="tranDate",
                currency="currency",
                amount=pl.col("debit").fill_null(0) - pl.col("credit").fill_null(0),
                customer_id=ref(reading, ENTITY, "entity"),
                memo="memo",
            ).with_columns(part=pl.format("ledger_entries/{}", "line_number")),
        )
    ]


def bills(reading: Reading) -> list[Fact]:
    """vendorBill: what we owe a vendor."""
    reading.require("", "currency")
    reading.require_any("", ["total", "userTotal"])
    total = pl.coalesce("total", "userTotal")
    paid = state().str.contains("paid in full").fill_null(False)
    left = pl.coalesce("amountRemaining", pl.when(paid).then(0), total)
    status = (
        pl.when(state().str.contains(VOIDED))
        .then(pl.lit("void"))
        .when(state().str.contains(PENDING))
        .then(pl.lit("draft"))
        .when((left == 0) & (total > 0))
        .then(pl.lit("paid"))
        .otherwise(pl.lit("open"))
    )
    return [
        Fact(
            PAYABLES,
            reading.root.select(
                *common(reading, "payables"),
                vendor_id=ref(reading, ENTITY, "entity"),
                number=pl.col("tranId"),
                status=status,
                currency=pl.col("currency"),
                total=total,
                amount_paid=total - left,
                amount_remaining=left,
                issued_at=pl.col("tranDate"),
                due_at=pl.col("dueDate"),
            ),
        )
    ]


KINDS: dict[str, Kind] = {
    **kinds(
        "journalEntry",
        TRANSACTION,
        {
            "tranDate": Leaf.STAMP_DAY,
            "status": REFERENCE,
            "accountingBook": REFERENCE,
            "line": {
                "items": [
                    {
                        "line": Leaf.COUNT,
                        "account": REFERENCE,
                        "entity": REFERENCE,
                        "debit": Leaf.MONEY,
                        "credit": Leaf.MONEY,
                        "memo": Leaf.TEXT,
                    }
                ]
            },
        },
        entries,
    ),
    **kinds(
        "vendorBill",
        TRANSACTION,
        {
            "tranId": Leaf.TEXT,
            "tranDate": Leaf.CALENDAR_DAY,
            "dueDate": Leaf.CALENDAR_DAY,
            "status": REFERENCE,
            "entity": REFERENCE,
            "total": Leaf.MONEY,
            "userTotal": Leaf.MONEY,
            "amountRemaining": Leaf.MONEY,
        },
        bills,
    ),
}
