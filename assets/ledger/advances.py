"""Contracts on the basis `contract` in a foreign currency: each advance locks its own rate and is released at it.

What is billed and what is earned of a contract are two lines of units, matched one against the other in their order. A unit
that is billed first is an advance: not monetary, carried at the rate of its own day, and revenue at that rate when it is
earned, the oldest first (IFRIC 22.8 and 9; ASC 830-10-45-18). A unit that is earned first is a contract asset, which is
monetary (ASC 830-20-35-1, Deloitte's roadmap 4.8): revenue at the rate of the period's end in which it is earned, and a
realised difference when it is billed, the oldest first. Of units billed C and earned (or given back) D

    matched M = min(C, D)     liability = C - M, worth F(C) - F(M)     asset = D - M

with F(x), what the first x units billed were worth on the days on which they were. Revenue that is taken back, by a new
estimate say, gives the advance back at the rate at which it was released. F is rounded at each advance and interpolated
half to even between, so that a contract of nothing is nothing in both currencies.

Within a period what is billed comes before what is given back and earned. Once a rate lacks that an asset needs, or an
invoice, what follows of that contract waits.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.facts.calendars import Calendars
from assets.ledger.accounts import ACCOUNT_TYPE, KIND_TYPE, Account
from assets.ledger.layers import layers, with_worth_up_to
from assets.ledger.postings import ENTRY, NONE
from assets.money.rates import translated_amount, with_exponents
from assets.money.rounding import share

POSITION = "contract_position"
_CONTRACT = ["legal_entity_id", "contract_id", "currency"]
_BILLING = ("invoice", "financing")
_BY_REASON = ("recognition", "expected_return", "financing")
_GIVEN_BACK = ("refund", "dispute", "credit_note", "void", "exclusion")
_KINDS = ("invoice", *_BY_REASON, *_GIVEN_BACK)
_LIABILITY = Account.CONTRACT_LIABILITY.value
_GIVEN = (Account.REVENUE, Account.INTEREST_EXPENSE, Account.INTEREST_INCOME)
"""Reasons that are worth what the advance was."""
_REASONS = (*_GIVEN, Account.DUE_TO_PRINCIPALS, Account.REFUND_LIABILITY)
"""And what is owed in its stead, which is worth what its own day says."""


def of_contracts() -> pl.Expr:
    """Legs of entries that move the liability of a contract on this basis."""
    liability = (_text("account") == _LIABILITY).any().over(ENTRY)
    return liability & (pl.col("contract_id") != NONE) & _text("event_kind").is_in([*_KINDS, POSITION])


def need_no_rate() -> pl.Expr:
    """Legs of them that an advance may have locked the rate of."""
    given = _text("account").is_in([_LIABILITY, *(a.value for a in _GIVEN)])
    return of_contracts() & ((given & (_text("event_kind") != "invoice")) | (_text("event_kind") == POSITION))


def released(
    rows: pl.DataFrame, lacking: pl.DataFrame, calendars: Calendars, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Legs of these contracts with what the advances decide in `functional`, and the legs that wait for a rate.

    `rows`: legs `of_contracts` with the rate of their day (`num`, `den`, empty where none is known). `lacking`: entries
    that wait for a rate in any case. Positions are posted for periods that ended by `as_of`.
    """
    if rows.is_empty():
        return rows, rows
    named = with_exponents(rows.with_row_index("leg").with_columns(kind=_text("event_kind"), of=_text("account")))
    steps = _worth(_matched(_steps(named, lacking)))
    stuck = steps.filter("blocked").select(*ENTRY, waits_on="waits_on").unique(ENTRY, keep="first", maintain_order=True)
    moved = named.filter(pl.col("kind") != POSITION).join(
        stuck, on=ENTRY, how="left", nulls_equal=True, maintain_order="left"
    )
    legs = _legs(moved.filter(pl.col("waits_on").is_null()), steps.filter(~pl.col("blocked")))
    waiting = moved.drop_nulls("waits_on").with_columns(day="waits_on")
    positions = _positions(steps, named, calendars, as_of)
    return pl.concat([legs.select(rows.columns), positions.select(rows.columns)]), waiting.select(rows.columns)


