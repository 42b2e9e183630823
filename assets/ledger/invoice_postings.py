"""Finalised invoices and the recognition of their lines.

    invoice:      Dr AccountsReceivable total   Cr DeferredRevenue line by line   Cr TaxLiability the rest
    recognition:  Dr DeferredRevenue            Cr Revenue

Without catch-up, service before the invoice is earned in its own period against UnbilledAccountsReceivable, which the
invoice clears; so is what was earned of a charge while it waited for its invoice
(https://docs.stripe.com/revenue-recognition/revenue-settings/examples, catch-up disabled).
Time alone posts at the end of a period: recognition posts for periods that ended by as_of.
https://docs.stripe.com/revenue-recognition/methodology/subscriptions-and-invoicing
"""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.ledger.accounts import Account
from assets.ledger.daily import earned_by_day, without_days
from assets.ledger.postings import BILLED, at_day, leg
from assets.recognition.computed import Recognised


def invoice_postings(observed: Observed, recognised: Recognised) -> list[pl.DataFrame]:
    """Billing: the receivable is booked when the invoice is finalised, its price deferred, its tax owed."""
    invoices, obligations, earned = observed.invoices, recognised.obligations, recognised.earned
    of_invoices = obligations.drop_nulls("billed_on")
    billed = at_day(invoices.with_columns(event_id="document_id"), "booked_on")
    lines = at_day(of_invoices.with_columns(event_id="document_id"), "billed_on")
    before = (
        earned.filter(_before_its_invoice(observed, obligations, earned))
        .group_by("obligation")
        .agg(accrued=pl.col("gross").sum())
    )
    accrued = lines.join(before, on="obligation", how="left").with_columns(pl.col("accrued").fill_null(0))
    net = of_invoices.group_by("document_id").agg(net=pl.col("amount").sum())
    taxed = billed.join(net, on="document_id", how="left")
    tax = pl.col("total") - pl.col("net").fill_null(0)
    return [
        leg(billed, Account.ACCOUNTS_RECEIVABLE, pl.col("total"), "invoice"),
        leg(accrued, Account.DEFERRED_REVENUE, pl.col("accrued") - pl.col("amount"), "invoice", "obligation_id"),
        leg(accrued, Account.UNBILLED_ACCOUNTS_RECEIVABLE, -pl.col("accrued"), "invoice", "obligation_id"),
        leg(taxed, Account.TAX_LIABILITY, -tax, "invoice"),
    ]


def recognition_postings(observed: Observed, recognised: Recognised) -> list[pl.DataFrame]:
    """Revenue earned in periods that ended by `as_of`, gross, on their last day, or on each day where that is chosen.

    Take-backs post their contra apart.
    """
    obligations = recognised.obligations
    earned = without_days(observed, recognised).earned
    begun = earned.filter((pl.col("accounting_period") <= observed.as_of) & (pl.col("gross") != 0))
    entities = obligations.select("legal_entity_id")[begun.get_column("obligation")]
    told = pl.concat(
        [entities, begun.select("obligation", "gross", "service_period", "accounting_period")], how="horizontal"
    )
    ends = observed.ledger.calendars.with_ends(told, "accounting_period", "posted_on").drop("legal_entity_id")
    periods = ends.filter(pl.col("posted_on") <= observed.as_of)
    moments = pl.concat([periods, earned_by_day(observed, recognised).select(periods.columns)])
    billed = obligations.select("obligation_id", *BILLED, event_id="document_id")[moments.get_column("obligation")]
    unbilled = _before_its_invoice(observed, obligations, moments).alias("unbilled")
    rows = pl.concat([billed, moments.drop("obligation").with_columns(unbilled)], how="horizontal")
    against = pl.when("unbilled").then(pl.lit(Account.UNBILLED_ACCOUNTS_RECEIVABLE.value))
    return [
        leg(
            rows, against.otherwise(pl.lit(Account.DEFERRED_REVENUE.value)), pl.col("gross"), "recognition", "obligation_id"
        ),
        leg(rows, Account.REVENUE, -pl.col("gross"), "recognition", "obligation_id"),
    ]


def _before_its_invoice(observed: Observed, obligations: pl.DataFrame, earned: pl.DataFrame) -> pl.Series:
    """Which periods of `earned` post before the one in which their invoice is booked; none with catch-up, but all of what
    waits for its invoice, and those of before of what did."""
    days = obligations.select("legal_entity_id", "billed_on")
    periods = observed.ledger.calendars.with_periods(days, {"billed": "billed_on"})
    billed = periods.get_column("billed")[earned.get_column("obligation")]
    return (earned.get_column("accounting_period") < billed).fill_null(True)
