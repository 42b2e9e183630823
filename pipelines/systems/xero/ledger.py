"""Journals: what Xero's ledger posted, and the journals that were made by hand.

Both are in the base currency of the organisation, which only a delivery can name. A journal that came of one made by hand
is the same entry, so that an organisation may send both.
https://developer.xero.com/documentation/api/accounting/journals
https://developer.xero.com/documentation/api/accounting/manualjournals
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import LEDGER_ENTRIES
from pipelines.systems.bookkeeping import common
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.xero.records import kinds

BY_HAND = "MANJOURNAL"
OF_DOCUMENTS = ("ACCREC", "ACCRECCREDIT")
STATUSES = ("DRAFT", "POSTED", "DELETED", "VOIDED", "ARCHIVED")


def journals(reading: Reading) -> list[Fact]:
    """Journal: a row a line; a net amount is a debit where it is positive."""
    reading.require("", "JournalDate", "currency")
    by_hand = pl.col("SourceType") == BY_HAND
    root = reading.root.with_columns(
        entry=pl.when(by_hand & pl.col("SourceID").is_not_null()).then("SourceID").otherwise("_id"),
        posted_on="JournalDate",
        document=pl.when(pl.col("SourceType").is_in(OF_DOCUMENTS)).then("SourceID"),
    )
    return [_entries(reading.with_frame("", root), "NetAmount")]


def manual_journals(reading: Reading) -> list[Fact]:
    """ManualJournal: a row a line once it is posted; one that was voided or deleted is retracted."""
    reading.require("", "Status")
    reading.allow("", "Status", STATUSES)
    reading.require("", "Date", "currency", when=pl.col("Status") == "POSTED")
    root = reading.root.filter(pl.col("Status") != "DRAFT").with_columns(
        entry="_id",
        posted_on="Date",
        document=pl.lit(None, pl.String),
        _gone=pl.col("Status").is_in(["DELETED", "VOIDED"]),
    )
    return [_entries(reading.with_frame("", root), "LineAmount")]


def _entries(reading: Reading, amount: str) -> Fact:
    reading.require("JournalLines", amount)
    reading.require_any("JournalLines", ["AccountCode", "AccountID"])
    names = ("entry", "posted_on", "document", "currency", "event_at", "_gone", "_sequence")
    lines = reading.frames["JournalLines"].join(reading.root.select("_row", *names), on="_row", maintain_order="left")
    numbered = lines.with_columns(_id=pl.concat_str("entry", pl.lit(":"), "_n"))
    name = ["AccountName"] if "AccountName" in lines.columns else []
    kind = pl.col("AccountType") if "AccountType" in lines.columns else pl.lit(None, pl.String)
    return Fact(
        LEDGER_ENTRIES,
        numbered.select(
            *common(reading, ""),
            entry_id=reading.object_id("entry"),
            line_number="_n",
            account=pl.coalesce("AccountCode", *name, "AccountID"),
            account_type=kind,
            posted_on="posted_on",
            currency="currency",
            amount=pl.col(amount),
            document_id=reading.object_id("document"),
            memo="Description",
        ).with_columns(part=pl.format("ledger_entries/{}", "line_number")),
    )


_LINE = {"AccountID": Leaf.TEXT, "AccountCode": Leaf.TEXT, "Description": Leaf.TEXT}
KINDS: dict[str, Kind] = {
    **kinds(
        "Journals",
        "JournalID",
        {
            "JournalDate": Leaf.STAMP_DAY,
            "SourceID": Leaf.TEXT,
            "SourceType": Leaf.TEXT,
            "JournalLines": [{**_LINE, "AccountType": Leaf.TEXT, "AccountName": Leaf.TEXT, "NetAmount": Leaf.MONEY}],
        },
        journals,
    ),
    **kinds(
        "ManualJournals",
        "ManualJournalID",
        {
            "Status": Leaf.TEXT,
            "Date": Leaf.STAMP_DAY,
            "JournalLines": [{**_LINE, "LineAmount": Leaf.MONEY}],
        },
        manual_journals,
    ),
}
