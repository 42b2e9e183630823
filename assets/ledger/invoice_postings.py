"""Finalised invoices and the recognition of their lines.

    invoice:      Dr AccountsReceivable total   Cr DeferredRevenue line by line   Cr TaxLiability the rest
    recognition:  Dr DeferredRevenue            Cr Revenue

Time alone posts at the end of a period: recognition posts for periods that ended by as_of.
https://docs.stripe.com/revenue-recognition/methodology/subscriptions-and-invoicing
"""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.ledger.accounts import Account
from assets.ledger.postings import BILLED, at_day, leg
from assets.recognition.computed import Recognised


def invoice_postings(invoices: pl.DataFrame, obligations: pl.DataFrame) -> list[pl.DataFrame]:
    """Billing: the receivable is booked when the invoice is finalised, its price deferred, its tax owed."""
    billed = at_day(invoices.with_columns(event_id="document_id"), "booked_on")
    lines = at_day(obligations.with_columns(event_id="document_id"), "booked_on")
    net = obligations.group_by("document_id").agg(net=pl.col("amount").sum())
    taxed = billed.join(net, on="document_id", how="left")
    tax = pl.col("total") - pl.col("net").fill_null(0)
    return [
        leg(billed, Account.ACCOUNTS_RECEIVABLE, pl.col("total"), "invoice"),
        leg(lines, Account.DEFERRED_REVENUE, -pl.col("amount"), "invoice", "obligation_id"),
        leg(taxed, Account.TAX_LIABILITY, -tax, "invoice"),
    ]


def recognition_postings(observed: Observed, recognised: Recognised) -> list[pl.DataFrame]:
    """Revenue earned in periods that ended by `as_of`, gross, on their last day; take-backs post their contra apart."""
    begun = recognised.earned.filter((pl.col("accounting_period") <= observed.as_of) & (pl.col("gross") != 0))
    obligations = recognised.obligations.select("obligation_id", *BILLED, event_id="document_id")
    identity = obligations[begun.get_column("obligation")]
    every = pl.concat([identity, begun.select("gross", "service_period", "accounting_period")], how="horizontal")
    ends = observed.ledger.calendars.with_ends(every, "accounting_period", "posted_on")
    rows = ends.filter(pl.col("posted_on") <= observed.as_of)
    return [
        leg(rows, Account.DEFERRED_REVENUE, pl.col("gross"), "recognition", "obligation_id"),
        leg(rows, Account.REVENUE, -pl.col("gross"), "recognition", "obligation_id"),
    ]
