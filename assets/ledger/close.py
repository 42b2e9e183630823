"""Closing and reopening accounting periods: in order, and in reverse.

A close stores its cut (the versions of the silver tables it saw) and the balances it freezes. From then on the journal
posts nothing into the period; what is learned later posts in the first open one and keeps its service period. Reopening
takes a reason and a second person, and leaves the old evidence where it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from assets.cut import current_cut
from assets.ledger.frozen import frozen_balances
from assets.ledger.periods import DEFAULT_BOOK, MODULE, first_open_periods, standing_closes
from lakehouse.errors import RtrError, TransientError
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import gold, ops


@dataclass(frozen=True)
class Books:
    """Whose books, and which."""

    legal_entity_id: str = "default"
    book: str = DEFAULT_BOOK


@dataclass(frozen=True)
class PeriodEntry:
    """One entry of the period log; `balances` are what a close froze (account, currency, amount)."""

    sequence: int
    period: date
    action: str
    balances: pl.DataFrame


def close_period(
    lake: Lakehouse,
    period: date,
    *,
    preparer: str,
    recorded_at: datetime,
    approver: str | None = None,
    books: Books | None = None,
    cut: dict[str, int] | None = None,
) -> PeriodEntry:
    """Close a month (its first day). Refresh before, as of its last day or later.

    `cut`: the versions of silver that the last refresh read; the current ones by default. Raises RtrError PERIOD_INVALID,
    PERIOD_NOT_ENDED, PERIOD_ALREADY_CLOSED, PERIOD_OUT_OF_ORDER, or TransientError PERIOD_LOG_RACE.
    """
    books = books or Books()
    log = lake.scan(ops.PERIOD_LOG).collect()
    _require_month_that_ended(period, recorded_at)
    _require_next(lake, log, period, books)
    balances = frozen_balances(lake.scan(gold.JOURNAL), books.legal_entity_id, books.book, period)
    sequence = _next_sequence(lake, log, books)
    identity = _identity(books, sequence, period)
    if balances.height:
        _append(lake, ops.PERIOD_BALANCES, balances.with_columns(**identity))
    versions = json.dumps(current_cut(lake) if cut is None else cut, sort_keys=True)
    entry = pl.DataFrame({"preparer": [preparer], "approver": [approver], "silver_cut": [versions]})
    _append(lake, ops.PERIOD_LOG, entry.with_columns(**identity, action=pl.lit("close"), recorded_at=pl.lit(recorded_at)))
    return PeriodEntry(sequence, period, "close", balances)


def reopen_period(
    lake: Lakehouse,
    period: date,
    *,
    preparer: str,
    approver: str,
    reason: str,
    recorded_at: datetime,
    books: Books | None = None,
) -> PeriodEntry:
    """Reopen the last closed month. The next refresh moves into it what was posted later because it was closed.

    Raises RtrError REASON_REQUIRED, APPROVER_REQUIRED, PERIOD_NOT_CLOSED, PERIOD_OUT_OF_ORDER, or TransientError
    PERIOD_LOG_RACE.
    """
    books = books or Books()
    _require_reason_and_approver(preparer, approver, reason)
    log = lake.scan(ops.PERIOD_LOG).collect()
    closed = standing_closes(_of(log, books)).get_column("period").sort()
    if period not in closed:
        raise RtrError("PERIOD_NOT_CLOSED", f"{period:%Y-%m} is not closed.", "Look at ops.period_log for what is.")
    last = closed.to_list()[-1]
    if period != last:
        message = f"{period:%Y-%m} cannot be reopened while {last:%Y-%m} is closed."
        raise RtrError("PERIOD_OUT_OF_ORDER", message, f"Reopen in reverse order, {last:%Y-%m} first.")
    sequence = _next_sequence(lake, log, books)
    entry = pl.DataFrame({"preparer": [preparer], "approver": [approver], "reason": [reason]})
    identity = _identity(books, sequence, period)
    _append(lake, ops.PERIOD_LOG, entry.with_columns(**identity, action=pl.lit("reopen"), recorded_at=pl.lit(recorded_at)))
    return PeriodEntry(sequence, period, "reopen", pl.DataFrame())


def _require_month_that_ended(period: date, recorded_at: datetime) -> None:
    if period.day != 1:
        raise RtrError("PERIOD_INVALID", f"{period} is not the first day of a month.", "Name a month, such as 2024-01.")
    following = (period + timedelta(days=31)).replace(day=1)
    if recorded_at.date() < following:
        raise RtrError("PERIOD_NOT_ENDED", f"{period:%Y-%m} has not ended.", f"Close it from {following} on.")


def _require_next(lake: Lakehouse, log: pl.DataFrame, period: date, books: Books) -> None:
    """The month to close is the first open one; before any close, the first in which something was posted."""
    opened = first_open_periods(log, books.book).filter(legal_entity_id=books.legal_entity_id).get_column("first_open")
    if len(opened) and period < opened[0]:
        raise RtrError("PERIOD_ALREADY_CLOSED", f"{period:%Y-%m} is closed.", f"The first open one is {opened[0]:%Y-%m}.")
    posted = lake.scan(gold.JOURNAL).filter(legal_entity_id=books.legal_entity_id, book=books.book)
    expected = opened[0] if len(opened) else posted.select(pl.col("accounting_period").min()).collect().item()
    if expected is not None and period > expected:
        message = f"{period:%Y-%m} cannot be closed while {expected:%Y-%m} is open."
        raise RtrError("PERIOD_OUT_OF_ORDER", message, f"Close in order, {expected:%Y-%m} first.")


def _require_reason_and_approver(preparer: str, approver: str, reason: str) -> None:
    if not reason.strip():
        raise RtrError("REASON_REQUIRED", "A period is reopened only for a reason.", "Give one with --reason.")
    if not approver.strip() or approver == preparer:
        message = "A period is reopened by two people."
        raise RtrError("APPROVER_REQUIRED", message, "Name an --approver other than the preparer.")


def _of(rows: pl.DataFrame, books: Books) -> pl.DataFrame:
    return rows.filter(legal_entity_id=books.legal_entity_id, book=books.book, module=MODULE)


def _next_sequence(lake: Lakehouse, log: pl.DataFrame, books: Books) -> int:
    """Past every entry, and past balances that a close which was cut short has left behind."""
    used = [_of(log, books), _of(lake.scan(ops.PERIOD_BALANCES).collect(), books)]
    return max([0, *(int(n) for rows in used for n in rows.get_column("sequence"))]) + 1


def _identity(books: Books, sequence: int, period: date) -> dict[str, pl.Expr]:
    return {
        "legal_entity_id": pl.lit(books.legal_entity_id),
        "book": pl.lit(books.book),
        "module": pl.lit(MODULE),
        "sequence": pl.lit(sequence),
        "period": pl.lit(period),
    }


def _append(lake: Lakehouse, table: Table, rows: pl.DataFrame) -> None:
    result = lake.append(table, table.conform(rows))
    if result.appended != rows.height:
        message = f"Someone else wrote {table.qualified_name} at the same moment."
        raise TransientError("PERIOD_LOG_RACE", message, "Look at what was done, then try again.")
