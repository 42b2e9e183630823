"""The term that both sides can enforce: what a line serves beyond it is promised when the contract is not ended by then.

A contract lasts as long as both sides have rights and obligations that they can enforce; that a customer may go on, or need
not cancel, is an option to renew and no part of the price that is shared, nor of what remains to be performed (ASC
606-10-25-3 and 25-4, IFRS 15.11 and 12). A term that is told longer extends the promise on the day on which it is told, as
a modification; where nothing is told by its end, the rest of the line is promised on that day.

The price until then is that of the billing periods until then, where the line names one, else the part of the price that
its recognition method gives to the time until then. Goods, usage and what else time does not perform are as they are told.
"""

from __future__ import annotations

import polars as pl

from assets.facts.agreed import Agreed
from assets.money.rounding import share
from assets.obligations.billing_periods import billing_periods
from assets.recognition.calendar_methods import UNITS_OF_THE_WHOLE, any_units_by_end_of, total_units
from assets.recognition.methods import METHODS, RecognitionMethod

_KEY = ["obligation_id", "day"]
_OVER_TIME = [method for method in METHODS if method != RecognitionMethod.POINT_IN_TIME.value]
# Methods by which the units of two parts of a service do not add up to those of the whole.
_NOT_ADDED = (UNITS_OF_THE_WHOLE, RecognitionMethod.EQUAL_MONTHS.value)
_AMOUNTS = ("price", "own_ssp", "of_principal")


def first_term(lines: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    """Lines as told, with a service that ends no later than the first term of their contract."""
    first = _terms(agreed.contracts).drop_nulls().unique("contract_id", keep="first", maintain_order=True)
    joined = lines.join(first, on="contract_id", how="left", maintain_order="left")
    over = (pl.col("served_to") > pl.col("enforceable_to")).fill_null(False)
    return joined.with_columns(
        served_to=pl.when(over).then("enforceable_to").otherwise("served_to"),
        service_to=pl.when(over).then("enforceable_until").otherwise("service_to"),
        to_second=pl.when(over).then(0).otherwise("to_second"),
    ).select(lines.columns)


def within_the_term(states: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    """States of lines (`assets.obligations.lines`), those that time performs no longer than the term of their contract."""
    told = _terms(agreed.contracts).drop("enforceable_until")
    bound = pl.col("method").is_in(_OVER_TIME) & ~pl.col("open_ended") & (pl.col("service_to") > pl.col("service_from"))
    bound &= pl.col("contract_id").is_in(told.get_column("contract_id").unique().implode())
    ours = states.filter(bound.any().over("obligation_id"))
    if ours.is_empty():
        return states
    others = states.join(ours.select(_KEY), on=_KEY, how="anti", maintain_order="left")
    ends = pl.col("enforceable_to")
    at_days = _on_its_days(ours, told, agreed).with_columns(open=bound & (pl.col("day") < ends).fill_null(False))
    begun = at_days.filter(~(pl.col("open") & (ends <= pl.col("service_from"))))
    until = pl.when("open").then(pl.min_horizontal("service_to", ends)).otherwise("service_to")
    cut = _ending(begun.with_columns(until=until)).sort(_KEY)
    other = pl.col("service_to").ne_missing(pl.col("service_to").shift(1).over("obligation_id"))
    return pl.concat([others, cut.filter(pl.col("own") | (other & ~pl.col("gone"))).select(states.columns)])


def _terms(contracts: pl.DataFrame) -> pl.DataFrame:
    """contract_id, told_on, enforceable_until and enforceable_to, its day: the first that is no longer enforced, by version
    of the contract; empty where one names none. What the first version says holds from the beginning."""
    told = contracts.filter(operation="assert").sort("day", maintain_order=True)
    first = pl.int_range(pl.len()).over("object_id") == 0
    told_on = pl.when(first).then(pl.min_horizontal("day", "bound_on", "begins_on")).otherwise("day")
    of_any = told.filter(pl.col("enforceable_to").is_not_null().any().over("object_id"))
    return of_any.select("enforceable_until", "enforceable_to", contract_id="object_id", told_on=told_on)


def _on_its_days(states: pl.DataFrame, told: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    """The state and the term in force on each day on which one of them changes; `own` where the line itself was told."""
    changes = told.select("contract_id", day="told_on")
    ends = told.select("contract_id", day="enforceable_to").drop_nulls().filter(pl.col("day") <= agreed.as_of)
    begun = states.group_by("obligation_id", "contract_id").agg(first=pl.col("day").min())
    after = begun.join(pl.concat([changes, ends]), on="contract_id").filter(pl.col("day") > pl.col("first"))
    own = states.select(_KEY)
    grid = pl.concat(
        [
            own.with_columns(own=True),
            after.select(_KEY).unique().join(own, on=_KEY, how="anti").with_columns(own=False),
        ]
    )
    held = grid.sort("day").join_asof(
        states.sort("day").with_columns(state_of="day"),
        left_on="day",
        right_on="state_of",
        by="obligation_id",
        strategy="backward",
        check_sortedness=False,
    )
    return held.join_asof(
        told.sort("told_on"),
        left_on="day",
        right_on="told_on",
        by="contract_id",
        strategy="backward",
        check_sortedness=False,
    )


def _ending(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with a service that ends at `until`, and with the part of their price that is for the time until then."""
    cut, billed = pl.col("_cut"), pl.col("billing_interval").is_not_null()
    by_then = any_units_by_end_of(pl.col("until").dt.offset_by("-1d"))
    told = rows.with_columns(
        _cut=pl.col("until") < pl.col("service_to"), _by_then=by_then, _units="units", _periods="periods_part"
    )
    ended = told.with_columns(
        service_to="until",
        served_to=pl.when(cut).then("until").otherwise("served_to"),
        to_second=pl.when(cut).then(0).otherwise("to_second"),
    ).with_columns(units=pl.when(cut).then(total_units().clip(1)).otherwise("units"))
    periods, _ = billing_periods()
    by_time = pl.when(pl.col("method").is_in(_NOT_ADDED)).then("_by_then").otherwise("units")
    part, whole = pl.when(billed).then(periods).otherwise(by_time), pl.when(billed).then("_periods").otherwise("_units")
    return ended.with_columns(
        *(pl.when(cut).then(share(pl.col(name), part, whole)).otherwise(name).alias(name) for name in _AMOUNTS),
        periods_part=pl.when(cut).then(part).otherwise("periods_part"),
        periods_per=pl.when(cut & ~billed).then("_units").otherwise("periods_per"),
    )
