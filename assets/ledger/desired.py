"""The desired state of the journal: D(service period, accounting period), computed from all facts, were all periods open.

DESIGN section 7. Every leg belongs to the period in which its event happened, so D(s, a) is the cumulative result of the
facts by the end of a less that by the end of a - 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from assets.facts.books import keeps
from assets.facts.observed import Observed
from assets.ledger.cash_postings import (
    kept_postings,
    payment_postings,
    reversal_postings,
    settlement_postings,
    unapplied_postings,
)
from assets.ledger.contract_cost_postings import contract_cost_postings
from assets.ledger.contract_postings import contract_postings
from assets.ledger.exchange import exchange_differences
from assets.ledger.invoice_postings import invoice_postings, recognition_postings
from assets.ledger.manual_postings import manual_postings
from assets.ledger.pending_item_postings import pending_item_postings
from assets.ledger.postings import NONE
from assets.ledger.remeasurement import remeasurements
from assets.ledger.take_back_postings import take_back_postings
from assets.ledger.translation import translate
from assets.recognition.computed import Recognised

OBLIGATIONS_A_PART = 100_000
"""How many obligations are posted at once: some three million legs, a gigabyte or two while they are computed."""


@dataclass(frozen=True)
class Posted:
    """Amounts debit positive, minor units of either currency.

    `postings`: every leg that the facts call for. `locked`: the rate of each foreign invoice. `waiting`: legs whose rate is
    not known; `unrestated`: open receivables whose closing rate is not known.
    """

    postings: pl.DataFrame
    locked: pl.DataFrame
    waiting: pl.DataFrame
    unrestated: pl.DataFrame


@dataclass(frozen=True)
class Desired:
    """What the facts by `as_of` call for in one book, part after part, each computed when it is asked for.

    A part has every leg of its contracts on the basis `contract`, of its documents, and of contracts where legs are of no
    document: no rule of the ledger takes legs of two parts together, and memory holds the postings of one.
    """

    observed: Observed
    recognised: Recognised
    most: int = OBLIGATIONS_A_PART

    @property
    def count(self) -> int:
        """How many parts there are."""
        return -(-max(self.recognised.obligations.height, 1) // self.most)

    def part_of(self, legs: pl.DataFrame) -> pl.Series:
        """The part of each leg, desired or held, by contract or document; what is of neither is in one."""
        by_contract = self.recognised.contract_basis.contracts.get_column("contract_id")
        whole = pl.col("contract_id").is_in(by_contract.implode()) | (pl.col("document_id") == NONE)
        named = pl.when(whole).then("contract_id").otherwise("document_id")
        # The hash is of this process: into which part a document falls does not show in what is posted.
        return legs.select((named.hash() % self.count).cast(pl.UInt32)).to_series()

    def parts(self) -> Iterator[Posted]:
        """The parts in order."""
        if self.count == 1:
            yield self._whole
            return
        legs = _legs_of_events(self.observed, self.recognised)
        of_legs = self.part_of(legs)
        of_obligations = self.part_of(self.recognised.obligations)
        of_earned = of_obligations[self.recognised.earned.get_column("obligation")]
        of_invoices = self.part_of(self.observed.invoices)
        for number in range(self.count):
            invoices = self.observed.invoices.filter(of_invoices == number)
            recognised = _renumbered(self.recognised, of_obligations == number, of_earned == number)
            yield _posted(
                self.observed,
                pl.concat([legs.filter(of_legs == number), _legs_of_invoices(self.observed, recognised, invoices)]),
            )

    @cached_property
    def _whole(self) -> Posted:
        observed, recognised = self.observed, self.recognised
        every = [_legs_of_events(observed, recognised), _legs_of_invoices(observed, recognised, observed.invoices)]
        return _posted(observed, pl.concat(every))

    @cached_property
    def _waiting(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        parts = [(part.waiting, part.unrestated) for part in self.parts()]
        return pl.concat([waiting for waiting, _ in parts]), pl.concat([unrestated for _, unrestated in parts])

    @property
    def postings(self) -> pl.DataFrame:
        """Every leg of every part."""
        return pl.concat([part.postings for part in self.parts()])

    @property
    def waiting(self) -> pl.DataFrame:
        """Legs whose rate is not known."""
        return self._waiting[0]

    @property
    def unrestated(self) -> pl.DataFrame:
        """Open receivables whose closing rate is not known."""
        return self._waiting[1]


def desired_postings(observed: Observed, recognised: Recognised) -> Desired:
    """Every posting that the facts by `as_of` call for in one book, for the entities that keep it."""
    return Desired(observed, recognised)


def _legs_of_events(observed: Observed, recognised: Recognised) -> pl.DataFrame:
    """What is posted on the day of an event, but for the invoices that bill it."""
    by_event = pl.concat(
        [
            *contract_postings(observed, recognised),
            *contract_cost_postings(observed, recognised.contract_basis),
            *payment_postings(observed, recognised.recovered),
            *unapplied_postings(observed),
            *reversal_postings(observed),
            *kept_postings(observed),
            *settlement_postings(observed),
            *take_back_postings(_on_invoice_basis(observed.invoices, recognised), recognised),
            *pending_item_postings(observed, recognised),
            *manual_postings(observed),
        ]
    )
    return _in_periods(observed, by_event)


def _legs_of_invoices(observed: Observed, recognised: Recognised, invoices: pl.DataFrame) -> pl.DataFrame:
    """The invoices on the basis `invoice` among some, and what is earned of them."""
    invoiced = replace(observed, invoices=_on_invoice_basis(invoices, recognised))
    billed = _in_periods(observed, pl.concat(invoice_postings(invoiced, recognised)))
    return pl.concat([billed, *recognition_postings(observed, recognised)])


def _on_invoice_basis(invoices: pl.DataFrame, recognised: Recognised) -> pl.DataFrame:
    return invoices.join(recognised.contract_basis.contracts, on="contract_id", how="anti")


def _in_periods(observed: Observed, legs: pl.DataFrame) -> pl.DataFrame:
    days = {"service_period": "posted_on", "accounting_period": "posted_on"}
    return observed.ledger.calendars.with_periods(legs, days)


def _renumbered(recognised: Recognised, obligations: pl.Series, earned: pl.Series) -> Recognised:
    """Some obligations with what they earn; `obligation` is their row number, as everywhere."""
    number = pl.Series(np.cumsum(obligations.to_numpy()) - 1, dtype=pl.Int64).cast(pl.UInt32, strict=False)
    months = recognised.earned.filter(earned)
    return replace(
        recognised,
        obligations=recognised.obligations.filter(obligations).drop("obligation").with_row_index("obligation"),
        earned=months.with_columns(obligation=number[months.get_column("obligation")]),
    )


def _posted(observed: Observed, legs: pl.DataFrame) -> Posted:
    ledger = observed.ledger
    entities = legs.get_column("legal_entity_id").unique()
    kept = legs.filter(pl.col("legal_entity_id").is_in(keeps(ledger.entities, ledger.book, entities)))
    documents = (observed.invoices, observed.pending_items.items)
    booked = pl.concat([rows.select("document_id", "booked_on") for rows in documents])
    translated = translate(kept, booked, ledger, observed.as_of)
    restated, unrestated = remeasurements(translated.postings, ledger, observed.as_of)
    every = pl.concat([translated.postings, exchange_differences(translated.postings), restated])
    return Posted(every, translated.locked, translated.waiting, unrestated)
