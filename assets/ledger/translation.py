"""Translation into the functional currency, entry by entry: each sums to zero in both (ASC 830-20-25; IAS 21.21-28).

An invoice locks the rate of the day on which it is booked. What it put into the books (receivable, deferred revenue, tax)
is carried at that rate until it is settled, earned or taken back; an advance is not monetary and is never translated again
(ASC 830-10-45-18; IFRIC 22). The functional amount of a leg is the step of its account's balance,

    f(balance) = round(rate * (offset + balance)) - round(rate * offset),   half to even

where the offset is the sum of the invoice's lines before it, so that lines sum to their invoice and a balance of nothing
is nothing in both currencies. Revenue and what is deducted from it are what the deferral releases: the negative sum of the
other legs of their obligation. The liability of a contract on the basis `contract` is released advance by advance
(`assets.ledger.advances`); of what else a contract holds what came in first goes out first. Cash, and every account of no
invoice, is translated at the rate of its own day. What is then missing to zero is the realised difference, in FxLoss.

An entity whose functional currency is not known keeps each currency for itself. An entry whose rate was not published
within seven days waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.facts.choices import RATE_SOURCE
from assets.facts.ledger import LedgerFacts
from assets.ledger.accounts import ACCOUNT_TYPE, CONTRA_REVENUE, Account
from assets.ledger.advances import need_no_rate, of_contracts, released
from assets.ledger.layers import first_out
from assets.ledger.postings import ENTRY, NONE, POSTING
from assets.money.rates import EVENT, translated_amount, with_exponents, with_rates

_CARRIED = (
    Account.ACCOUNTS_RECEIVABLE,
    Account.UNBILLED_ACCOUNTS_RECEIVABLE,
    Account.DEFERRED_REVENUE,
    Account.TAX_LIABILITY,
)
_FIRST_OUT = (Account.REFUND_LIABILITY, Account.DUE_TO_PRINCIPALS, Account.RETURN_ASSET, Account.CONTRACT_COSTS)
"""Balances of contracts of which what came in first goes out first; those of costs, each cost by itself."""
_EXPENSES = (Account.COST_OF_SALES, Account.COST_EXPENSE, Account.IMPAIRMENT_LOSS)
_COSTS = (*_EXPENSES, Account.RETURN_ASSET, Account.INVENTORY, Account.CONTRACT_COSTS, Account.ACCRUED_COSTS)
_RECEIVABLE = (Account.ACCOUNTS_RECEIVABLE, Account.UNBILLED_ACCOUNTS_RECEIVABLE)
_EARNED = (Account.REVENUE, *CONTRA_REVENUE)
TRANSLATED = (*(c for c in POSTING if c != "functional"), "functional_currency", "functional_amount")
# Places of events of one day within the life of an invoice.
_ORDER = ("posted_on", "event_kind", "event_id", "service_period")
_RATED = ("currency", "functional_currency", "rate_source")
_LINE = ["document_id", "obligation_id"]


@dataclass(frozen=True)
class Translated:
    """Minor units of either currency. `postings` have functional_currency and functional_amount.

    `locked`: the rate of each foreign document. `waiting`: legs without a rate, with event_id, amount, and the pair and day
    that they need.
    """

    postings: pl.DataFrame
    locked: pl.DataFrame
    waiting: pl.DataFrame


def translate(postings: pl.DataFrame, documents: pl.DataFrame, ledger: LedgerFacts, as_of: date) -> Translated:
    """Postings in both currencies. `documents` has document_id and booked_on, the day that locks a rate."""
    known = ledger.entities.select("legal_entity_id", "functional_currency")
    stated = postings.join(known, on="legal_entity_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("functional_currency", "currency").alias("functional_currency")
    )
    foreign = stated.filter(pl.col("currency") != pl.col("functional_currency"))
    own = _done(stated.filter(pl.col("currency") == pl.col("functional_currency")), pl.coalesce("functional", "amount"))
    if foreign.is_empty():
        return Translated(own, _no_rates(), _waiting(foreign.with_columns(day="posted_on")))
    rated, waiting, locked = _with_rates(foreign, documents, ledger, as_of)
    return Translated(pl.concat([own, _realised(_expensed(_valued(_first_out(rated))))]), locked, waiting)


def _with_rates(
    foreign: pl.DataFrame, documents: pl.DataFrame, ledger: LedgerFacts, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Foreign postings with the rate of their account (`num`, `den`), what waits for a rate, and the locked rates."""
    sourced = foreign.with_columns(rate_source=ledger.choices.of_entity(RATE_SOURCE))
    booked = documents.select("document_id", "booked_on").unique("document_id", keep="first", maintain_order=True)
    at_lock = pl.col("account").is_in([a.value for a in (*_CARRIED, *_EARNED)]) & pl.col("booked_on").is_not_null()
    dated = sourced.join(booked, on="document_id", how="left", maintain_order="left").with_columns(
        carried=at_lock, day=pl.when(at_lock).then("booked_on").otherwise("posted_on")
    )
    rates = with_rates(dated.filter(pl.col("functional").is_null()), ledger.rates, EVENT)
    rated = dated.join(rates, on=[*_RATED, "day"], how="left", maintain_order="left", nulls_equal=True)
    marked = rated.with_columns(_ours=of_contracts(), _free=need_no_rate())
    lacking = marked.filter(pl.col("num").is_null() & pl.col("functional").is_null() & ~pl.col("_free")).select(
        rated.columns
    )
    entries = lacking.select(ENTRY).unique()
    ours, stuck = released(marked.filter("_ours").select(rated.columns), lacking, ledger.calendars, as_of)
    others = marked.filter(~pl.col("_ours")).select(rated.columns).join(entries, on=ENTRY, how="anti", nulls_equal=True)
    locked = rated.filter("carried").select("document_id", *_RATED, "num", "den", "rate_day").drop_nulls("num").unique()
    return pl.concat([others, ours]), _waiting(pl.concat([lacking, stuck])), locked


