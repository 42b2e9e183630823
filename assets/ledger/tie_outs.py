"""What is checked before a period closes: gates, entries, and whether the ledger ties out to what stands beneath it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.ledger.accounts import Account
from assets.ledger.frozen import Books, posted_in
from assets.ledger.periods import DEFAULT_BOOK
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops

_ADJUSTED = ("manual", "opening")


@dataclass(frozen=True)
class Check:
    """One check: whether it held, what was found, and whether the period may close without it."""

    name: str
    passed: bool
    found: str
    blocks: bool = True


def close_checks(lake: Lakehouse, books: Books, period: date, last_day: date) -> list[Check]:
    """Every check of one part of the books at the end of one period."""
    checks: list[Callable[[Lakehouse, Books, date, date], Check]] = [
        _gates_passed,
        _entries_balance,
        _clearing_is_clear,
        _nothing_waits,
        _refunds_are_the_liability,
    ]
    if books.book == DEFAULT_BOOK:
        checks.append(_deferral_is_the_schedule)
    return [check(lake, books, period, last_day) for check in checks]


def _gates_passed(lake: Lakehouse, books: Books, period: date, last_day: date) -> Check:
    """The last judgement of every gold table."""
    latest = latest_gates(lake)
    failed = latest.filter((pl.col("severity") == "critical") & ~pl.col("success"))
    names = [f"{table}: {name}" for table, name in failed.select("table_name", "expectation").iter_rows()]
    return Check("gates_passed", not names, ", ".join(names) or f"{latest.height} expectations held")


def latest_gates(lake: Lakehouse) -> pl.DataFrame:
    """What the last gate of every gold table found."""
    results = lake.scan(ops.GATE_RESULTS).filter(pl.col("table_name").str.starts_with("gold."))
    return results.sort("judged_at").group_by("table_name", "expectation", maintain_order=True).last().collect()


def _entries_balance(lake: Lakehouse, books: Books, period: date, last_day: date) -> Check:
    lines = posted_in(lake.scan(gold.JOURNAL), books, period)
    keys = ("entry_id", "currency", "functional_currency")
    sums = lines.group_by(keys).agg(pl.col("amount", "functional_amount").sum()).collect()
    uneven = sums.filter(pl.any_horizontal(pl.col("amount", "functional_amount") != 0)).height
    return Check("entries_balance", not uneven, f"{uneven} of {sums.height} entries do not sum to zero")


def _clearing_is_clear(lake: Lakehouse, books: Books, period: date, last_day: date) -> Check:
    """What went into another currency came out of it at the same worth."""
    left = _account(lake, books, period, Account.FX_CLEARING).select(pl.col("functional_amount").sum()).collect().item()
    return Check("currency_clearing_is_clear", not left, f"{left or 0} left in FxClearing", blocks=False)


def _nothing_waits(lake: Lakehouse, books: Books, period: date, last_day: date) -> Check:
    count = lake.scan(gold.PENDING_FACTS).select(pl.len()).collect().item()
    return Check("nothing_waits", not count, f"{count} facts wait, see pending_facts.csv", blocks=False)


def _refunds_are_the_liability(lake: Lakehouse, books: Books, period: date, last_day: date) -> Check:
    """What the report says is to be given back, and the goods with it, are the balances of their accounts."""
    report = lake.scan(gold.REFUND_LIABILITIES).filter(legal_entity_id=books.legal_entity_id, book=books.book)
    last = (
        report.filter(pl.col("accounting_period") <= period)
        .sort("accounting_period")
        .group_by("currency", "contract_id", "product_id", maintain_order=True)
        .agg(pl.col("closing", "asset_closing").last())
    )
    told = last.group_by("currency").agg(pl.col("closing", "asset_closing").sum())
    sides = {"owed": (Account.REFUND_LIABILITY, -1), "goods": (Account.RETURN_ASSET, 1)}
    for name, (account, sign) in sides.items():
        held = _account(lake, books, period, account).group_by("currency").agg((sign * pl.col("amount").sum()).alias(name))
        told = told.join(held, on="currency", how="full", coalesce=True)
    both = told.with_columns(pl.col("closing", "asset_closing", *sides).fill_null(0))
    uneven = (pl.col("closing") != pl.col("owed")) | (pl.col("asset_closing") != pl.col("goods"))
    apart = both.filter(uneven).sort("currency").select("currency", "owed", "closing", "goods", "asset_closing").collect()
    found = [f"{c}: owed {owed}, report {closing}; goods {g}, report {a}" for c, owed, closing, g, a in apart.iter_rows()]
    return Check("refund_liabilities_tie_out", not found, "; ".join(found) or "refund liabilities tie out in each currency")


def _deferral_is_the_schedule(lake: Lakehouse, books: Books, period: date, last_day: date) -> Check:
    """Deferred revenue of the journal is what the schedule says is still to be earned of what was billed by then."""
    journal = _account(lake, books, period, Account.DEFERRED_REVENUE)
    posted = journal.filter(~pl.col("event_kind").is_in(_ADJUSTED)).group_by("currency").agg(posted=-pl.col("amount").sum())
    deferred = lake.scan(gold.JOURNAL).filter(book=books.book, account=Account.DEFERRED_REVENUE.value)
    ours = (
        lake.scan(gold.OBLIGATIONS)
        .filter((pl.col("legal_entity_id") == books.legal_entity_id) & (pl.col("booked_on") <= last_day))
        .join(deferred.select("obligation_id").unique(), on="obligation_id", how="semi")
    )
    reached = (
        lake.scan(gold.RECOGNITION_SCHEDULE)
        .filter(pl.col("service_period") <= period)
        .sort("service_period", "accounting_period")
        .group_by("obligation_id", maintain_order=True)
        .agg(pl.col("deferred_after").last())
    )
    left = ours.join(reached, on="obligation_id", how="left").with_columns(
        pl.coalesce("deferred_after", "allocated_amount").alias("left")
    )
    due = left.group_by("currency").agg(due=pl.col("left").sum())
    both = posted.join(due, on="currency", how="full", coalesce=True).with_columns(pl.col("posted", "due").fill_null(0))
    apart = both.filter(pl.col("posted") != pl.col("due")).sort("currency").collect()
    found = [f"{currency}: journal {posted}, schedule {due}" for currency, posted, due in apart.iter_rows()]
    return Check("deferral_is_the_schedule", not found, "; ".join(found) or "deferred revenue ties out in each currency")


def _account(lake: Lakehouse, books: Books, period: date, account: Account) -> pl.LazyFrame:
    ours = lake.scan(gold.JOURNAL).filter(legal_entity_id=books.legal_entity_id, book=books.book, account=account.value)
    return ours.filter(pl.col("accounting_period") <= period)