def _steps(named: pl.DataFrame, lacking: pl.DataFrame) -> pl.DataFrame:
    """What moves the two lines of a contract, in order: `moved` (earned or given back is positive), and whether it `bills`.

    An entry of several reasons moves them by the leg of each reason, any other by its leg of the liability.
    """
    by_reason = pl.col("kind").is_in(_BY_REASON)
    reasons = named.filter(by_reason & pl.col("of").is_in([a.value for a in _REASONS])).with_columns(
        moved=-pl.col("amount")
    )
    liabilities = named.filter(~by_reason & (pl.col("kind") != POSITION) & (pl.col("of") == _LIABILITY))
    waits = lacking.select(ENTRY).unique().with_columns(lacks=pl.lit(True))
    every = pl.concat([reasons, liabilities.with_columns(moved="amount")])
    told = every.join(waits, on=ENTRY, how="left", nulls_equal=True).with_columns(
        pl.col("lacks").fill_null(False), bills=pl.col("kind").is_in(_BILLING) & (pl.col("moved") < 0)
    )
    last = ("posted_on", "kind", "event_id", "service_period", "obligation_id", "of", "moved")
    return told.sort(*_CONTRACT, "accounting_period", ~pl.col("bills"), *last)


def _matched(steps: pl.DataFrame) -> pl.DataFrame:
    """Steps with both lines after and before them, what is `matched`, and how much of an asset is `added` or `used`.

    `below`: where more is given back than was ever earned, by how much it is more than before.
    """
    lines = steps.with_columns(
        billed=pl.when("bills").then(-pl.col("moved")).otherwise(0).cum_sum().over(_CONTRACT),
        earned=pl.when("bills").then(0).otherwise("moved").cum_sum().over(_CONTRACT),
    ).with_columns(matched=pl.min_horizontal("billed", "earned"))
    both = lines.with_columns(
        _before("billed").alias("billed_before"),
        _before("matched").alias("matched_before"),
        ahead=pl.col("earned") - pl.col("matched"),
        lowest=(-pl.col("earned")).clip(0).cum_max().over(_CONTRACT),
    )
    grown = pl.col("ahead") - _before("ahead")
    return both.with_columns(added=grown.clip(0), used=(-grown).clip(0), below=pl.col("lowest") - _before("lowest"))


def _worth(lines: pl.DataFrame) -> pl.DataFrame:
    """Steps with what they are worth: `billed_worth`, `matched_worth`, `added_worth`, `used_worth`; and which are `blocked`
    by a rate that lacks on the day `waits_on`."""
    needs = pl.col("bills") | (pl.col("added") > 0) | (pl.col("below") > 0)
    known = pl.col("num").is_not_null() | (pl.col("bills") & pl.col("functional").is_not_null())
    bad = (needs & ~known) | pl.col("lacks")
    told = lines.with_columns(bad=bad, waits_on=pl.when(bad).then("posted_on").forward_fill().over(_CONTRACT))
    on_day = pl.col("added").cum_sum().over(*_CONTRACT, "posted_on")
    given = pl.when("bills").then(-pl.col("functional"))
    priced = told.with_columns(
        blocked=pl.when("bills").then("bad").otherwise(pl.col("waits_on").is_not_null()),
        billed_worth=pl.coalesce(given, translated_amount(pl.col("billed") - pl.col("billed_before"))).fill_null(0),
        added_worth=(translated_amount(on_day) - translated_amount(on_day - pl.col("added"))).fill_null(0),
        below_worth=translated_amount(pl.col("below")).fill_null(0),
        opened=pl.col("added").cum_sum().over(_CONTRACT) - pl.col("added"),
        closed=pl.col("added").cum_sum().over(_CONTRACT),
        gone=pl.col("used").cum_sum().over(_CONTRACT),
    )
    advances = layers(priced.filter("bills"), _CONTRACT, "billed_before", "billed", "billed_worth")
    under = priced.filter(pl.col("below") > 0).select(
        *_CONTRACT,
        begins=-pl.col("lowest"),
        width="below",
        worth="below_worth",
        base=-pl.col("below_worth").cum_sum().over(_CONTRACT),
    )
    billing = pl.concat([advances, under])
    assets = layers(priced.filter(pl.col("added") > 0), _CONTRACT, "opened", "closed", "added_worth")
    for line, name, to in ((billing, "matched", pl.col("matched")), (assets, "used", pl.col("gone"))):
        since = pl.col("matched_before") if name == "matched" else pl.col("gone") - pl.col("used")
        priced = with_worth_up_to(priced, line, _CONTRACT, to, "_after")
        priced = with_worth_up_to(priced, line, _CONTRACT, since, "_before")
        priced = priced.with_columns((pl.col("_after") - pl.col("_before")).alias(f"{name}_worth")).drop(
            "_after", "_before"
        )
    earned = pl.col("matched_worth") + pl.col("added_worth") - pl.col("used_worth")
    return priced.with_columns(worth=pl.when("bills").then(-pl.col("billed_worth")).otherwise(earned))


