"""When control of goods passes to the customer, where that is not the day on which they are delivered.

Revenue follows control (ASC 606-10-25-30, IFRS 15.38). A judgement `transfer_of_control` about a line or a contract, in
force on the day, says by what it passes; without one by the delivery:

| value | control passes with | paragraph |
|---|---|---|
| on_delivery | the delivery | 25-30 |
| on_acceptance | the customer's acceptance: it is substantive, or the goods are on trial | 55-85 to 88, B83 to B86 |
| consignment | what the dealer sold on; what he holds stays ours | 55-79, 80; B77, B78 |
| bill_and_hold | what is held at his wish; the judgement says that all four criteria are met | 55-81 to 83, B79 to B81 |

Acceptance by objective criteria that we can check ourselves is a formality (55-86, B84): no judgement, the delivery counts.
What is held for a customer is a service of its own where it is not immaterial (55-84, B82): a further line.
What leaves the hold is delivered, and counts once. What is told of a line that no judgement is about is left as it is.
"""

from __future__ import annotations

import polars as pl

from assets.money.products import ONE, as_integer

DECISION = "transfer_of_control"
ON_DELIVERY, ON_ACCEPTANCE, CONSIGNMENT, BILL_AND_HOLD = "on_delivery", "on_acceptance", "consignment", "bill_and_hold"
PASSES_WITH = {ON_DELIVERY: "delivery", ON_ACCEPTANCE: "acceptance", CONSIGNMENT: "sold_on"}
"""The kind of performance that passes control; of a bill-and-hold arrangement it is `held` or, beyond it, `delivery`."""
_STEPS = ("delivery", "acceptance", "sold_on", "held")
_UNIT = pl.lit("0.000000000001").cast(pl.Decimal(38, 12))


def with_control(performance: pl.DataFrame, judgements: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Performance in which each `delivery` is what passed control of, on the day on which it did.

    A new judgement never rewrites what came before it: what differs is caught up on its day. Decimals as told.
    """
    said = judgements.filter((pl.col("decision") == DECISION) & (pl.col("operation") == "assert"))
    if said.is_empty() or performance.is_empty():
        return performance
    scopes = said.get_column("scope").unique().implode()
    of_line = lines.select(contract_line_id="object_id", of_contract="contract_id").unique("contract_line_id")
    contract = pl.coalesce("contract_id", "of_contract")
    by_line = pl.col("contract_line_id").is_in(scopes).fill_null(False)
    by_contract = contract.is_in(scopes).fill_null(False)
    named = performance.join(of_line, on="contract_line_id", how="left", maintain_order="left").with_columns(
        judged=pl.when(by_line).then("contract_line_id").when(by_contract).then(contract),
        what=pl.coalesce("contract_line_id", "contract_id"),
    )
    counted = pl.col("judged").is_not_null() & pl.col("kind").is_in(_STEPS)
    others = named.filter(~counted).select(performance.columns)
    passed = _passed(named.filter(counted), said)
    return pl.concat([others, passed.select(performance.columns)])


def _passed(steps: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """One delivery for each day on which the total that passed changes, with the identity of the last step by then."""
    quantity = as_integer(pl.col("quantity")).fill_null(ONE)
    days = pl.concat(
        [
            steps.select("what", "judged", "day"),
            steps.select("what", "judged").unique().join(said.select(judged="scope", day="day"), on="judged"),
        ]
    ).unique()
    daily = steps.group_by("what", "day").agg(
        quantity.filter(pl.col("kind") == kind).sum().cast(pl.Int128).alias(kind) for kind in _STEPS
    )
    totals = days.join(daily, on=["what", "day"], how="left").with_columns(pl.col(_STEPS).fill_null(0)).sort("what", "day")
    totals = totals.with_columns(pl.col(_STEPS).cum_sum().over("what"))
    decided = said.sort("day", "row_key").select("day", judged="scope", by="value")
    ruled = totals.sort("day").join_asof(decided, on="day", by="judged", strategy="backward", check_sortedness=False)
    total = (
        pl.when(pl.col("by") == BILL_AND_HOLD)
        .then(pl.max_horizontal("held", "delivery"))
        .when(pl.col("by") == CONSIGNMENT)
        .then("sold_on")
        .when(pl.col("by") == ON_ACCEPTANCE)
        .then("acceptance")
        .otherwise("delivery")
    )
    moved = ruled.sort("what", "day").with_columns(total=total)
    moved = moved.with_columns(change=pl.col("total") - pl.col("total").shift(1).over("what").fill_null(0))
    told = steps.sort("day", "row_key").drop("judged", "kind", "quantity").rename({"day": "told_on"})
    changed = (
        moved.filter(pl.col("change") != 0)
        .sort("day")
        .join_asof(told, left_on="day", right_on="told_on", by="what", strategy="backward", check_sortedness=False)
    )
    return changed.with_columns(
        kind=pl.lit("delivery"),
        effective_at=pl.max_horizontal("effective_at", pl.col("day").cast(steps.schema["effective_at"])),
        quantity=(pl.col("change").cast(pl.Decimal(38, 0)) * _UNIT).cast(steps.schema["quantity"]),
    )
