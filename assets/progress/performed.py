"""How far each obligation is performed at the end of a day: units done, and units in all.

Rows are asked for with `obligation_id` and a day `at`, and carry the state of the line in force. What was done counts on
the day on which it happened, however late it is told; what is expected counts from the day on which it was estimated
(DESIGN, section 7).

* cost to cost leaves uninstalled materials out of both (ASC 606-10-55-21, Example 19; IFRS 15.B19);
* redemption of points, options and gift cards is measured against what is expected to be redeemed, and is complete when
  they lapse: the end of service (606-10-55-46 to 49, IFRS 15.B44 to B47);
* what comes back was transferred all the same where its coming back is in the price (an estimate of returns): it lowers
  what is still expected back, not what was done (606-10-55-22 to 29, B20 to B27; `assets.pricing.variable`);
* a point in time comes with the delivery or acceptance; without any, on the first day of service (606-10-25-30, IFRS
  15.38); a licence never before its period begins (606-10-55-58C, IFRS 15.B61).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.facts.agreed import Agreed
from assets.money.conversion import to_minor
from assets.money.products import ONE, as_integer
from assets.obligations.performed_by import LICENCES, Performed
from assets.recognition.calendar_methods import any_units_by_end_of
from assets.recognition.methods import METHODS, RecognitionMethod

PRECISIONS = {"exact": 0, "percent": 100, "per_mille": 1_000, "basis_point": 10_000}
"""Policy `progress_precision`: to how many parts progress is rounded before it is multiplied; 0 for not at all."""
RETURNS = ("returns", "kept", "return_rate")
"""Kinds of estimates that say what of a line is expected back."""
_DONE = {
    Performed.DELIVERY.value: ("delivery", "return"),
    Performed.OUTPUT_UNITS.value: ("units",),
    Performed.MILESTONES.value: ("milestone",),
    Performed.HOURS.value: ("hours",),
    Performed.REDEMPTION.value: ("delivery", "units"),
    RecognitionMethod.POINT_IN_TIME.value: ("delivery", "acceptance"),
}


@dataclass(frozen=True)
class Done:
    """Running totals by obligation line and day, sorted by day.

    `quantities`: line_id, kind_of_method, day, done. `costs`: line_id, day, spent, uninstalled (minor units).
    `expected`: line_id, kind, day, expected. `came_back`: line_id, day, came_back (10^-12), of lines whose returns are
    estimated.
    """

    quantities: pl.DataFrame
    costs: pl.DataFrame
    expected: pl.DataFrame
    came_back: pl.DataFrame


def done(agreed: Agreed, lines: pl.DataFrame) -> Done:
    """Sum what was done by line. What names only its contract is of the contract's one line."""
    alone = lines.select("contract_id", "line_id").unique().filter(pl.len().over("contract_id") == 1)
    performance = _of_line(agreed.performance, alone)
    usage = _of_line(agreed.usage, alone).with_columns(method=pl.lit(Performed.USAGE.value))
    redeemed = usage.with_columns(method=pl.lit(Performed.REDEMPTION.value))
    by_kind = pl.DataFrame(
        [(method, kind) for method, kinds in _DONE.items() for kind in kinds], schema=["method", "kind"], orient="row"
    )
    quantity = as_integer(pl.col("quantity")).fill_null(ONE)
    back = pl.col("kind") == "return"
    signed = pl.when(back).then(quantity.abs() * -1).otherwise(quantity)
    estimated = agreed.estimates.filter(pl.col("kind").is_in(RETURNS)).get_column("scope").unique()
    in_price = back & pl.col("line_id").is_in(estimated.implode())
    steps = performance.filter(~in_price).join(by_kind, on="kind").select("line_id", "method", "day", done=signed)
    returned = performance.filter(in_price).group_by("line_id", "day").agg(came_back=quantity.abs().sum()).sort("day")
    used = pl.concat([usage, redeemed]).select("line_id", "method", "day", done=quantity)
    daily = pl.concat([steps, used]).group_by("line_id", "method", "day").agg(pl.col("done").sum()).sort("day")
    quantities = daily.with_columns(pl.col("done").cum_sum().over("line_id", "method"))
    spent = performance.filter(pl.col("kind").is_in(["cost", "uninstalled_material"])).drop_nulls(["amount", "currency"])
    cost = (
        to_minor(spent, "amount")
        .group_by("line_id", "day")
        .agg(
            spent=pl.col("amount").filter(kind="cost").sum(),
            uninstalled=pl.col("amount").filter(kind="uninstalled_material").sum(),
        )
    )
    costs = cost.sort("day").with_columns(pl.col("spent", "uninstalled").cum_sum().over("line_id"))
    came_back = returned.with_columns(pl.col("came_back").cum_sum().over("line_id"))
    return Done(quantities, costs, _expected(agreed, lines, alone), came_back)


def _of_line(rows: pl.DataFrame, alone: pl.DataFrame) -> pl.DataFrame:
    joined = rows.join(alone, on="contract_id", how="left")
    return joined.with_columns(line_id=pl.coalesce("contract_line_id", "line_id")).drop_nulls("line_id")


