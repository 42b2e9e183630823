"""Finalised invoices and the recognition of their lines.

    invoice:      Dr AccountsReceivable total   Cr DeferredRevenue line by line   Cr TaxLiability the rest
    recognition:  Dr DeferredRevenue            Cr Revenue

Without catch-up, service before the invoice is earned in its own month against UnbilledAccountsReceivable, which the
invoice clears (https://docs.stripe.com/revenue-recognition/revenue-settings/examples, catch-up disabled).
Time alone posts at the end of a month: recognition posts for months that ended by as_of.
https://docs.stripe.com/revenue-recognition/methodology/subscriptions-and-invoicing
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.ledger.accounts import Account
from assets.ledger.postings import BILLED, at_day, leg


def invoice_postings(invoices: pl.DataFrame, obligations: pl.DataFrame, earned: pl.DataFrame) -> list[pl.DataFrame]:
    """Billing: the receivable is booked when the invoice is finalised, its price deferred, its tax owed."""
    billed = at_day(invoices.with_columns(event_id="document_id"), "booked_on")
    lines = at_day(obligations.with_columns(event_id="document_id"), "booked_on")
    before = (
        earned.filter(_before_its_invoice(obligations, earned)).group_by("obligation").agg(accrued=pl.col("gross").sum())
    )
    accrued = lines.join(before, on="obligation", how="left").with_columns(pl.col("accrued").fill_null(0))
    net = obligations.group_by("document_id").agg(net=pl.col("amount").sum())
    taxed = billed.join(net, on="document_id", how="left")
    tax = pl.col("total") - pl.col("net").fill_null(0)
    return [
        leg(billed, Account.ACCOUNTS_RECEIVABLE, pl.col("total"), "invoice"),
        leg(accrued, Account.DEFERRED_REVENUE, pl.col("accrued") - pl.col("amount"), "invoice", "obligation_id"),
        leg(accrued, Account.UNBILLED_ACCOUNTS_RECEIVABLE, -pl.col("accrued"), "invoice", "obligation_id"),
        leg(taxed, Account.TAX_LIABILITY, -tax, "invoice"),
    ]


def recognition_postings(obligations: pl.DataFrame, earned: pl.DataFrame, as_of: date) -> list[pl.DataFrame]:
    """Revenue earned in months that ended by `as_of`, gross; take-backs post their contra apart."""
    ended = earned.filter((pl.col("accounting_period").dt.month_end() <= as_of) & (pl.col("gross") != 0))
    identity = obligations.select("obligation_id", *BILLED, event_id="document_id")[ended.get_column("obligation")]
    unbilled = _before_its_invoice(obligations, ended).alias("unbilled")
    rows = pl.concat([identity, ended.select("gross", "service_period", "accounting_period", unbilled)], how="horizontal")
    against = pl.when("unbilled").then(pl.lit(Account.UNBILLED_ACCOUNTS_RECEIVABLE.value))
    return [
        leg(
            rows, against.otherwise(pl.lit(Account.DEFERRED_REVENUE.value)), pl.col("gross"), "recognition", "obligation_id"
        ),
        leg(rows, Account.REVENUE, -pl.col("gross"), "recognition", "obligation_id"),
    ]


def _before_its_invoice(obligations: pl.DataFrame, earned: pl.DataFrame) -> pl.Series:
    """Which months of `earned` post before the month in which their invoice is booked; none with catch-up."""
    booked = obligations.select(pl.col("booked_on").dt.month_start()).to_series()[earned.get_column("obligation")]
    return earned.get_column("accounting_period") < booked
