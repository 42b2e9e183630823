"""The desired state of the journal: D(service period, accounting period), computed from all facts, were all periods open.

DESIGN section 7. Every leg belongs to the period in which its event happened, so D(s, a) is the cumulative result of the
facts by the end of a less that by the end of a - 1.
"""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.ledger.cash_postings import payment_postings, reversal_postings, unapplied_postings
from assets.ledger.contract_cost_postings import contract_cost_postings
from assets.ledger.contract_postings import contract_postings
from assets.ledger.invoice_postings import invoice_postings, recognition_postings
from assets.ledger.take_back_postings import take_back_postings
from assets.recognition.computed import Recognised


def desired_postings(observed: Observed, recognised: Recognised) -> pl.DataFrame:
    """Every posting that the facts by `as_of` call for; amounts debit positive, minor units."""
    apart = recognised.contract_basis.contracts
    invoices = observed.invoices.join(apart, on="contract_id", how="anti")
    return pl.concat(
        [
            *contract_postings(observed, recognised),
            *contract_cost_postings(observed, recognised.contract_basis),
            *invoice_postings(invoices, recognised.obligations, recognised.earned),
            *recognition_postings(recognised.obligations, recognised.earned, observed.as_of),
            *payment_postings(observed, recognised.recovered),
            *unapplied_postings(observed),
            *reversal_postings(observed),
            *take_back_postings(invoices, recognised),
        ]
    )
