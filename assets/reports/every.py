"""All reports in one call, from the journal and one computation a book: for tests, for verification, for a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import polars as pl

from assets.contracts.obligations import obligations as obligations_of
from assets.facts.calendars import Calendars
from assets.facts.choices import GL_EXPORT
from assets.facts.observed import Observed
from assets.facts.state import merged
from assets.ledger.desired import Desired
from assets.recognition.computed import Recognised
from assets.reports.balances import contract_balances
from assets.reports.disaggregated import disaggregated_revenue
from assets.reports.gl_export import DETAIL, gl_export
from assets.reports.prior_period import prior_period_revenue
from assets.reports.refund_liabilities import refund_liabilities
from assets.reports.remaining import remaining_obligations
from assets.reports.restated import restated_balances
from assets.reports.tax_proof import tax_proof
from assets.reports.unposted import unposted_schedule
from assets.reports.waterfall import revenue_waterfall


class OfABook(Protocol):
    """What the rules computed for one book."""

    @property
    def observed(self) -> Observed: ...
    @property
    def recognised(self) -> Recognised: ...
    @property
    def desired(self) -> Desired: ...


def waterfall_of(journal: pl.LazyFrame, books: Sequence[OfABook]) -> pl.DataFrame:
    """gold.revenue_waterfall of every book."""
    return revenue_waterfall(journal, pl.concat([unposted_schedule(b.observed, b.recognised) for b in books]))


def remaining_of(books: Sequence[OfABook]) -> pl.DataFrame:
    """gold.remaining_obligations of every book."""
    return pl.concat(
        [
            remaining_obligations(
                unposted_schedule(b.observed, b.recognised),
                obligations_of(b.recognised),
                b.observed.as_of,
                b.observed.ledger.book,
            )
            for b in books
        ]
    )


def gl_export_of(journal: pl.LazyFrame, book: OfABook, obligations: pl.DataFrame) -> pl.DataFrame:
    """gold.gl_export by the mapping that stands today."""
    detail = book.observed.ledger.choices.of_entity(GL_EXPORT) == DETAIL
    return gl_export(journal, obligations, book.observed.policies, detail)


def restated_of(journal: pl.LazyFrame, books: Sequence[OfABook]) -> pl.DataFrame:
    """gold.restated_balances of every book."""
    return restated_balances(
        journal, ((b.observed.ledger.book, part.postings) for b in books for part in b.desired.parts())
    )


def reports(
    journal: pl.LazyFrame, books: Sequence[OfABook], products: pl.DataFrame, customers: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Every report by name; `products` and `customers` are every row of silver, the first book is that of obligations."""
    first = books[0]
    calendars: Calendars = first.observed.ledger.calendars
    obligations = obligations_of(first.recognised)
    return {
        "revenue_waterfall": waterfall_of(journal, books),
        "contract_balances": contract_balances(journal),
        "remaining_obligations": remaining_of(books),
        "disaggregated_revenue": disaggregated_revenue(journal, obligations, merged(products), merged(customers)),
        "prior_period_revenue": prior_period_revenue(journal),
        "tax_proof": tax_proof(journal, first.observed.as_of, calendars),
        "gl_export": gl_export_of(journal, first, obligations),
        "refund_liabilities": refund_liabilities(journal, obligations),
        "restated_balances": restated_of(journal, books),
    }