def _legs(moved: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Legs with what their step is worth; each entry has one leg of the liability for each obligation."""
    group = [*ENTRY, "obligation_id"]
    is_liability = pl.col("of") == _LIABILITY
    summed = steps.group_by(group).agg(worth=pl.col("worth").sum())
    liabilities = moved.filter(is_liability).unique(group, keep="first", maintain_order=True)
    amounts = moved.filter(is_liability).group_by(group).agg(whole=pl.col("amount").sum())
    one = (
        liabilities.join(amounts, on=group, nulls_equal=True)
        .join(summed, on=group, how="left", nulls_equal=True)
        .with_columns(amount="whole", functional=pl.col("worth").fill_null(0))
    )
    of_leg = steps.filter(pl.col("of").is_in([a.value for a in _GIVEN])).select("leg", given=-pl.col("worth"))
    others = moved.filter(~is_liability).join(of_leg, on="leg", how="left", maintain_order="left")
    named = others.with_columns(functional=pl.coalesce("given", "functional"))
    return pl.concat([one.select(moved.columns), named.select(moved.columns)])


def _positions(steps: pl.DataFrame, named: pl.DataFrame, calendars: Calendars, as_of: date) -> pl.DataFrame:
    """Legs of the position of each contract at the end of each period: what is an asset, and what of it was billed.

    What is billed takes its part of the asset at what it was carried at, and of the advance at what it was billed at: the
    difference is realised in the entry.
    """
    key = [*_CONTRACT, "accounting_period"]
    used = pl.col("added_worth") - pl.col("used_worth")
    by_period = steps.group_by(key).agg(
        asset_worth=used.sum(),
        liability_worth=used.filter(~pl.col("bills")).sum() - pl.col("matched_worth").filter("bills").sum(),
        stuck=pl.col("waits_on").is_not_null().any(),
    )
    told = (
        named.filter(kind=POSITION)
        .group_by(key)
        .agg(
            asset=pl.col("amount").filter(pl.col("of") == Account.CONTRACT_ASSET.value).sum(),
            unbilled=pl.col("amount").filter(pl.col("of") == Account.UNBILLED_ACCOUNTS_RECEIVABLE.value).sum(),
        )
    )
    both = by_period.join(told, on=key, how="full", coalesce=True).sort(key)
    filled = both.with_columns(
        pl.col("asset", "unbilled", "asset_worth", "liability_worth").fill_null(0), pl.col("stuck").fill_null(False)
    )
    running = filled.with_columns(
        pl.col("asset", "unbilled", "asset_worth").cum_sum().over(_CONTRACT).name.suffix("_held"),
        stuck=pl.col("stuck").cum_max().over(_CONTRACT),
    )
    ahead = pl.col("asset_held") + pl.col("unbilled_held")
    whole = pl.when(ahead == 0).then(1).otherwise(ahead)
    split = running.with_columns(unbilled_worth=share(pl.col("asset_worth_held"), pl.col("unbilled_held"), whole))
    stepped = split.with_columns(unbilled_moved=pl.col("unbilled_worth") - _before("unbilled_worth"))
    identity = named.group_by(_CONTRACT).agg(
        pl.col("functional_currency").first(),
        customer_id=pl.coalesce(pl.col("customer_id").filter(kind=POSITION).first(), pl.col("customer_id").first()),
    )
    ended = calendars.with_ends(stepped.join(identity, on=_CONTRACT), "accounting_period", "posted_on").filter(
        (pl.col("posted_on") <= as_of) & ~pl.col("stuck")
    )
    legs = [
        (Account.CONTRACT_ASSET, pl.col("asset"), pl.col("asset_worth") - pl.col("unbilled_moved")),
        (Account.UNBILLED_ACCOUNTS_RECEIVABLE, pl.col("unbilled"), pl.col("unbilled_moved")),
        (Account.CONTRACT_LIABILITY, -(pl.col("asset") + pl.col("unbilled")), -pl.col("liability_worth")),
    ]
    every = pl.concat(
        [
            ended.with_columns(account=pl.lit(account.value).cast(ACCOUNT_TYPE), amount=amount, functional=worth)
            for account, amount, worth in legs
        ]
    )
    moved = every.filter(pl.any_horizontal(pl.col("amount", "functional") != 0))
    blank = named.clear().drop("leg", "kind", "of")
    stated = moved.with_columns(
        event_kind=pl.lit(POSITION).cast(KIND_TYPE),
        event_id="contract_id",
        obligation_id=pl.lit(NONE),
        document_id=pl.lit(NONE),
        service_period="accounting_period",
        day="posted_on",
        carried=pl.lit(False),
    )
    return pl.concat([blank, stated.select(c for c in stated.columns if c in blank.columns)], how="diagonal")


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


def _before(column: str) -> pl.Expr:
    return pl.col(column).shift(1).over(_CONTRACT).fill_null(0)
