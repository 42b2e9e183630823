"""Goods that are sold with a promise or an option to buy them back.

The promise stands in the contract as a line of its own, with the product of the line that is sold, the price of buying it
back as its price, and the last day on which that may happen as the end of its service (exclusive, as everywhere). Who may
call for it is its kind of promise (ASC 606-10-55-66 to 78, IFRS 15.B64 to B76):

| kind of promise | bought back for | accounted for as |
|---|---|---|
| repurchase_forward (we must), repurchase_call (we may) | less than it was sold for | a lease |
| | that, or more | a financing |
| repurchase_put (the customer may) | less, and he has a significant economic incentive to | a lease |
| | that, or more, and more than it is expected to be worth then | a financing |
| | else | a sale with a right of return: an estimate of returns says what of it is expected |

The two prices are compared with regard to the time between them, where an estimate `discount_rate` about the line gives a
year's rate (55-69, B67). An incentive is there where the goods are expected to be worth less than they are bought back for
(estimate `market_value` about the line that is sold, 55-75, B71), unless a judgement `economic_incentive` (significant,
none) says otherwise. Both are as first told: they are looked at when the contract begins, and not again.

A lease earns the difference of the prices day by day; what is to be paid back is a liability, which grows by interest where
a rate is given. A financing earns nothing: what was received is a liability that grows to what is to be paid back. When the
last day passes and the goods did not come back, the liability is revenue (55-71, 78; B69, B76). That they came back is told
as a `return` of the line.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

import polars as pl

from assets.facts.agreed import Agreed
from assets.facts.calendars import Calendars
from assets.money.products import ONE, as_integer, in_minor, with_minor_unit
from assets.money.rounding import divide_half_even, share
from assets.pricing.financing import grown_by
from assets.recognition.methods import day_number, month_index

FORWARD, CALL, PUT = "repurchase_forward", "repurchase_call", "repurchase_put"
KINDS = (FORWARD, CALL, PUT)
LEASE, FINANCING, RIGHT_OF_RETURN = "lease", "financing", "right_of_return"
INCENTIVE, MARKET_VALUE = "economic_incentive", "market_value"


def repurchases(states: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    """One row a line that is sold with a promise to buy it back, minor units.

    Returns lead_id, obligation_id, legal_entity_id, line_id, treatment, price, back (the price of buying it back),
    back_today (discounted), handed_on (empty while it was not delivered), agreed_end (exclusive), ends_on (that, or the day
    on which the promise was given up), and came_back (a day, where it did).
    """
    first = states.sort("day", maintain_order=True).unique(subset="obligation_id", keep="first", maintain_order=True)
    gone = states.filter("gone").group_by("obligation_id").agg(given_up_on=pl.col("day").min())
    buys_back = pl.col("promise_kind").is_in(KINDS).fill_null(False)
    promised = first.filter(buys_back).join(gone, on="obligation_id", how="left").sort("day", "obligation_id")
    back = promised.drop_nulls("product_id").select(
        *("lead_id", "product_id", "given_up_on"), back="price", right="promise_kind", agreed_end="service_to"
    )
    one = back.unique(subset=["lead_id", "product_id"], keep="first", maintain_order=True)
    sold = with_minor_unit(first.filter(~buys_back).join(one, on=["lead_id", "product_id"]))
    moved = sold.join(_first_days(agreed), on="line_id", how="left")
    judged = _with_incentive(_with_worth_today(moved, agreed), agreed)
    return judged.with_columns(treatment=_treatment(), ends_on=pl.min_horizontal("agreed_end", "given_up_on")).select(
        *("lead_id", "obligation_id", "legal_entity_id", "line_id", "treatment", "price", "back", "back_today"),
        *("handed_on", "ends_on", "agreed_end", "came_back"),
    )


def _treatment() -> pl.Expr:
    below = pl.col("back_today") < pl.col("price")
    put = pl.col("right") == PUT
    return (
        pl.when(~put & below)
        .then(pl.lit(LEASE))
        .when(~put)
        .then(pl.lit(FINANCING))
        .when("incentive")
        .then(pl.when(below).then(pl.lit(LEASE)).otherwise(pl.lit(FINANCING)))
        .otherwise(pl.lit(RIGHT_OF_RETURN))
    )


def _first_days(agreed: Agreed) -> pl.DataFrame:
    """The day on which each line was handed over, and on which it came back."""
    of_line = agreed.performance.drop_nulls("contract_line_id")
    return of_line.group_by(line_id="contract_line_id").agg(
        handed_on=pl.col("day").filter(pl.col("kind") == "delivery").min(),
        came_back=pl.col("day").filter(pl.col("kind") == "return").min(),
    )


def _with_worth_today(rows: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    """`back_today`: the price of buying back, discounted to the day of the sale."""
    rates = _first_told(agreed, "discount_rate").select(line_id="scope", rate=as_integer(pl.col("value")))
    begins = pl.coalesce("handed_on", "service_from")
    months = (month_index(pl.col("agreed_end")) - month_index(begins)).clip(0)
    timed = rows.join(rates, on="line_id", how="left").with_columns(pl.col("rate").fill_null(0), months=months)
    factored = grown_by(timed, "months")
    worth = divide_half_even(pl.col("back").cast(pl.Int128) * ONE, pl.col("factor")).cast(pl.Int64)
    return factored.with_columns(back_today=worth).drop("rate", "months", "factor")


def _with_incentive(rows: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    """`incentive`: whether a customer who may give the goods back has a significant economic incentive to."""
    worth = _first_told(agreed, MARKET_VALUE).select(line_id="scope", worth=as_integer(pl.col("value")))
    said = agreed.judgements.filter((pl.col("decision") == INCENTIVE) & (pl.col("operation") == "assert"))
    judged = (
        said.sort("day", maintain_order=True)
        .unique(subset="scope", keep="first")
        .select(line_id="scope", judged=pl.col("value") == "significant")
    )
    both = rows.join(worth, on="line_id", how="left").join(judged, on="line_id", how="left")
    return both.with_columns(incentive=pl.coalesce("judged", pl.col("back") > in_minor(pl.col("worth")), pl.lit(False)))


def _first_told(agreed: Agreed, kind: str) -> pl.DataFrame:
    told = agreed.estimates.filter((pl.col("kind") == kind) & (pl.col("operation") == "assert")).drop_nulls("value")
    return told.sort("day", maintain_order=True).unique(subset="scope", keep="first", maintain_order=True)


def repurchase_months(sold: pl.DataFrame, calendars: Calendars, as_of: date) -> pl.DataFrame:
    """What a lease or a financing earns and owes at the end of each period of its entity, to date, minor units.

    Returns obligation_id, month (the first day of the period), period_end, revenue, to_date, bought_back (the liability)
    and interest (to date). A lease is known ahead; that the last day passed, and interest, are known once they happened.
    """
    ours = sold.filter(pl.col("treatment").is_in([LEASE, FINANCING])).drop_nulls(["handed_on", "agreed_end"])
    months = _grown(_dated(ours, calendars, as_of)).sort("obligation_id", "month")
    rent = pl.col("price") - pl.col("received")
    earned = pl.when(pl.col("over") | pl.col("lapsed")).then(rent).otherwise(share(rent, pl.col("passed"), pl.col("term")))
    liability = pl.when(pl.col("over") | pl.col("lapsed")).then(0).otherwise(pl.col("received") + pl.col("interest"))
    told = months.with_columns(
        to_date=earned + pl.when("lapsed").then("back").otherwise(0),
        bought_back=liability,
    )
    return told.select(
        *("obligation_id", "month", "to_date", "bought_back", "interest"),
        period_end="at",
        revenue=pl.col("to_date") - pl.col("to_date").shift(1).over("obligation_id").fill_null(0),
    )


def _dated(ours: pl.DataFrame, calendars: Calendars, as_of: date) -> pl.DataFrame:
    """Each period from the day on which the goods were handed over: `passed` of `term` days; whether they are back by its
    end (`over`), or the last day passed without them (`lapsed`)."""
    last_day = pl.max_horizontal(pl.col("ends_on").dt.offset_by("-1d"), "handed_on")
    settled = ours.with_columns(last_day=last_day).with_columns(
        back_on=pl.when(pl.col("came_back") <= pl.col("last_day")).then("came_back")
    )
    ends = pl.coalesce("back_on", "last_day")
    until = pl.when(treatment=LEASE).then(ends).otherwise(pl.min_horizontal(ends, pl.lit(as_of)))
    within = calendars.with_periods(settled.with_columns(until=until), {"first": "handed_on", "last": "until"})
    dated = calendars.with_ends(calendars.spread(within, "first", "last", "month").drop_nulls("month"), "month", "at")
    begun = day_number(pl.col("handed_on"))
    term = (day_number(pl.col("agreed_end")) - begun).clip(1)
    return dated.with_columns(
        term=term,
        passed=(day_number(pl.col("at")) + 1 - begun).clip(0, term),
        over=(pl.col("back_on") <= pl.col("at")).fill_null(False),
        lapsed=pl.col("back_on").is_null() & (pl.col("last_day") <= pl.min_horizontal("at", pl.lit(as_of))),
    )


def _grown(rows: pl.DataFrame) -> pl.DataFrame:
    """`received`, the part of the price that is to be paid back, and its `interest` to date: at the one rate by which it
    grows to what is paid back, day by day."""
    of_price = rows.with_columns(received=pl.when(treatment=LEASE).then("back_today").otherwise("price"))
    keys = ["received", "back", "passed", "term"]
    cases = of_price.select(keys).unique()
    known = cases.with_columns(grown=pl.Series([_interest(*row) for row in cases.iter_rows()], dtype=pl.Int64))
    joined = of_price.join(known, on=keys, how="left", maintain_order="left")
    whole = pl.col("over") | pl.col("lapsed")
    return joined.with_columns(interest=pl.when(whole).then(pl.col("back") - pl.col("received")).otherwise("grown"))


def _interest(received: int, back: int, passed: int, term: int) -> int:
    if received <= 0:
        return 0
    with localcontext() as context:
        context.prec = 28
        power = (Decimal(back) / received) ** (Decimal(passed) / term)
        return int((received * power).to_integral_value()) - received
