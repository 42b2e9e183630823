"""Every gold table after a change, from the table before and the part of the facts that changed.

`ROWS` are tables each of whose rows is of one part alone: rows go and rows come. The others are sums over all facts, often
cumulated over periods: the difference is added to what moved, and what is cumulated is cumulated again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from assets.facts.admission import Facts
from assets.facts.calendars import Calendars
from assets.facts.state import merged
from assets.incremental.increment import Increment, lines_to_append
from assets.incremental.lines import lines_near, lines_of, of_part
from assets.incremental.merged import balanced, changed_rows, netted, summed, sums
from assets.ledger.deferred_rollforward import MOVEMENT_OF, deferred_rollforward
from assets.ledger.revenue_by_month import revenue_by_month
from assets.ledger.trial_balance import trial_balance
from assets.metrics.movements import mrr_by_month
from assets.pipeline import OF_CONTRACTS, Computation, state_rows
from assets.reports.balances import contract_balances
from assets.reports.disaggregated import disaggregated_revenue
from assets.reports.every import gl_export_of, remaining_of, restated_of, waterfall_of
from assets.reports.prior_period import prior_period_revenue
from assets.reports.refund_liabilities import MOVEMENTS as REFUND_MOVEMENTS
from assets.reports.refund_liabilities import moved as refunds_moved
from assets.reports.refund_liabilities import rolled_forward
from assets.reports.tax_proof import MOVED, MOVEMENTS, tax_proof
from assets.reports.waterfall import cells_of, of_cells
from assets.sales.daily import sales_daily
from lakehouse.row_index import Rows
from lakehouse.table import Table
from lakehouse.tables import gold, silver


@dataclass(frozen=True)
class Change:
    """An increment and the journal around it.

    `near`: the lines before, of the part and of whatever is balanced with it. `added`: what is appended to them.
    """

    increment: Increment
    near: pl.DataFrame
    added: pl.DataFrame

    @property
    def obligations(self) -> pl.DataFrame:
        """The obligations of the part as they are now."""
        return self.increment.after[0].obligations

    @property
    def as_of(self) -> date:
        return self.increment.after[0].observed.as_of

    @property
    def calendars(self) -> Calendars:
        return self.increment.after[0].observed.ledger.calendars

    def by_journal(self, rule: Callable[[pl.LazyFrame], pl.DataFrame]) -> Pair:
        """What a rule makes of the lines near the change before, and of those and the appended ones."""
        return rule(self.near.lazy()), rule(pl.concat([self.near, self.added]).lazy())

    def by_both(self, rule: Callable[[pl.LazyFrame, Sequence[Computation], Facts], pl.DataFrame]) -> Pair:
        """What a rule makes of the lines of the part, its computations and its facts, before and now."""
        part = self.increment
        lines = of_part(self.near.lazy(), part.ids).collect()
        return (
            rule(lines.lazy(), part.before, part.facts_before),
            rule(pl.concat([lines, self.added]).lazy(), part.after, part.facts_after),
        )


Pair = tuple[pl.DataFrame, pl.DataFrame]


def change_of(part: Increment, period_log: pl.DataFrame, journal: Rows, booked_at: datetime) -> Change:
    """An increment with the lines that it appends to a journal, whose rows are found by `marks_of_lines`."""
    ours = lines_of(journal, part.ids)
    added = lines_to_append(part, period_log, ours, booked_at)
    return Change(part, lines_near(journal, ours, added), added)


def rows_changed(table: Table, change: Change) -> Pair:
    """Keys of the rows that go, and the rows that come, of one of `ROWS`."""
    if table is gold.CONTRACT_BALANCES:
        return changed_rows(table, *change.by_both(lambda lines, _, __: contract_balances(lines)))
    return changed_rows(table, *change.increment.rows(OF_CONTRACTS[table]))


ROWS: tuple[Table, ...] = (*OF_CONTRACTS, gold.CONTRACT_BALANCES)


def sums_after(table: Table, held: pl.DataFrame, change: Change) -> pl.DataFrame:
    """One of `SUMS` as it is after the change; `held` is the table before."""
    return SUMS[table](held, change)


def _sales(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    return summed(gold.SALES_DAILY, held, *change.increment.rows(lambda computation: sales_daily(computation.recognised)))


def _mrr(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    movements = change.increment.rows(OF_CONTRACTS[gold.MRR_MOVEMENTS])
    return summed(gold.MRR_BY_MONTH, held, *(mrr_by_month(rows) for rows in movements))


def _revenue(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    return summed(gold.REVENUE_BY_MONTH, held, *change.by_journal(revenue_by_month))


def _prior(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    return summed(gold.PRIOR_PERIOD_REVENUE, held, *change.by_journal(prior_period_revenue))


def _remaining(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    parts = (remaining_of(computations) for computations in (change.increment.before, change.increment.after))
    return summed(gold.REMAINING_OBLIGATIONS, held, *parts)


def _restated(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    return summed(gold.RESTATED_BALANCES, held, *change.by_both(lambda lines, books, _: restated_of(lines, books)))


def _disaggregated(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    def rule(lines: pl.LazyFrame, books: Sequence[Computation], facts: Facts) -> pl.DataFrame:
        products, customers = (merged(state_rows(facts, table)) for table in (silver.PRODUCTS, silver.CUSTOMERS))
        return disaggregated_revenue(lines, books[0].obligations, products, customers)

    return summed(gold.DISAGGREGATED_REVENUE, held, *change.by_both(rule))


def _export(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    def rule(lines: pl.LazyFrame, books: Sequence[Computation], _: Facts) -> pl.DataFrame:
        return gl_export_of(lines, books[0], books[0].obligations)

    sides = {"debit": "credit", "functional_debit": "functional_credit"}
    return netted(gold.GL_EXPORT, held, *change.by_both(rule), sides)


def _refunds(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    def rule(lines: pl.LazyFrame, books: Sequence[Computation], _: Facts) -> pl.DataFrame:
        return refunds_moved(lines, books[0].obligations)

    return rolled_forward(sums(held, *change.by_both(rule), gold.REFUND_LIABILITIES.key, list(REFUND_MOVEMENTS)))


def _trial_balance(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    by = [name for name in gold.TRIAL_BALANCE.key if name != "accounting_period"]
    closing = pl.col("functional_closing")
    frames = [
        frame.sort(gold.TRIAL_BALANCE.key).with_columns(functional_moved=closing - closing.shift(1).over(by).fill_null(0))
        for frame in (held, *change.by_journal(lambda lines: trial_balance(lines, change.as_of, change.calendars)))
    ]
    movements = ("debit", "credit", "functional_moved")
    moved = pl.col("debit") - pl.col("credit")
    rows = balanced(gold.TRIAL_BALANCE, frames, movements, moved, change.as_of, change.calendars)
    cumulated = rows.with_columns(functional_closing=pl.col("functional_moved").cum_sum().over(by))
    return gold.TRIAL_BALANCE.conform(cumulated.drop("functional_moved"))


def _rollforward(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    frames = [held, *change.by_journal(lambda lines: deferred_rollforward(lines, change.as_of, change.calendars))]
    movements, table = tuple(MOVEMENT_OF), gold.DEFERRED_ROLLFORWARD
    rows = balanced(table, frames, movements, pl.sum_horizontal(movements), change.as_of, change.calendars)
    return table.conform(rows)


def _tax(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    frames = [held, *change.by_journal(lambda lines: tax_proof(lines, change.as_of, change.calendars))]
    rows = balanced(gold.TAX_PROOF, frames, MOVEMENTS, pl.sum_horizontal(MOVED), change.as_of, change.calendars)
    return gold.TAX_PROOF.conform(rows.rename({"closing": "tax_owed"}).drop("opening"))


def _waterfall(held: pl.DataFrame, change: Change) -> pl.DataFrame:
    was, now = (cells_of(rows) for rows in change.by_both(lambda lines, books, _: waterfall_of(lines, books)))
    moves = pl.col(pl.Decimal)
    return of_cells([cells_of(held), was.with_columns(-moves), now])


SUMS: dict[Table, Callable[[pl.DataFrame, Change], pl.DataFrame]] = {
    gold.SALES_DAILY: _sales,
    gold.MRR_BY_MONTH: _mrr,
    gold.REVENUE_BY_MONTH: _revenue,
    gold.PRIOR_PERIOD_REVENUE: _prior,
    gold.REMAINING_OBLIGATIONS: _remaining,
    gold.RESTATED_BALANCES: _restated,
    gold.DISAGGREGATED_REVENUE: _disaggregated,
    gold.GL_EXPORT: _export,
    gold.REFUND_LIABILITIES: _refunds,
    gold.TRIAL_BALANCE: _trial_balance,
    gold.DEFERRED_ROLLFORWARD: _rollforward,
    gold.TAX_PROOF: _tax,
    gold.REVENUE_WATERFALL: _waterfall,
}
"""How each table of sums follows a change."""

FOLLOWING: tuple[Table, ...] = (*ROWS, gold.JOURNAL, *SUMS)
"""Every table that follows a change."""
