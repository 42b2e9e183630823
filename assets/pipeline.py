"""All gold tables from the facts in one call, without I/O: for tests, for verification, for an auditor's notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import polars as pl

from assets.allocation.price_allocations import price_allocations
from assets.contract_costs.schedule import contract_costs
from assets.contracts.contracts import contracts
from assets.contracts.obligations import obligations
from assets.credits.drawdown import credit_drawdown
from assets.facts.admission import Facts
from assets.facts.books import books_kept
from assets.facts.observed import Observed, observe
from assets.ledger.deferred_rollforward import deferred_rollforward
from assets.ledger.desired import Desired, desired_postings
from assets.ledger.journal import journal_additions
from assets.ledger.periods import DEFAULT_BOOK, first_open_periods, require_after_close
from assets.ledger.revenue_by_month import revenue_by_month
from assets.ledger.trial_balance import trial_balance
from assets.ledger.waiting import all_pending
from assets.metrics.movements import mrr_by_month, mrr_movements
from assets.metrics.mrr import mrr_at_month_ends
from assets.modifications.contract_modifications import contract_modifications
from assets.progress.obligation_progress import obligation_progress
from assets.recognition.computed import Recognised, recognise
from assets.recognition.schedule import recognition_schedule
from assets.reports.every import reports
from assets.sales.daily import sales_daily
from lakehouse.table import Table
from lakehouse.tables import gold, silver


@dataclass(frozen=True)
class Computation:
    """The facts as observed by a day and all of recognition, from which every gold table is derived."""

    observed: Observed
    recognised: Recognised
    desired: Desired

    @cached_property
    def obligations(self) -> pl.DataFrame:
        """The rows of gold.obligations, which several reports read."""
        return obligations(self.recognised)


def observe_and_recognise(
    facts: Facts, as_of: date, book: str = DEFAULT_BOOK, systems_elsewhere: pl.DataFrame | None = None
) -> Computation:
    """Everything up to the gold tables, by the policies of one book; amounts in minor units.

    `systems_elsewhere`: as `assets.facts.observed.observe` takes it.
    """
    observed = observe(facts, as_of, book, systems_elsewhere=systems_elsewhere)
    recognised = recognise(observed)
    return Computation(observed, recognised, desired_postings(observed, recognised))


def _schedule(computation: Computation) -> pl.DataFrame:
    recognised = computation.recognised
    return recognition_schedule(recognised.obligations, recognised.earned, recognised.contract_basis)


def _mrr(computation: Computation) -> pl.DataFrame:
    return mrr_movements(mrr_at_month_ends(computation.observed), computation.observed.as_of)


Rule = Callable[[Computation], pl.DataFrame]
OF_CONTRACTS: dict[Table, Rule] = {
    gold.CONTRACTS: lambda c: contracts(c.observed, c.recognised),
    gold.OBLIGATIONS: lambda c: c.obligations,
    gold.RECOGNITION_SCHEDULE: _schedule,
    gold.PRICE_ALLOCATIONS: lambda c: price_allocations(c.recognised.contract_basis),
    gold.CONTRACT_MODIFICATIONS: lambda c: contract_modifications(c.recognised.contract_basis),
    gold.CONTRACT_COSTS: lambda c: contract_costs(c.observed, c.recognised.contract_basis),
    gold.CREDIT_DRAWDOWN: lambda c: credit_drawdown(c.observed.agreed),
    gold.OBLIGATION_PROGRESS: lambda c: obligation_progress(c.recognised.contract_basis),
    gold.MRR_MOVEMENTS: _mrr,
    gold.PENDING_FACTS: lambda c: all_pending(c.observed, c.desired),
    gold.CUSTOMER_LINKS: lambda c: c.observed.links.customers,
    gold.PRODUCT_LINKS: lambda c: c.observed.links.products,
    gold.TRANSACTION_LINKS: lambda c: c.observed.links.transactions,
    gold.SALE_COPIES: lambda c: c.observed.links.copies,
    gold.RECONCILIATION_EXCEPTIONS: lambda c: c.observed.links.exceptions,
}
"""Tables whose rows each belong to one contract, sale or customer, and the rule that gives them."""


def new_journal_parts(
    computation: Computation,
    period_log: pl.DataFrame,
    journal_held: pl.DataFrame,
    booked_at: datetime,
) -> Iterator[pl.DataFrame]:
    """Lines to append to gold.journal in the book of the computation, in parts; no entry is in two.

    Raises RtrError AS_OF_IN_CLOSED_PERIOD.
    """
    ledger, desired = computation.observed.ledger, computation.desired
    first_open = first_open_periods(period_log, ledger.book, ledger.calendars)
    require_after_close(first_open, computation.observed.as_of)
    of_held = desired.part_of(journal_held)
    for number, part in enumerate(desired.parts()):
        yield journal_additions(
            part.postings,
            journal_held.filter(of_held == number),
            first_open,
            booked_at,
            book=ledger.book,
            calendars=ledger.calendars,
            choices=ledger.choices,
        )


def new_journal_lines(
    computation: Computation,
    period_log: pl.DataFrame,
    journal_held: pl.DataFrame,
    booked_at: datetime,
) -> pl.DataFrame:
    """The same lines as one frame."""
    return pl.concat(new_journal_parts(computation, period_log, journal_held, booked_at))


def compute(
    facts: Facts,
    period_log: pl.DataFrame,
    journal_held: pl.DataFrame,
    as_of: date,
    booked_at: datetime,
    *,
    books: Sequence[str] | None = None,
) -> dict[str, pl.DataFrame]:
    """Every gold table by name, in its declared schema; `journal` holds only the lines to append.

    `facts`: silver tables and quarantine's `rejected` and `resolutions` by name, frames or lazy frames; what is absent is
    empty. `books`: which are computed, every one that an entity keeps by default; tables without a book are of the first.
    The balances are those of the journal with the new lines.
    """
    kept = books or books_kept(state_rows(facts, silver.LEGAL_ENTITIES))
    computations = [observe_and_recognise(facts, as_of, book) for book in kept]
    added = pl.concat([new_journal_lines(c, period_log, journal_held, booked_at) for c in computations])
    journal = pl.concat([gold.JOURNAL.conform(journal_held), added]).lazy()
    computation = computations[0]
    calendars = computation.observed.ledger.calendars
    of_contracts = {table.name: rule(computation) for table, rule in OF_CONTRACTS.items()}
    return {
        **of_contracts,
        "journal": added,
        "trial_balance": trial_balance(journal, as_of, calendars),
        "deferred_rollforward": deferred_rollforward(journal, as_of, calendars),
        "revenue_by_month": revenue_by_month(journal),
        "mrr_by_month": mrr_by_month(of_contracts["mrr_movements"]),
        "sales_daily": sales_daily(computation.recognised),
        **reports(journal, computations, *(state_rows(facts, table) for table in (silver.PRODUCTS, silver.CUSTOMERS))),
    }


def state_rows(facts: Facts, table: Table) -> pl.DataFrame:
    """Every row of one table of the facts."""
    return facts.get(table.name, table.empty()).lazy().collect()
