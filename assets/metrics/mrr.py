"""Monthly recurring revenue of each customer at each month's end.

Stripe's definition (https://docs.stripe.com/billing/subscriptions/analytics/glossary): the monthly-normalised value of
subscriptions that are active or past due and have not ended; no trials, no free plans, no metered prices, no tax. The
definition moved in the past, so its name is stored with the numbers.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from assets.facts.entities import month_of, with_accounting_days
from assets.facts.observed import Observed
from assets.facts.state import ORDER, latest
from assets.links.parties import canonical_of
from assets.metrics.monthly_value import with_monthly_value

POLICY = "active_and_past_due_licensed_at_month_end"
PAYING = ("active", "past_due")


def mrr_at_month_ends(observed: Observed) -> pl.DataFrame:
    """`customer_id`, `currency`, `month` and `mrr` (minor units) for months that ended by as_of, where it is not zero.

    A customer whom several systems know is one. A contract of no customer stands for one of its own.
    """
    lasting = _paying_states(observed)
    valued = pl.concat([_by_event(observed, lasting), _line_by_line(observed, lasting)])
    last = pl.col("to_month").dt.offset_by("-1mo")
    spread = valued.with_columns(month=pl.date_ranges("month", last, "1mo")).explode("month")
    named = canonical_of(spread, observed.links.customers, "customer_id", "stands_for").drop("customer_id")
    return (
        named.with_columns(customer_id=pl.coalesce("stands_for", "object_id"))
        .group_by("customer_id", "currency", "month")
        .agg(pl.col("mrr").sum())
        .filter(pl.col("mrr") != 0)
    )


def first_open_month(as_of: date) -> date:
    """First day of the month that has not ended by the end of `as_of`."""
    return (as_of + timedelta(days=1)).replace(day=1)


def _paying_states(observed: Observed) -> pl.DataFrame:
    """Contract states that count, each from the month in which it holds at the end to `to_month`, exclusive.

    `line_event` is the latest event of the contract by then that brought lines; empty where none ever did.
    """
    until = first_open_month(observed.as_of)
    with_lines = observed.contract_lines.select("source_event_id", object_id="contract_id", brings=pl.lit(True)).unique()
    rows = with_accounting_days(observed.contracts, observed.zones, {"day": "effective_at", "ended_on": "end_at"})
    told = rows.filter(pl.col("day") <= observed.as_of).join(with_lines, on=["object_id", "source_event_id"], how="left")
    brought = pl.when(pl.col("brings") & (pl.col("operation") == "assert")).then("source_event_id")
    in_order = told.sort("object_id", *ORDER, nulls_last=False).with_columns(
        line_event=brought.forward_fill().over("object_id"), month=month_of("day")
    )
    at_month_end = in_order.unique(subset=["object_id", "month"], keep="last", maintain_order=True)
    following = pl.col("month").shift(-1).over("object_id")
    dated = at_month_end.with_columns(to_month=pl.min_horizontal(following, pl.lit(until), month_of("ended_on")))
    paying = (pl.col("operation") == "assert") & pl.col("status").is_in(PAYING) & (pl.col("to_month") > pl.col("month"))
    return dated.filter(paying).select(
        "object_id", "customer_id", "line_event", "month", "to_month", contract_currency="currency"
    )


def _by_event(observed: Observed, states: pl.DataFrame) -> pl.DataFrame:
    """The value of states whose lines came with an event of the contract."""
    events = states.drop_nulls("line_event").rename({"line_event": "source_event_id"})
    lines = observed.contract_lines.filter(operation="assert").unique("row_key")
    return _valued(events, _under_contract(lines), ["object_id", "source_event_id"])


def _line_by_line(observed: Observed, states: pl.DataFrame) -> pl.DataFrame:
    """The value of states of contracts whose lines are told each in an event of its own."""
    alone = states.filter(pl.col("line_event").is_null())
    lines = with_accounting_days(observed.contract_lines, observed.zones, {"day": "effective_at"})
    known = lines.join(alone.select("month", contract_id="object_id"), on="contract_id")
    by_then = latest(known.filter(month_of("day") <= pl.col("month")), by=("object_id", "month"))
    return _valued(alone, _under_contract(by_then), ["object_id", "month"])


def _under_contract(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.drop("object_id").rename({"contract_id": "object_id"})


def _valued(states: pl.DataFrame, lines: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    priced = ("quantity", "unit_price", "currency", "billing_interval", "billing_interval_count", "usage_type")
    joined = states.join(lines.select(*on, *priced), on=on).with_columns(
        currency=pl.coalesce("currency", "contract_currency")
    )
    return with_monthly_value(joined).select("object_id", "customer_id", "currency", "month", "to_month", "mrr")