def _waiting(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("event_id", "currency", "functional_currency", "amount", "day")


def _first_out(rated: pl.DataFrame) -> pl.DataFrame:
    """Rows with `functional` where a balance of a contract moves whose first units go out first."""
    ours = pl.col("account").is_in([a.value for a in _FIRST_OUT]) & (pl.col("contract_id") != NONE)
    mine = ours & pl.col("functional").is_null()
    rows = with_exponents(rated.filter(mine)).with_columns(
        of_cost=pl.when(pl.col("account") == Account.CONTRACT_COSTS.value).then("event_id")
    )
    key = ["legal_entity_id", "contract_id", "currency", "account", "of_cost"]
    side = (
        pl.when(pl.col("account").is_in([Account.RETURN_ASSET.value, Account.CONTRACT_COSTS.value])).then(1).otherwise(-1)
    )
    ordered = rows.with_columns(pl.col("of_cost").fill_null(NONE)).sort(*key, *_ORDER, "obligation_id", "amount")
    moved = side * pl.col("amount")
    valued = first_out(ordered, key, moved, translated_amount(moved)).with_columns(functional=side * pl.col("worth"))
    return pl.concat([rated.filter(~mine), valued.select(rated.columns)])


def _expensed(valued: pl.DataFrame) -> pl.DataFrame:
    """What is expensed of a cost is worth what its asset gave, or what was spent for it: the negative sum of the others."""
    of_costs = pl.col("account").is_in([a.value for a in _COSTS]) & (pl.col("contract_id") != NONE)
    group = [*ENTRY, "obligation_id"]
    costs = valued.filter(of_costs).sort(*group, "account", "row")
    is_expense = pl.col("account").is_in([a.value for a in _EXPENSES])
    last = is_expense & (pl.col("row") == pl.col("row").filter(is_expense).last().over(group))
    others = pl.col("functional_amount").filter(~last.fill_null(False)).sum().over(group)
    amount = pl.when(last.fill_null(False)).then(-others).otherwise("functional_amount")
    return pl.concat([valued.filter(~of_costs), costs.with_columns(functional_amount=amount).select(valued.columns)])


def _valued(rated: pl.DataFrame) -> pl.DataFrame:
    """Every leg but the differences: carried balances by their steps, earnings by what the deferral releases."""
    line = pl.col("obligation_id") != NONE
    rows = with_exponents(rated).with_columns(
        carried=pl.col("carried") & pl.col("account").is_in([a.value for a in _CARRIED]),
        earned=pl.col("carried") & pl.col("account").is_in([a.value for a in _EARNED]) & line,
    )
    rows = _with_offsets(rows).with_row_index("row")
    receivable = pl.col("account").is_in([a.value for a in _RECEIVABLE])
    side = pl.when(receivable).then(1).otherwise(-1)
    owed = rows.filter("carried").with_columns(
        side=side,
        moved=side * pl.col("amount"),
        offset=pl.when(receivable)
        .then(0)
        .when(pl.col("account") == Account.TAX_LIABILITY.value)
        .then("net")
        .otherwise("offset"),
    )
    steps = _steps(owed, [*_LINE, "account"]).select("row", step=pl.col("step") * pl.col("side"))
    now = pl.coalesce("functional", translated_amount(pl.col("amount")))
    valued = rows.join(steps, on="row", how="left").with_columns(functional_amount=pl.coalesce("step", now)).drop("step")
    return pl.concat([valued.filter(~pl.col("earned")), _earnings(valued)])


def _with_offsets(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `offset`, the sum of the invoice's lines before theirs, and `net`, the sum of all of them."""
    billed = pl.col("account").is_in([Account.DEFERRED_REVENUE.value, Account.UNBILLED_ACCOUNTS_RECEIVABLE.value])
    lines = rows.filter((pl.col("event_kind") == "invoice") & billed)
    summed = lines.group_by(_LINE).agg(amount=-pl.col("amount").sum()).sort(_LINE)
    offsets = summed.select(*_LINE, offset=pl.col("amount").cum_sum().over("document_id") - pl.col("amount"))
    nets = summed.group_by("document_id").agg(net=pl.col("amount").sum())
    return (
        rows.join(offsets, on=_LINE, how="left")
        .join(nets, on="document_id", how="left")
        .with_columns(pl.col("offset", "net").fill_null(0))
    )


def _steps(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Rows with `step`: by how much f of the balance of their key moves with their `moved`, in order of events."""
    ordered = rows.sort(*key, *_ORDER, "moved").with_columns(balance=pl.col("offset") + pl.col("moved").cum_sum().over(key))
    after, before = (translated_amount(balance) for balance in (pl.col("balance"), pl.col("balance") - pl.col("moved")))
    return ordered.with_columns(step=after - before)


def _earnings(valued: pl.DataFrame) -> pl.DataFrame:
    """Legs of revenue and contra revenue: what the line gives back, less what its deferral released.

    A line gives back nothing when it is earned, its share when it is taken back. Where an entry has two such legs of one
    line (a void after a write-off), the second is what the first leaves.
    """
    group = [*ENTRY, "obligation_id"]
    of_lines = valued.filter(
        (pl.col("obligation_id") != NONE) & (pl.col("carried") | pl.col("earned")) & (pl.col("event_kind") != "invoice")
    )
    events = of_lines.group_by(group).agg(
        pl.col("offset", "num", "den", "exponent_from", "exponent_to").first(),
        moved=pl.col("amount").sum(),
        released=pl.col("functional_amount").filter(~pl.col("earned")).sum(),
    )
    earned = _steps(events, _LINE).select(*group, earned_amount=pl.col("step") - pl.col("released"))
    legs = valued.filter("earned").join(earned, on=group, how="left").sort(*group, "account", "row")
    alone = legs.with_columns(
        last=pl.col("row") == pl.col("row").last().over(group), functional_amount=translated_amount(pl.col("amount"))
    )
    others = pl.col("functional_amount").filter(~pl.col("last")).sum().over(group)
    amount = pl.when("last").then(pl.col("earned_amount") - others).otherwise("functional_amount")
    return alone.with_columns(functional_amount=amount).select(valued.columns)


def _realised(valued: pl.DataFrame) -> pl.DataFrame:
    """The postings, and in each entry the leg that makes its functional amounts sum to zero."""
    legs = _done(valued, pl.col("functional_amount"))
    short = legs.group_by(ENTRY).agg(pl.col("functional_amount").sum(), pl.col("customer_id").first())
    differences = short.filter(pl.col("functional_amount") != 0).with_columns(
        functional_amount=-pl.col("functional_amount"),
        amount=pl.lit(0, pl.Int64),
        account=pl.lit(Account.FX_LOSS.value).cast(ACCOUNT_TYPE),
        obligation_id=pl.lit(NONE),
    )
    return pl.concat([legs, differences.select(TRANSLATED)])


def _done(rows: pl.DataFrame, functional: pl.Expr) -> pl.DataFrame:
    return rows.with_columns(functional_amount=functional).select(TRANSLATED)


def _no_rates() -> pl.DataFrame:
    text = dict.fromkeys(("document_id", *_RATED), pl.String)
    return pl.DataFrame(schema={**text, "num": pl.Int128, "den": pl.Int128, "rate_day": pl.Date})
