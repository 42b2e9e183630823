"""Payments, recoveries, money that belongs to no invoice, and disputes won.

    payment:           Dr Cash   Cr AccountsReceivable; what settles no known invoice: Cr UnappliedCash
    recovery:          Dr Cash   Cr BadDebt line by line   Cr Recoverables the rest
    dispute_reversal:  Dr Cash   Cr Recoverables (a gain; revenue is untouched)

A refund or dispute of cash that belongs to no invoice takes it out of UnappliedCash.
https://docs.stripe.com/revenue-recognition/methodology/refunds-and-disputes
"""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.ledger.accounts import Account
from assets.ledger.postings import BILLED, NONE, at_day, leg
from assets.recognition.recovery import RECOVERY, Recovered


def payment_postings(observed: Observed, recovered: Recovered) -> list[pl.DataFrame]:
    """Money that came in: what settles an invoice lowers its receivable, or recovers it after a write-off."""
    invoices = observed.invoices.select(BILLED)
    settled = at_day(observed.settled.drop("legal_entity_id", "customer_id", "currency").join(invoices, on="document_id"))
    keys = ["event_id", "document_id"]
    back = recovered.events.filter(kind=RECOVERY).select(keys)
    paid = settled.join(back, on=keys, how="anti")
    regained = settled.join(back, on=keys, how="semi")
    lines = recovered.lines.filter(kind=RECOVERY)
    by_line = at_day(lines.join(invoices, on="document_id"))
    of_bad_debt = lines.group_by(keys).agg(pl.col("amount").sum())
    rest = regained.join(of_bad_debt, on=keys, how="left")
    return [
        leg(paid, Account.CASH, pl.col("applied"), "payment"),
        leg(paid, Account.ACCOUNTS_RECEIVABLE, -pl.col("applied"), "payment"),
        leg(regained, Account.CASH, pl.col("applied"), RECOVERY),
        leg(by_line, Account.BAD_DEBT, -pl.col("amount"), RECOVERY, "obligation_id"),
        leg(rest, Account.RECOVERABLES, pl.col("amount").fill_null(0) - pl.col("applied"), RECOVERY),
    ]


def unapplied_postings(observed: Observed) -> list[pl.DataFrame]:
    """Money in and out that belongs to no counted invoice."""
    applied = observed.settled.group_by("event_id").agg(pl.col("applied").sum())
    joined = observed.payments.join(applied, on="event_id", how="left")
    rest = joined.with_columns(amount=pl.col("amount") - pl.col("applied").fill_null(0))
    came = at_day(_of_nothing(rest)).with_columns(kind=pl.lit("payment"))
    went = at_day(_of_nothing(observed.loose))
    return [
        leg(came, Account.CASH, pl.col("amount")),
        leg(came, Account.UNAPPLIED_CASH, -pl.col("amount")),
        leg(went, Account.UNAPPLIED_CASH, pl.col("amount")),
        leg(went, Account.CASH, -pl.col("amount")),
    ]


def reversal_postings(observed: Observed) -> list[pl.DataFrame]:
    """Disputes won, beside the invoice that the disputed payment settled, where it settled one."""
    one = observed.settled.group_by(paid_by="event_id").agg(pl.col("document_id").min())
    invoices = observed.invoices.select("document_id", "contract_id")
    found = observed.reversals.drop("document_id").join(one.join(invoices, on="document_id"), on="paid_by", how="left")
    won = at_day(found.with_columns(pl.col("document_id", "contract_id").fill_null(NONE)))
    return [
        leg(won, Account.CASH, pl.col("amount")),
        leg(won, Account.RECOVERABLES, -pl.col("amount")),
    ]


def _of_nothing(cash: pl.DataFrame) -> pl.DataFrame:
    return cash.with_columns(contract_id=pl.lit(NONE), document_id=pl.lit(NONE))
