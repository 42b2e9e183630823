"""A company's books as they are kept: facts arrive, months close and reopen, and in the end there is a page to read.

A page is a text table with one line an account and one column a month of posting. Amounts stand in the natural direction
of their account: a debit of assets and expenses, a credit of liabilities, revenue and gains. Nothing moved where nothing is
written. A page that does not balance month by month is refused before it is compared with the journal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import polars as pl

from assets.ledger.accounts import CREDIT_NATURED, Account
from assets.ledger.periods import first_open_periods
from lakehouse.tables import gold
from tests.assets.revenue_facts import Row, changes, period_log, posted, run

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul")
Page = dict[str, dict[str, str]]


@dataclass
class Ledger:
    """The books of one company in one year: what it was told, what it closed, and what it posted."""

    year: int
    told: list[Row] = field(default_factory=list)
    log: list[tuple[str, str]] = field(default_factory=list)
    journal: pl.DataFrame = field(default_factory=gold.JOURNAL.empty)

    def learn(self, *facts: Row | list[Row]) -> None:
        """Facts arrive, on whatever day they happened."""
        for some in facts:
            self.told.extend(some if isinstance(some, list) else [some])

    def close(self, month: str) -> None:
        """Post everything known by the end of a month and close it."""
        self.post(month)
        self.log.append(("close", self._period(month)))

    def reopen(self, month: str) -> None:
        self.log.append(("reopen", self._period(month)))

    def post(self, month: str) -> None:
        """Append what the facts known by now call for at the end of a month. Closed months keep every line (law 5)."""
        held, log = self.journal, period_log(*self.log)
        self.journal = posted(self.told, self._last_day(month), held, log)
        added = self.journal.slice(held.height)
        for opens in first_open_periods(log).get_column("first_open").unique():
            assert added.filter(pl.col("accounting_period") < opens).is_empty()

    def page(self) -> Page:
        return {
            account: {MONTHS[int(month[5:]) - 1]: amount for month, amount in moved.items()}
            for account, moved in changes(self.journal).items()
        }

    def served(self, account: str, month: str) -> dict[str, str]:
        """What a month of posting holds of an account, by the month of service: corrections stand apart."""
        of = self.journal.filter(account=account, accounting_period=date.fromisoformat(f"{self._period(month)}-01"))
        rows = of.group_by("service_period").agg(pl.col("amount").sum()).sort("service_period")
        sign = -1 if Account(account) in CREDIT_NATURED else 1
        return {MONTHS[period.month - 1]: f"{sign * amount:.2f}" for period, amount in rows.iter_rows() if amount}

    def whole(self) -> dict[str, pl.DataFrame]:
        """Every gold table at the end of July; nothing is left to post."""
        books = run(self.told, self._last_day("Jul"), held=self.journal, log=period_log(*self.log))
        assert books["added"].is_empty()
        return books

    def _period(self, month: str) -> str:
        return f"{self.year}-{MONTHS.index(month) + 1:02}"

    def _last_day(self, month: str) -> str:
        return pl.Series([date.fromisoformat(f"{self._period(month)}-01")]).dt.month_end().item().isoformat()


def read(text: str) -> Page:
    """A page as it is written. Raises AssertionError for a page that does not balance."""
    head, *lines = [_cells(line) for line in text.strip().splitlines() if line.strip() and not line.strip().startswith("-")]
    page = {
        account: {month: _amount(cell) for month, cell in zip(head[1:], cells, strict=True) if cell}
        for account, *cells in lines
    }
    for month in head[1:]:
        debits = sum(_debit(account, Decimal(moved.get(month, "0"))) for account, moved in page.items())
        assert debits == 0, f"{month} is out of balance by {debits}"
    return page


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _amount(cell: str) -> str:
    return f"{Decimal(cell.replace(',', '')):.2f}"


def _debit(account: str, amount: Decimal) -> Decimal:
    return -amount if Account(account) in CREDIT_NATURED else amount


def written(page: Page) -> str:
    """A page as text, accounts by name, for a reader to compare two."""
    return "\n".join(_lines(page))


def _lines(page: Page) -> Iterable[str]:
    yield " | ".join(["account".ljust(26), *(month.rjust(12) for month in MONTHS)])
    for account in sorted(page):
        moved = page[account]
        yield " | ".join([account.ljust(26), *(moved.get(month, "").rjust(12) for month in MONTHS)])