def _expected(agreed: Agreed, lines: pl.DataFrame, alone: pl.DataFrame) -> pl.DataFrame:
    """Estimates of totals by line: units or hours (10^-12), costs (minor units)."""
    kinds = ["total_cost", "uninstalled_cost", "expected_units"]
    told = agreed.estimates.filter(pl.col("kind").is_in(kinds) & (pl.col("operation") == "assert"))
    lead = lines.select("line_id", "contract_id").unique()
    named = told.join(lead.select("line_id", scope="line_id"), on="scope", how="left")
    by_contract = named.join(alone.rename({"line_id": "only_line"}), left_on="scope", right_on="contract_id", how="left")
    of_line = by_contract.with_columns(line_id=pl.coalesce("line_id", "only_line")).drop_nulls("line_id")
    units = of_line.filter(kind="expected_units").select("line_id", "kind", "day", expected=as_integer(pl.col("value")))
    money = to_minor(of_line.filter(pl.col("kind") != "expected_units").with_columns(pl.col("value").fill_null(0)), "value")
    costs = money.select("line_id", "kind", "day", expected=pl.col("value").cast(pl.Int128))
    return pl.concat([units, costs]).sort("day")


def with_progress(rows: pl.DataFrame, done_by: Done) -> pl.DataFrame:
    """Rows with `performed` and `total` (Int128, total at least 1), and `materials`, uninstalled cost delivered and
    expected.

    `rows` have line_id, method, at, and the state of the line: stated quantity, service, units, progress_parts.
    """
    asked = rows.with_row_index("_asked").sort("at")
    by_line = {"left_on": "at", "right_on": "day", "strategy": "backward", "check_sortedness": False}
    found = asked.join_asof(done_by.quantities, by=["line_id", "method"], **by_line).drop("day", strict=False)  # type: ignore[arg-type]
    found = found.join_asof(done_by.costs, by="line_id", **by_line).drop("day", strict=False)  # type: ignore[arg-type]
    for kind in ("total_cost", "uninstalled_cost", "expected_units"):
        of_kind = done_by.expected.filter(kind=kind).select("line_id", "day", pl.col("expected").alias(kind))
        found = found.join_asof(of_kind, by="line_id", **by_line).drop("day", strict=False)  # type: ignore[arg-type]
    ever = done_by.quantities.select("line_id", "method", told=pl.lit(True)).unique()
    found = found.join(ever, on=["line_id", "method"], how="left").sort("_asked").drop("_asked")
    return _measured(found.with_columns(pl.col("done", "spent", "uninstalled").fill_null(0)))


def _measured(rows: pl.DataFrame) -> pl.DataFrame:
    method, at = pl.col("method"), pl.col("at")
    materials = pl.coalesce("uninstalled_cost", pl.col("uninstalled").cast(pl.Int128))
    by_time = method.is_in([m for m in METHODS if m != RecognitionMethod.POINT_IN_TIME.value])
    on_first_day = (at >= pl.col("service_from")).cast(pl.Int128)
    too_early = pl.col("promise_kind").is_in(LICENCES).fill_null(False) & (at < pl.col("service_from"))
    handed_over = ((pl.col("done") > 0) & ~too_early).cast(pl.Int128)
    point = pl.when(pl.col("told").fill_null(False)).then(handed_over).otherwise(on_first_day)
    promised = pl.coalesce("expected_units", "stated_quantity", pl.lit(ONE, pl.Int128))
    lapsed = (
        (method == Performed.REDEMPTION.value)
        & (pl.col("service_to") > pl.col("service_from"))
        & (at.dt.offset_by("1d") >= pl.col("service_to"))
    )
    cost = method == Performed.COST_TO_COST.value
    total = (
        pl.when(by_time)
        .then(pl.col("units").cast(pl.Int128))
        .when(method == RecognitionMethod.POINT_IN_TIME.value)
        .then(pl.lit(1, pl.Int128))
        .when(cost)
        .then(pl.coalesce("total_cost", pl.col("spent").cast(pl.Int128)) - materials)
        .when(method == Performed.MILESTONES.value)
        .then(pl.lit(ONE, pl.Int128))
        .otherwise(promised)
        .clip(1)
    )
    reached = (
        pl.when(by_time)
        .then(any_units_by_end_of(at).cast(pl.Int128))
        .when(method == RecognitionMethod.POINT_IN_TIME.value)
        .then(point)
        .when(cost)
        .then(pl.col("spent").cast(pl.Int128))
        .otherwise(pl.col("done").cast(pl.Int128))
    )
    counted = rows.with_columns(total=total, materials_expected=pl.when(cost).then(materials).otherwise(0).cast(pl.Int64))
    whole = pl.when(lapsed).then("total").otherwise(reached.clip(0, pl.col("total")))
    exact = counted.with_columns(
        performed=whole, materials_delivered=pl.when(cost).then("uninstalled").otherwise(0).cast(pl.Int64)
    )
    parts = pl.col("progress_parts").cast(pl.Int128)
    rounded = (2 * pl.col("performed") * parts + pl.col("total")) // (2 * pl.col("total"))
    coarse = (parts > 0) & ~by_time
    return exact.with_columns(
        performed=pl.when(coarse).then(rounded).otherwise("performed"),
        total=pl.when(coarse).then(parts).otherwise("total"),
    ).drop("told", "done", "spent", "uninstalled", "total_cost", "uninstalled_cost", "expected_units")
