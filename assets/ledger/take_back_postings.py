"""Refunds, disputes, credit notes, voids and write-offs.

    Dr contra account   line by line, the part that had been recognised
    Dr DeferredRevenue  line by line, the part that had not
    Dr TaxLiability     the tax in it
    Dr OtherLoss        what exceeds the invoice (a recovery is reversed first)
    Cr Cash (refund, dispute), or AccountsReceivable, and CustomerBalance for the part of a credit note beyond what is open

An invoice that is excluded after it was paid: Dr Revenue and DeferredRevenue, Cr Exclusion. A debt of before that a closed
invoice asked for: Dr Recoverables when it is given up, Dr CustomerBalance when it is void, Cr AccountsReceivable.

A void after a write-off moves the bad debt to Voids.
https://docs.stripe.com/revenue-recognition/examples/contra
"""

from __future__ import annotations

import polars as pl

from assets.ledger.accounts import Account, contra_account
from assets.ledger.postings import BILLED, at_day, leg
from assets.recognition.computed import Recognised
from assets.recognition.recovery import RECOVERY
from assets.recognition.take_backs import EXCLUSION, UNCOLLECTIBLE, VOID


def take_back_postings(invoices: pl.DataFrame, recognised: Recognised) -> list[pl.DataFrame]:
    """Every leg of every take-back."""
    billed = invoices.select(BILLED)
    events = at_day(recognised.taken.join(billed, on="document_id"))
    lines = at_day(recognised.unwound.join(billed, on="document_id"))
    shares = recognised.unwound.group_by("take_back").agg(pl.col("share").sum())
    taxed = events.join(shares, on="take_back", how="left")
    tax = pl.col("reached") - pl.col("reached_before") - pl.col("share").fill_null(0)
    in_cash = pl.col("kind").is_in(["refund", "dispute"])
    beyond = (
        pl.when(in_cash)
        .then(pl.lit(Account.CASH.value))
        .when(kind=EXCLUSION)
        .then(pl.lit(Account.EXCLUSION.value))
        .otherwise(pl.lit(Account.CUSTOMER_BALANCE.value))
    )
    given_up = pl.col("kind") == UNCOLLECTIBLE
    debt = pl.when(given_up).then(pl.lit(Account.RECOVERABLES.value)).otherwise(pl.lit(Account.CUSTOMER_BALANCE.value))
    return [
        leg(lines, contra_account(), pl.col("contra"), obligation="obligation_id"),
        leg(lines, Account.DEFERRED_REVENUE, pl.col("released"), obligation="obligation_id"),
        leg(taxed, Account.TAX_LIABILITY, tax),
        leg(events, Account.ACCOUNTS_RECEIVABLE, -pl.col("receivable") - pl.col("owed")),
        leg(events, beyond, pl.col("receivable") - pl.col("gross")),
        leg(events, debt, pl.col("owed")),
        *_excess(events, billed, recognised),
        *_void_after_write_off(events, recognised),
    ]


def _excess(events: pl.DataFrame, billed: pl.DataFrame, recognised: Recognised) -> list[pl.DataFrame]:
    """What is taken back beyond the invoice: first a recovery is reversed, the rest is a loss."""
    keys = ["document_id", "event_id", "kind", "effective_at"]
    lost = recognised.recovered.events.filter(pl.col("kind") != RECOVERY).select(*keys, lost=-pl.col("regained"))
    by_line = recognised.recovered.lines.filter(pl.col("kind") != RECOVERY)
    of_lines = by_line.group_by(keys).agg(revenue_lost=-pl.col("amount").sum())
    beyond = events.filter(pl.col("excess") != 0).join(lost, on=keys, how="left").join(of_lines, on=keys, how="left")
    beyond = beyond.with_columns(pl.col("lost", "revenue_lost").fill_null(0))
    lines = at_day(by_line.join(billed, on="document_id"))
    return [
        leg(lines, contra_account(), -pl.col("amount"), obligation="obligation_id"),
        leg(beyond, Account.RECOVERABLES, pl.col("lost") - pl.col("revenue_lost")),
        leg(beyond, Account.OTHER_LOSS, pl.col("excess") - pl.col("lost")),
    ]


def _void_after_write_off(events: pl.DataFrame, recognised: Recognised) -> list[pl.DataFrame]:
    """The bad debt that still stands, line by line, becomes a void on the day of the void."""
    voids = events.filter(kind=VOID)
    given_back = recognised.recovered.lines.group_by("obligation_id").agg(given_back=pl.col("amount").sum())
    bad_debt = recognised.unwound.filter(kind=UNCOLLECTIBLE).select("document_id", "obligation_id", "contra")
    standing = voids.join(bad_debt, on="document_id").join(given_back, on="obligation_id", how="left")
    amount = pl.col("contra") - pl.col("given_back").fill_null(0)
    return [
        leg(standing, Account.VOIDS, amount, obligation="obligation_id"),
        leg(standing, Account.BAD_DEBT, -amount, obligation="obligation_id"),
    ]
