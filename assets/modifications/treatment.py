"""How each change of a contract is accounted for, and why.

* **separate_contract**: only distinct promises are added, at their standalone selling prices (ASC 606-10-25-12, IFRS
  15.20);
* **prospective**: what remains is distinct from what was done: as if the contract ended and a new one began, the price not
  yet recognised shared over what remains (25-13(a), 21(a));
* **cumulative_catch_up**: what remains is not distinct: the change is part of the one promise, revenue to date is restated
  (25-13(b), 21(b));
* **mixed**: some of each, line by line (25-13(c), 21(c)).

The rule decides from `distinct` and the standalone price; a judgement `modification_treatment` about the contract or the
line, in force on the day, overrides it. The reason is kept with the treatment.
"""

from __future__ import annotations

import polars as pl

from assets.obligations.performed_by import NOT_DISTINCT

SEPARATE, PROSPECTIVE, CATCH_UP, MIXED = "separate_contract", "prospective", "cumulative_catch_up", "mixed"
TREATMENTS = (SEPARATE, PROSPECTIVE, CATCH_UP)
DECISION = "modification_treatment"
CREDIT = "credit"
"""Kind of promise of a line that takes something off the price of what was already transferred: it is no modification of
what remains, and lowers revenue on its day (Example 5, Case B)."""
_TERMS = ("price", "stated_quantity", "service_to", "gone")

REASONS = {
    SEPARATE: "Distinct promises are added at their standalone selling prices.",
    PROSPECTIVE: "What remains is distinct from what was done before.",
    CATCH_UP: "What remains is not distinct from what was done before.",
    MIXED: "Some of what remains is distinct from what was done before, some is not.",
}


def is_one_promise() -> pl.Expr:
    """Whether what remains of an obligation is not distinct from what was done of it."""
    return ~pl.coalesce("distinct", ~pl.col("method").is_in(NOT_DISTINCT))


def changes(states: pl.DataFrame) -> pl.DataFrame:
    """States of lines that change a contract after its inception: added, or with other terms. Renewals are no change."""
    before = [pl.col(c).shift(1).over("obligation_id") for c in _TERMS]
    first = pl.int_range(pl.len()).over("obligation_id") == 0
    other = pl.any_horizontal(pl.col(c).ne_missing(b) for c, b in zip(_TERMS, before, strict=True))
    added = first & (pl.col("day") > pl.col("inception")) & (pl.col("obligation_id") == pl.col("line_id"))
    marked = states.with_columns(added=added, changed=(~first & other) | added)
    return marked.filter(pl.col("changed") & (pl.col("promise_kind") != CREDIT).fill_null(True))


def treatments(changed: pl.DataFrame, judgements: pl.DataFrame) -> pl.DataFrame:
    """One row a contract and day: lead_id, day, treatment, reason, decided_by ('rule' or the judgement's object id).

    `changed` are changes with `at_standalone`.
    """
    by_rule = changed.group_by("lead_id", "day").agg(
        only_added=pl.col("added").all(),
        distinct=(~is_one_promise()).all(),
        none_distinct=is_one_promise().all(),
        at_standalone=pl.col("at_standalone").all(),
        lines=pl.col("line_id").unique(),
    )
    rule = (
        pl.when(pl.col("only_added") & pl.col("distinct") & pl.col("at_standalone"))
        .then(pl.lit(SEPARATE))
        .when("distinct")
        .then(pl.lit(PROSPECTIVE))
        .when("none_distinct")
        .then(pl.lit(CATCH_UP))
        .otherwise(pl.lit(MIXED))
    )
    decided = by_rule.with_columns(rule=rule)
    judged = _judged(decided, judgements)
    told = decided.join(judged, on=["lead_id", "day"], how="left").with_columns(treatment=pl.coalesce("decision", "rule"))
    reason = pl.col("rule").replace_strict(REASONS, return_dtype=pl.String)
    return told.select(
        *("lead_id", "day", "treatment"),
        reason=pl.coalesce("why", reason),
        decided_by=pl.col("judgement").fill_null("rule"),
    ).sort("lead_id", "day")


def _judged(days: pl.DataFrame, judgements: pl.DataFrame) -> pl.DataFrame:
    """The judgement in force on the day, about the contract or one of the changed lines."""
    known = judgements.filter((pl.col("decision") == DECISION) & (pl.col("operation") == "assert"))
    said = known.select(
        "scope",
        judged_on="day",
        judgement="object_id",
        why="reason",
        decision=pl.col("value").replace({"termination_and_new_contract": PROSPECTIVE}),
    ).filter(pl.col("decision").is_in(TREATMENTS))
    contract = days.select("lead_id", "day", scope="lead_id")
    lines = days.select("lead_id", "day", scope="lines").explode("scope")
    about = pl.concat([contract, lines]).join(said, on="scope").filter(pl.col("judged_on") <= pl.col("day"))
    return about.sort("judged_on", "judgement").unique(subset=["lead_id", "day"], keep="last").drop("scope", "judged_on")
