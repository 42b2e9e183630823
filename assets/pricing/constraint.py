"""The constraint on variable consideration: what of an estimate may be in the transaction price until it is resolved.

A judgement `constraint` about an estimate (or about the contract or line that estimates are of, then about each of them)
says the most that may count, in the currency of the estimate: what it is probable (US GAAP, ASC 606-10-32-11) or highly
probable (IFRS 15.56) that no significant part of will be reversed. `none`: all of it may count, the uncertainty is resolved
or no reason for a constraint is left (32-12 and 13, IFRS 15.57 and 58). It holds from its day until the next, and a changed
one is caught up on its day like a new estimate (32-14 and 32-42 to 44, IFRS 15.59 and 87 to 89). The judgement's `book` may
tell the two books apart.
"""

from __future__ import annotations

import polars as pl

from assets.facts.state import ORDER
from assets.money.products import RATE, as_integer, in_minor

DECISION = "constraint"
LIFTED = "none"
KIND = "variable_consideration"
_OF_DAY = {"on": "day", "by": "component", "strategy": "backward", "check_sortedness": False}


def constrained(valued: pl.DataFrame, judgements: pl.DataFrame) -> pl.DataFrame:
    """Estimates by day with `value` no more than what the judgements in force let count, on days of either.

    `valued` has component (the estimate), scope, kind, operation, day, value (minor units) and per_minor.
    """
    told = judgements.filter(decision=DECISION)
    ours = valued.filter(kind=KIND)
    if told.is_empty() or ours.is_empty():
        return valued
    lifted = (pl.col("operation") == "retract") | (pl.col("value") == LIFTED)
    caps = told.sort(ORDER, nulls_last=False).select(
        about="scope", day="day", cap=as_integer(pl.when(~lifted).then("value").str.to_decimal(scale=12).cast(RATE))
    )
    first = ours.sort("day").unique("component", keep="first", maintain_order=True)
    own = first.select("component", "per_minor", about="component")
    wider = first.select("component", "per_minor", about="scope")
    in_force = {name: _by_estimate(frame, caps) for name, frame in (("own", own), ("wider", wider))}
    days = pl.concat([ours.select("component", "day"), *(f.select("component", "day") for f in in_force.values())])
    held = days.unique().sort("day").join_asof(ours.sort("day"), **_OF_DAY)  # type: ignore[arg-type]
    for name, frame in in_force.items():
        held = held.join_asof(frame.rename({"cap": name, "told": f"{name}_told"}), **_OF_DAY)  # type: ignore[arg-type]
    # What is said of the estimate itself goes before what is said of all that its contract expects.
    cap = pl.when(pl.col("own_told")).then("own").otherwise("wider")
    least = pl.when(pl.col("operation") == "retract").then("value").otherwise(pl.min_horizontal("value", cap))
    known = held.drop_nulls("kind").with_columns(value=least)
    return pl.concat([valued.filter(pl.col("kind") != KIND), known.select(valued.columns)])


def _by_estimate(estimates: pl.DataFrame, caps: pl.DataFrame) -> pl.DataFrame:
    """The cap of each estimate by day, the last that was said on it; empty where it was lifted."""
    found = estimates.join(caps, on="about", maintain_order="right")
    last = found.unique(["component", "day"], keep="last", maintain_order=True).sort("day")
    return last.select("component", "day", cap=in_minor(pl.col("cap")), told=pl.lit(True))
