"""Finalised invoices and the recognition of their lines.

    invoice:      Dr AccountsReceivable total   Cr DeferredRevenue line by line   Cr TaxLiability the rest
    recognition:  Dr DeferredRevenue            Cr Revenue

Time alone posts at the end of a month: recognition posts for months that ended by as_of.
https://docs.stripe.com/revenue-recognition/methodology/subscriptions-and-invoicing
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.ledger.accounts import Account
from assets.ledger.postings import BILLED, at_day, leg


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


def recognition_postings(obligations: pl.DataFrame, earned: pl.DataFrame, as_of: date) -> list[pl.DataFrame]:
    """Revenue earned in months that ended by `as_of`, gross; take-backs post their contra apart."""
    ended = earned.filter((pl.col("accounting_period").dt.month_end() <= as_of) & (pl.col("gross") != 0))
    identity = obligations.select("obligation_id", *BILLED, event_id="document_id")[ended.get_column("obligation")]
    rows = pl.concat([identity, ended.select("gross", "service_period", "accounting_period")], how="horizontal")
    return [
        leg(rows, Account.DEFERRED_REVENUE, pl.col("gross"), "recognition", "obligation_id"),
        leg(rows, Account.REVENUE, -pl.col("gross"), "recognition", "obligation_id"),
    ]
