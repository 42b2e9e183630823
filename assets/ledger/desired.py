"""The desired state of the journal: D(service period, accounting period), computed from all facts, were all periods open.

DESIGN section 7. Every leg belongs to the period in which its event happened, so D(s, a) is the cumulative result of the
facts by the end of a less that by the end of a - 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
from assets.ledger.remeasurement import remeasurements
from assets.ledger.take_back_postings import take_back_postings
from assets.ledger.translation import translate
from assets.recognition.computed import Recognised


@dataclass(frozen=True)
class Desired:
    """Amounts debit positive, minor units of either currency.

    `postings`: every leg that the facts call for. `locked`: the rate of each foreign invoice. `waiting`: legs whose rate is
    not known; `unrestated`: open receivables whose closing rate is not known.
    """

    postings: pl.DataFrame
    locked: pl.DataFrame
    waiting: pl.DataFrame
    unrestated: pl.DataFrame


def desired_postings(observed: Observed, recognised: Recognised) -> Desired:
    """Every posting that the facts by `as_of` call for in one book, for the entities that keep it."""
    ledger = observed.ledger
    by_time = recognition_postings(observed, recognised)
    apart = recognised.contract_basis.contracts
    invoiced = replace(observed, invoices=observed.invoices.join(apart, on="contract_id", how="anti"))
    by_event = pl.concat(
        [
            *contract_postings(observed, recognised),
            *contract_cost_postings(observed, recognised.contract_basis),
            *invoice_postings(invoiced, recognised),
            *payment_postings(observed, recognised.recovered),
            *unapplied_postings(observed),
            *reversal_postings(observed),
            *kept_postings(observed),
            *settlement_postings(observed),
            *take_back_postings(invoiced.invoices, recognised),
            *pending_item_postings(observed, recognised),
            *manual_postings(observed),
        ]
    )
    days = {"service_period": "posted_on", "accounting_period": "posted_on"}
    every = pl.concat([ledger.calendars.with_periods(by_event, days), *by_time])
    entities = every.get_column("legal_entity_id").unique()
    kept = every.filter(pl.col("legal_entity_id").is_in(keeps(ledger.entities, ledger.book, entities)))
    booked = pl.concat(
        [rows.select("document_id", "booked_on") for rows in (observed.invoices, observed.pending_items.items)]
    )
    translated = translate(kept, booked, ledger)
    restated, unrestated = remeasurements(translated.postings, ledger, observed.as_of)
    every = pl.concat([translated.postings, exchange_differences(translated.postings), restated])
    return Desired(every, translated.locked, translated.waiting, unrestated)
