"""All gold tables from the facts in one call, without I/O: for tests, for verification, for an auditor's notebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from assets.allocation.price_allocations import price_allocations
from assets.contract_costs.schedule import contract_costs
from assets.contracts.contracts import contracts
from assets.contracts.obligations import obligations
from assets.credits.drawdown import credit_drawdown
from assets.facts.admission import Facts
from assets.facts.observed import Observed, observe
from assets.ledger.deferred_rollforward import deferred_rollforward
from assets.ledger.desired import desired_postings
from assets.ledger.journal import journal_additions
from assets.ledger.periods import DEFAULT_BOOK, first_open_periods, require_after_close
from assets.ledger.revenue_by_month import revenue_by_month
from assets.ledger.trial_balance import trial_balance
from assets.metrics.movements import mrr_by_month, mrr_movements
from assets.metrics.mrr import mrr_at_month_ends
from assets.modifications.contract_modifications import contract_modifications
from assets.progress.obligation_progress import obligation_progress
from assets.recognition.computed import Recognised, recognise
from assets.recognition.schedule import recognition_schedule
from assets.sales.daily import sales_daily
from lakehouse.tables import gold


@dataclass(frozen=True)
class Computation:
    """The facts as observed by a day and all of recognition, from which every gold table is derived."""

    observed: Observed
    recognised: Recognised


def observe_and_recognise(facts: Facts, as_of: date) -> Computation:
    """Everything up to the gold tables; amounts in minor units."""
    observed = observe(facts, as_of)
    return Computation(observed, recognise(observed))


def new_journal_lines(
    computation: Computation,
    period_log: pl.DataFrame,
    journal_held: pl.DataFrame,
    booked_at: datetime,
    *,
    book: str = DEFAULT_BOOK,
) -> pl.DataFrame:
    """Lines to append to gold.journal. Raises RtrError AS_OF_IN_CLOSED_PERIOD."""
    first_open = first_open_periods(period_log, book)
    require_after_close(first_open, computation.observed.as_of)
    desired = desired_postings(computation.observed, computation.recognised)
    return journal_additions(desired, journal_held, first_open, booked_at, book=book)


def compute(
    facts: Facts,
    period_log: pl.DataFrame,
    journal_held: pl.DataFrame,
    as_of: date,
    booked_at: datetime,
    *,
    book: str = DEFAULT_BOOK,
) -> dict[str, pl.DataFrame]:
    """Every gold table by name, in its declared schema; `journal` holds only the lines to append.

    `facts`: silver tables and quarantine's `rejected` and `resolutions` by name, frames or lazy frames; what is absent is
    empty. The balances are those of the journal with the new lines.
    """
    computation = observe_and_recognise(facts, as_of)
    added = new_journal_lines(computation, period_log, journal_held, booked_at, book=book)
    journal = pl.concat([gold.JOURNAL.conform(journal_held), added]).lazy()
    recognised = computation.recognised
    movements = mrr_movements(mrr_at_month_ends(computation.observed), as_of)
    return {
        "contracts": contracts(computation.observed, recognised),
        "obligations": obligations(recognised),
        "recognition_schedule": recognition_schedule(recognised.obligations, recognised.earned, recognised.contract_basis),
        "price_allocations": price_allocations(recognised.contract_basis),
        "contract_modifications": contract_modifications(recognised.contract_basis),
        "contract_costs": contract_costs(computation.observed, recognised.contract_basis),
        "credit_drawdown": credit_drawdown(computation.observed.agreed),
        "obligation_progress": obligation_progress(recognised.contract_basis),
        "journal": added,
        "trial_balance": trial_balance(journal, as_of),
        "deferred_rollforward": deferred_rollforward(journal, as_of),
        "revenue_by_month": revenue_by_month(journal),
        "mrr_movements": movements,
        "mrr_by_month": mrr_by_month(movements),
        "sales_daily": sales_daily(recognised),
        "pending_facts": computation.observed.pending,
    }
