"""Variable amounts of the transaction price: estimates, and what they are worth on each day.

What we expect is the value of the estimate, or of its scenarios: their expected value (the default) or the most likely one
(policy `variable_consideration_method`; ASC 606-10-32-8, IFRS 15.53). Of it counts only the constrained value where there
is one, or what a judgement lets count (`assets.pricing.constraint`): what is probable not to be reversed (32-11, 56). A new
estimate changes the price from its day on and is caught up there; it never rewrites the past (32-43, 88).

| kind of estimate | its value | what it does to the price |
|---|---|---|
| variable_consideration | money, or a share of the scope's fixed price | added (a penalty or rebate is negative) |
| noncash_consideration | money: its fair value when the contract began | added, once and for all (32-21 to 24, 66 to 69) |
| price_concession | money, or a share of the scope's fixed price | taken off (Example 23) |
| consideration_payable | money, or a share of the scope's fixed price | taken off (32-25, IFRS 15.70) |
| returns, kept | money, or units at what they were sold for | what is expected back, or not (55-22 to 29, B20 to B27) |
| return_rate | a share of what the line promises | the same |

An estimate of returns is of all of them, those that came back already too; what came back beyond it is given back as well.
"""

from __future__ import annotations

import polars as pl

from assets.contracts.policies import SCOPES_OF_LINE, with_choice
from assets.facts.agreed import Agreed
from assets.money.products import ONE, as_integer, in_minor, times, with_minor_unit
from assets.money.rounding import divide_half_even, share
from assets.pricing.constraint import constrained
from assets.pricing.sold_for import returns_by_price
from assets.progress.performed import RETURNS

METHOD_POLICY = "variable_consideration_method"
METHODS = ("expected_value", "most_likely_amount")
LOWERING = ("price_concession", "consideration_payable", *RETURNS)
NON_CASH = "noncash_consideration"
KINDS = ("variable_consideration", NON_CASH, *LOWERING)
_VALUED = ("lead_id", "component", "target", "kind", "day", "value")
_SCENARIOS = pl.List(pl.Struct({"value": pl.String, "probability": pl.String}))
_RATE = pl.Decimal(28, 12)


