"""Payments, recoveries, money that belongs to no invoice, disputes won, fees, and settlements in another currency.

    payment:           Dr Cash   Cr AccountsReceivable; what settles no known invoice: Cr UnappliedCash
                       by a credit balance: Dr CustomerBalance; out of band: Dr ExternalAsset
    fee:               Dr Fees   Cr Cash (cash basis: https://docs.stripe.com/revenue-recognition/examples)
    tax_remitted:      Dr TaxLiability   Cr Cash, what a merchant of record kept to remit it
    recovery:          Dr Cash   Cr BadDebt line by line   Cr Recoverables the rest
    dispute_reversal:  Dr Cash   Cr Recoverables (a gain; revenue is untouched)

A refund or dispute of cash that belongs to no invoice takes it out of UnappliedCash.
https://docs.stripe.com/revenue-recognition/methodology/refunds-and-disputes
"""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.facts.settled_otherwise import BY_CASH
from assets.ledger.accounts import Account
from assets.ledger.postings import BILLED, NONE, at_day, leg
from assets.recognition.recovery import RECOVERY, Recovered

SETTLEMENT = "settlement"


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
        leg(paid, pl.col("money"), pl.col("applied"), "payment"),
        leg(paid, Account.ACCOUNTS_RECEIVABLE, -pl.col("applied"), "payment"),
        leg(regained, pl.col("money"), pl.col("applied"), RECOVERY),
        leg(by_line, Account.BAD_DEBT, -pl.col("amount"), RECOVERY, "obligation_id"),
        leg(rest, Account.RECOVERABLES, pl.col("amount").fill_null(0) - pl.col("applied"), RECOVERY),
    ]


def unapplied_postings(observed: Observed) -> list[pl.DataFrame]:
    """Money in and out that belongs to no counted invoice."""
    applied = observed.settled.filter(money=BY_CASH).group_by("event_id").agg(pl.col("applied").sum())
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
    one = observed.settled.filter(money=BY_CASH).group_by(paid_by="event_id").agg(pl.col("document_id").min())
    invoices = observed.invoices.select("document_id", "contract_id")
    found = observed.reversals.drop("document_id").join(one.join(invoices, on="document_id"), on="paid_by", how="left")
    won = at_day(found.with_columns(pl.col("document_id", "contract_id").fill_null(NONE)))
    return [
        leg(won, Account.CASH, pl.col("amount")),
        leg(won, Account.RECOVERABLES, -pl.col("amount")),
    ]


def kept_postings(observed: Observed) -> list[pl.DataFrame]:
    """Fees of processors, and tax that a merchant of record or a marketplace remits; either may be given back."""
    sign = pl.when(direction="out").then(1).otherwise(-1)
    kept = at_day(_beside_invoice(observed.ledger.kept, observed)).with_columns(spent=sign * pl.col("amount"))
    expense = pl.when(kind="fee").then(pl.lit(Account.FEES.value)).otherwise(pl.lit(Account.TAX_LIABILITY.value))
    return [leg(kept, expense, pl.col("spent")), leg(kept, Account.CASH, -pl.col("spent"))]


def settlement_postings(observed: Observed) -> list[pl.DataFrame]:
    """Cash that reached the bank in another currency: out of the one, through FxClearing, into the other.

    So are fees and tax that were kept of it, and a payout in another currency than the balance that it was taken from. Each
    of the two entries sums to zero in its own currency; FxClearing is nothing in the functional one, where the bank's rate
    is realised (`assets.ledger.exchange`). Cash that arrived
    in its own currency but short of its amount was paid out less a fee, unless a fee of that payment is told apart.
    """
    functional = observed.ledger.entities.select("legal_entity_id", "functional_currency")
    sign = pl.when(direction="in").then(1).otherwise(-1)
    every = observed.ledger.settlements.join(functional, on="legal_entity_id", how="left").with_columns(
        paid=sign * pl.col("amount"), got=sign * pl.col("settled")
    )
    turned = at_day(_beside_invoice(every.filter(pl.col("settlement_currency") != pl.col("currency")), observed))
    is_worth = pl.when(pl.col("settlement_currency") == pl.col("functional_currency")).then("got")
    into = turned.with_columns(currency="settlement_currency")
    told = observed.ledger.kept.filter(kind="fee")
    names = pl.concat([told.get_column(c).drop_nulls() for c in ("payment_id", "payment_group_id", "document_id")])
    known = pl.any_horizontal(
        pl.col(c).is_in(names.implode()).fill_null(False) for c in ("event_id", "payment_group_id", "document_id")
    )
    short = every.filter((pl.col("settlement_currency") == pl.col("currency")) & (pl.col("kind") == "payment") & ~known)
    less = at_day(_beside_invoice(short, observed)).with_columns(fee=pl.col("paid") - pl.col("got"))
    return [
        leg(turned, Account.CASH, -pl.col("paid"), SETTLEMENT),
        leg(turned, Account.FX_CLEARING, pl.col("paid"), SETTLEMENT, functional=is_worth),
        leg(into, Account.CASH, pl.col("got"), SETTLEMENT),
        leg(into, Account.FX_CLEARING, -pl.col("got"), SETTLEMENT),
        leg(less, Account.FEES, pl.col("fee"), "fee"),
        leg(less, Account.CASH, -pl.col("fee"), "fee"),
    ]


def _beside_invoice(cash: pl.DataFrame, observed: Observed) -> pl.DataFrame:
    """Cash beside the counted invoice that it names, where it names one."""
    invoices = observed.invoices.select("document_id", "contract_id", known_id="document_id")
    joined = cash.join(invoices, on="document_id", how="left")
    return joined.with_columns(
        document_id=pl.col("known_id").fill_null(NONE), contract_id=pl.col("contract_id").fill_null(NONE)
    )


def _of_nothing(cash: pl.DataFrame) -> pl.DataFrame:
    return cash.with_columns(contract_id=pl.lit(NONE), document_id=pl.lit(NONE))
