"""What the ledger reads beside documents and cash: entities, calendars, currencies and rates, fees, manual entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.facts.admission import Admitted
from assets.facts.calendars import Calendars, calendars
from assets.facts.choices import Choices, choices
from assets.facts.entities import with_accounting_days
from assets.facts.state import ORDER, latest
from assets.money.conversion import to_minor
from lakehouse.table import Table
from lakehouse.tables import silver

BALANCE = "customer_balance"
KEPT = ("fee", "tax_remitted")
TURNED = ("payment", "refund", "dispute", "dispute_reversal", "payout", *KEPT)
"""Kinds of cash that the bank may have turned into another currency, or paid out less a fee."""

_RATE = ("rate_source", "kind", "base_currency", "quote_currency", "day")


@dataclass(frozen=True)
class LedgerFacts:
    """Amounts in minor units.

    `entities`: legal_entity_id, functional_currency and books (a list) of each entity that is known. `rates`: one row for
    each source, kind, pair and day, in its latest version. `kept`: fees, and tax that another remits. `balances`: what
    customers' credit balances paid of a document (in) or took over of it (out). `settlements`: cash that reached the bank
    as another amount or in another currency. `exclusions`: documents excluded. `manual`: whole entries of people;
    `unbalanced`: lines of those that are not whole.
    """

    book: str
    entities: pl.DataFrame
    calendars: Calendars
    choices: Choices
    rates: pl.DataFrame
    kept: pl.DataFrame
    balances: pl.DataFrame
    settlements: pl.DataFrame
    exclusions: pl.DataFrame
    manual: pl.DataFrame
    unbalanced: pl.DataFrame


def ledger_facts(admitted: Admitted, policies: pl.DataFrame, zones: pl.DataFrame, as_of: date, book: str) -> LedgerFacts:
    """The facts of the ledger that hold by `as_of`; `policies` are their states for one book."""
    of_entities = free(admitted, silver.LEGAL_ENTITIES)
    entities = latest(of_entities, by=("legal_entity_id",)).select(
        "legal_entity_id",
        "functional_currency",
        books=pl.col("books").str.split(",").list.eval(pl.element().str.strip_chars()),
    )
    cash = free(admitted, silver.CASH)
    settled_apart = pl.col("settlement_amount").is_not_null() & pl.col("settlement_currency").is_not_null()
    told = with_accounting_days(
        latest(free(admitted, silver.DOCUMENT_EVENTS).filter(kind="excluded")), zones, {"day": "effective_at"}
    )
    excluded = told.filter(pl.col("day") <= as_of).sort("effective_at", "object_id")
    manual, unbalanced = _manual_entries(free(admitted, silver.MANUAL_ENTRIES), as_of, book)
    return LedgerFacts(
        book=book,
        entities=entities,
        calendars=calendars(of_entities),
        choices=choices(policies, as_of),
        rates=_rates(free(admitted, silver.FX_RATES)),
        kept=_moved(cash.filter(pl.col("kind").is_in(KEPT)), zones, as_of),
        balances=_moved(cash.filter(kind=BALANCE), zones, as_of),
        settlements=_moved(cash.filter(settled_apart & pl.col("kind").is_in(TURNED)), zones, as_of),
        exclusions=excluded.unique("document_id", keep="first", maintain_order=True),
        manual=manual,
        unbalanced=unbalanced,
    )


def _moved(rows: pl.DataFrame, zones: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Cash that succeeded by `as_of`; `settled` is the settlement in minor units of its own currency."""
    state = to_minor(latest(rows).filter(status="succeeded"), "amount").rename({"object_id": "event_id"})
    settled = to_minor(state.rename({"currency": "paid_in", "settlement_currency": "currency"}), "settlement_amount")
    named = settled.rename({"currency": "settlement_currency", "paid_in": "currency", "settlement_amount": "settled"})
    return with_accounting_days(named, zones, {"day": "effective_at"}).filter(pl.col("day") <= as_of)


def _rates(rows: pl.DataFrame) -> pl.DataFrame:
    """A rate published again for the same day takes the place of the one before."""
    return latest(rows).sort(ORDER, nulls_last=False).unique(subset=list(_RATE), keep="last", maintain_order=True)


def _manual_entries(rows: pl.DataFrame, as_of: date, book: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines of whole, balanced entries of a book by `as_of`, and those of entries that are not whole or do not balance."""
    lines = to_minor(latest(rows), "amount").filter(pl.col("book").is_null() | (pl.col("book") == book))
    due = lines.filter(pl.col("posted_on") <= as_of)
    sums = due.group_by("entry_id", "currency").agg(pl.col("amount").sum())
    uneven = sums.filter(pl.col("amount") != 0).select("entry_id")
    counts = due.group_by("entry_id").agg(pl.len(), pl.col("line_count").max())
    partial = counts.filter(pl.col("len") != pl.col("line_count")).select("entry_id")
    wrong = pl.concat([uneven, partial]).unique()
    return due.join(wrong, on="entry_id", how="anti"), due.join(wrong, on="entry_id", how="semi")


def free(admitted: Admitted, table: Table) -> pl.DataFrame:
    """Rows of a table whose object is not in conflict."""
    rows = admitted[table]
    return rows.join(admitted.held, on="object_id", how="anti") if admitted.held.height else rows