def variable_amounts(
    agreed: Agreed,
    states: pl.DataFrame,
    policies: pl.DataFrame,
    came_back: pl.DataFrame,
    sold: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row for each variable amount and day on which it was estimated, or on which something came back.

    `sold`: what lines were sold for (`assets.pricing.sold_for`); without it returns are worth their unit price.
    Returns lead_id, component (the estimate), target (the obligation it is about; empty for the whole contract), kind, day,
    value (minor units, signed as it changes the price).
    """
    again = (pl.col("operation") == "assert") & (pl.col("day") > pl.col("day").min().over("object_id"))
    told = agreed.estimates.filter(pl.col("kind").is_in(KINDS) & ~((pl.col("kind") == NON_CASH) & again))
    scopes = _scopes(states)
    found = told.rename({"object_id": "component"}).join(scopes, on="scope")
    expected = _expected(found, policies)
    of_line = states.select("obligation_id", state_day="day", fixed="price", unit="unit_price", promised="quantity").sort(
        "state_day"
    )
    whole = states.group_by("lead_id", "obligation_id", maintain_order=True).agg(pl.col("price").last())
    of_contract = whole.group_by("lead_id").agg(contract_fixed=pl.col("price").sum())
    priced = expected.sort("day").join_asof(
        of_line,
        left_on="day",
        right_on="state_day",
        by_left="target",
        by_right="obligation_id",
        strategy="backward",
        check_sortedness=False,
    )
    joined = priced.join(of_contract, on="lead_id", how="left").with_columns(
        fixed=pl.coalesce("fixed", "contract_fixed"), promised=pl.coalesce("promised", pl.lit(ONE, pl.Int128))
    )
    valued = constrained(_valued(with_minor_unit(joined)), agreed.judgements)
    of_target = came_back.join(scopes.select("scope", "target"), left_on="line_id", right_on="scope").drop("line_id")
    if sold is not None:
        of_lines = pl.col("kind").is_in(RETURNS) & pl.col("target").is_in(sold.get_column("target").unique().implode())
        by_price = returns_by_price(valued.filter(of_lines), sold, of_target.filter(pl.col("target").is_not_null()))
        others = _with_returned(valued.filter(~of_lines.fill_null(False)), of_target)
        return pl.concat([frame.select(_VALUED) for frame in (others, by_price)])
    return _with_returned(valued, of_target).select("lead_id", "component", "target", "kind", "day", "value")


def _with_returned(valued: pl.DataFrame, came_back: pl.DataFrame) -> pl.DataFrame:
    """Estimates of returns hold again on each day on which something came back, and are never less than what did."""
    if came_back.is_empty():
        return valued
    returns = valued.filter(pl.col("kind").is_in(RETURNS)).drop_nulls("target")
    days = came_back.select("target", "day").join(returns.select("target", "component").unique(), on="target")
    every = pl.concat([days.select("component", "day"), returns.select("component", "day")]).unique().sort("day")
    first = returns.sort("day").unique(subset="component", keep="first", maintain_order=True)
    identity = first.select("component", "lead_id", "target", "kind", "unit", "per_minor")
    by_day = {"on": "day", "strategy": "backward", "check_sortedness": False}
    told = returns.select("component", "day", "value").sort("day")
    held = every.join(identity, on="component").sort("day").join_asof(told, by="component", **by_day)  # type: ignore[arg-type]
    held = held.join_asof(came_back.sort("day"), by="target", **by_day)  # type: ignore[arg-type]
    gone = -times(pl.col("unit").fill_null(0), pl.col("came_back").fill_null(0))
    again = held.with_columns(value=pl.min_horizontal(pl.col("value").fill_null(0), gone))
    others = valued.filter(~pl.col("kind").is_in(RETURNS) | pl.col("target").is_null())
    return pl.concat([others.select(*_VALUED), again.select(*_VALUED)])


def _scopes(states: pl.DataFrame) -> pl.DataFrame:
    """What an estimate may name: a contract, or a line."""
    lines = states.select(scope="line_id", lead_id="lead_id", target="obligation_id", own_currency="currency")
    whole = states.select(scope="contract_id", lead_id="lead_id", target=pl.lit(None, pl.String), own_currency="currency")
    return pl.concat([lines, whole]).unique(subset="scope", keep="first", maintain_order=True)


def _expected(found: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Estimates with `stated` (10^-12) and `is_money`; a retracted one is worth nothing."""
    pinned = found.with_columns(issued_at="effective_at", contract_id="lead_id", obligation_id="target")
    pinned = pinned.with_columns(product_id=pl.lit(None, pl.String))
    method = with_choice(
        pinned, policies, METHOD_POLICY, METHODS, METHODS[0], into="method", scopes=SCOPES_OF_LINE
    ).with_row_index("_row")
    told = method.drop_nulls("scenarios").select("_row", "method", pl.col("scenarios").str.json_decode(_SCENARIOS))
    each = (
        told.explode("scenarios")
        .unnest("scenarios")
        .with_columns(
            value=as_integer(pl.col("value").str.to_decimal(scale=12).cast(_RATE)),
            probability=as_integer(pl.col("probability").str.to_decimal(scale=12).cast(_RATE)),
        )
    )
    weighed = each.group_by("_row", "method").agg(
        mean=divide_half_even((pl.col("value") * (pl.col("probability") // 10**6)).sum(), pl.lit(10**6, pl.Int128)),
        mode=pl.col("value").sort_by("probability", descending=True, maintain_order=True).first(),
    )
    of_scenarios = weighed.select(
        "_row", of_scenarios=pl.when(pl.col("method") == METHODS[1]).then("mode").otherwise("mean")
    )
    stated = pl.coalesce(as_integer(pl.col("constrained_value")), as_integer(pl.col("value")), "of_scenarios")
    gone = pl.col("operation") == "retract"
    return (
        method.join(of_scenarios, on="_row", how="left", maintain_order="left")
        .with_columns(
            stated=pl.when(gone).then(pl.lit(0, pl.Int128)).otherwise(stated),
            is_money=pl.col("currency").is_not_null() | gone,
            currency=pl.coalesce("currency", "own_currency"),
        )
        .drop("_row", "method", "obligation_id", "contract_id", "product_id", "issued_at", "value")
    )


def _valued(rows: pl.DataFrame) -> pl.DataFrame:
    fixed = pl.col("fixed")
    per_unit = pl.col("unit").fill_null(0)
    money = in_minor(pl.col("stated"))
    of_fixed = share(fixed, pl.col("stated"), pl.lit(ONE, pl.Int128))
    of_units = times(per_unit, pl.col("stated"))
    kind = pl.col("kind")
    size = (
        pl.when("is_money")
        .then(pl.when(kind == "kept").then(fixed - money).otherwise(money))
        .when(kind == "returns")
        .then(of_units)
        .when(kind == "kept")
        .then(times(per_unit, pl.col("promised") - pl.col("stated")))
        .otherwise(of_fixed)
    )
    return rows.with_columns(value=pl.when(kind.is_in(LOWERING)).then(-size).otherwise(size))
