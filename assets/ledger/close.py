"""Closing and reopening accounting periods: in order, and in reverse.

A close is checked, then stores its cut (the versions of the silver tables it saw), the balances it freezes, its evidence.
From then on the journal posts nothing into the period; what is learned later posts in the first open one and keeps its
service period. Reopening takes a reason and a second person, and leaves the old evidence where it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from assets.cut import current_cut
from assets.facts.calendars import Calendars, calendars
from assets.ledger.evidence import evidence_folder, evidence_of, write_evidence
from assets.ledger.frozen import Books, frozen_balances
from assets.ledger.periods import first_open_periods, standing_closes
from assets.ledger.tie_outs import Check, close_checks
from lakehouse.errors import RtrError, TransientError
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import gold, ops, silver

__all__ = ["Books", "PeriodEntry", "close_period", "reopen_period"]


REMEDY = 'Correct what it names and run `rtr refresh`; `rtr sql "from ops.gate_results where not success"` says which rows.'


@dataclass(frozen=True)
class PeriodEntry:
    """One entry of the period log; `balances` are what a close froze, `evidence` is the folder of its files."""

    sequence: int
    period: date
    action: str
    balances: pl.DataFrame
    checks: tuple[Check, ...] = ()
    evidence: str | None = None


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
    """Close a period, named by its first day. Refresh before, as of its last day or later.

    `cut`: the versions of silver that the last refresh read; the current ones by default. Raises RtrError PERIOD_INVALID,
    PERIOD_NOT_ENDED, PERIOD_ALREADY_CLOSED, PERIOD_OUT_OF_ORDER, CLOSE_CHECK_FAILED, or TransientError PERIOD_LOG_RACE.
    """
    books = books or Books()
    log = lake.scan(ops.PERIOD_LOG).collect()
    kept = calendars(lake.scan(silver.LEGAL_ENTITIES).collect())
    last_day = _last_day_of_period_that_ended(period, recorded_at, books, kept)
    _require_next(lake, log, period, books, kept)
    checks = close_checks(lake, books, period, last_day)
    _require_checks(checks)
    balances = frozen_balances(lake.scan(gold.JOURNAL), books, period)
    sequence = _next_sequence(lake, log, books)
    identity = _identity(books, sequence, period)
    if balances.height:
        _append(lake, ops.PERIOD_BALANCES, balances.with_columns(**identity))
    versions = current_cut(lake) if cut is None else cut
    who = {"preparer": preparer, "approver": approver}
    facts = who | {"sequence": sequence, "recorded_at": recorded_at.isoformat(), "silver_cut": versions}
    folder = evidence_folder(books, period, sequence)
    lake.ensure(ops.PERIOD_LOG)
    proof = write_evidence(lake, folder, evidence_of(lake, books, period, balances, checks, facts))
    written = {"silver_cut": json.dumps(versions, sort_keys=True), "evidence": folder, "evidence_sha256": proof}
    entry = pl.DataFrame([who | written], schema_overrides={"approver": pl.String})
    _append(lake, ops.PERIOD_LOG, entry.with_columns(**identity, action=pl.lit("close"), recorded_at=pl.lit(recorded_at)))
    return PeriodEntry(sequence, period, "close", balances, tuple(checks), folder)


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
    """Reopen the last closed period. The next refresh moves into it what was posted later because it was closed.

    Raises RtrError REASON_REQUIRED, APPROVER_REQUIRED, PERIOD_NOT_CLOSED, PERIOD_OUT_OF_ORDER, or TransientError
    PERIOD_LOG_RACE.
    """
    books = books or Books()
    _require_reason_and_approver(preparer, approver, reason)
    log = lake.scan(ops.PERIOD_LOG).collect()
    closed = standing_closes(_of(log, books)).get_column("period").sort()
    if period not in closed:
        raise RtrError("PERIOD_NOT_CLOSED", f"{period} is not closed.", "Look at ops.period_log for what is.")
    last = closed.to_list()[-1]
    if period != last:
        message = f"{period} cannot be reopened while {last} is closed."
        raise RtrError("PERIOD_OUT_OF_ORDER", message, f"Reopen in reverse order, {last} first.")
    sequence = _next_sequence(lake, log, books)
    entry = pl.DataFrame({"preparer": [preparer], "approver": [approver], "reason": [reason]})
    identity = _identity(books, sequence, period)
    _append(lake, ops.PERIOD_LOG, entry.with_columns(**identity, action=pl.lit("reopen"), recorded_at=pl.lit(recorded_at)))
    return PeriodEntry(sequence, period, "reopen", pl.DataFrame())


def _last_day_of_period_that_ended(period: date, recorded_at: datetime, books: Books, kept: Calendars) -> date:
    named = pl.DataFrame({"legal_entity_id": [books.legal_entity_id], "day": [period]})
    found = kept.with_ends(kept.with_periods(named, {"period": "day"}), "period", "last_day")
    first: date
    last: date
    first, last = found.select("period", "last_day").row(0)
    if first != period:
        raise RtrError("PERIOD_INVALID", f"{period} is not the first day of a period.", f"It lies in that of {first}.")
    if recorded_at.date() <= last:
        raise RtrError("PERIOD_NOT_ENDED", f"The period of {period} has not ended.", f"Close it after {last}.")
    return last


def _require_checks(checks: list[Check]) -> None:
    failed = [f"{check.name} ({check.found})" for check in checks if check.blocks and not check.passed]
    if failed:
        raise RtrError("CLOSE_CHECK_FAILED", f"What must hold before a close does not: {'; '.join(failed)}.", REMEDY)


def _require_next(lake: Lakehouse, log: pl.DataFrame, period: date, books: Books, kept: Calendars) -> None:
    """The period to close is the first open one; before any close, the first in which something was posted."""
    ours = {"legal_entity_id": books.legal_entity_id, "module": books.module}
    opened = first_open_periods(log, books.book, kept).filter(**ours).get_column("first_open")
    if len(opened) and period < opened[0]:
        raise RtrError("PERIOD_ALREADY_CLOSED", f"{period} is closed.", f"The first open one is {opened[0]}.")
    posted = lake.scan(gold.JOURNAL).filter(legal_entity_id=books.legal_entity_id, book=books.book)
    expected = opened[0] if len(opened) else posted.select(pl.col("accounting_period").min()).collect().item()
    if expected is not None and period > expected:
        message = f"{period} cannot be closed while {expected} is open."
        raise RtrError("PERIOD_OUT_OF_ORDER", message, f"Close in order, {expected} first.")


def _require_reason_and_approver(preparer: str, approver: str, reason: str) -> None:
    if not reason.strip():
        raise RtrError("REASON_REQUIRED", "A period is reopened only for a reason.", "Give one with --reason.")
    if not approver.strip() or approver == preparer:
        message = "A period is reopened by two people."
        raise RtrError("APPROVER_REQUIRED", message, "Name an --approver other than the preparer.")


def _of(rows: pl.DataFrame, books: Books) -> pl.DataFrame:
    return rows.filter(legal_entity_id=books.legal_entity_id, book=books.book, module=books.module)


def _next_sequence(lake: Lakehouse, log: pl.DataFrame, books: Books) -> int:
    """Past every entry, and past balances that a close which was cut short has left behind."""
    used = [_of(log, books), _of(lake.scan(ops.PERIOD_BALANCES).collect(), books)]
    return max([0, *(int(n) for rows in used for n in rows.get_column("sequence"))]) + 1


def _identity(books: Books, sequence: int, period: date) -> dict[str, pl.Expr]:
    return {
        "legal_entity_id": pl.lit(books.legal_entity_id),
        "book": pl.lit(books.book),
        "module": pl.lit(books.module),
        "sequence": pl.lit(sequence),
        "period": pl.lit(period),
    }


def _append(lake: Lakehouse, table: Table, rows: pl.DataFrame) -> None:
    result = lake.append(table, table.conform(rows))
    if result.appended != rows.height:
        message = f"Someone else wrote {table.qualified_name} at the same moment."
        raise TransientError("PERIOD_LOG_RACE", message, "Look at what was done, then try again.")
