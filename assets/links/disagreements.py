"""Where systems disagree about one thing, and matches that no rule can decide: what an accountant has to look at.

The copy that counts is compared with what each other system holds of the same thing: amount, currency, day (farther apart
than the window, or in another month, which moves the cut-off), customer, and whether it still stands. Several copies of one
system, such as instalments, are compared by their sum.
"""

from __future__ import annotations

import polars as pl

from assets.money.conversion import to_major
from lakehouse.hashing import SEPARATOR, hexdigests
from lakehouse.tables import gold

WINDOW_DAYS = 3
COMPARED = ("document", "cash", "contract")
_SEVERITY = {"amount": "high", "currency": "high", "status": "high", "customer": "medium", "date": "low"}
_MESSAGE = {
    "amount": "The amounts differ. Correct the one that is wrong at its source.",
    "currency": "The currencies differ. Correct the one that is wrong at its source.",
    "status": "One is void and the other stands. Void the other too, or state that it is no copy.",
    "customer": "The customers are not known to be the same. Link them, or correct the one that is wrong.",
    "date": "The days are far apart or in two months: the two ledgers cut off differently.",
    "chosen": "Another would have done as well: all are equal. The sums are right; which belongs to which is free.",
    "undecided": "Several come into question and nothing was linked. State which by an external reference.",
    "missing_counterpart": "It names something that the other system has not told of. Load it, or correct the reference.",
}


def disagreements(members: pl.DataFrame) -> pl.DataFrame:
    """Exceptions of copies, without ids: `members` are copies with their group, counts, and the columns of things."""
    sides = (
        members.filter(pl.col("kind").is_in(COMPARED))
        .sort("at", "object_id", nulls_last=True)
        .group_by("kind", "group", "system", "counts", maintain_order=True)
        .agg(
            pl.col("object_id", "row_key", "customer_id", "party", "day").first(),
            pl.col("amount").sum(),
            amounts=pl.col("amount").count(),
            currency=pl.col("currency").unique().sort().str.join(","),
            live=pl.col("live").any(),
            several=pl.len() > 1,
        )
    )
    ours, theirs = sides.filter("counts"), sides.filter(~pl.col("counts"))
    both = ours.join(theirs, on=["kind", "group"], suffix="_other")
    agree_on_state = pl.col("live") == pl.col("live_other")
    same_currency = pl.col("currency") == pl.col("currency_other")
    told = (pl.col("amounts") > 0) & (pl.col("amounts_other") > 0)
    days = (pl.col("day") - pl.col("day_other")).dt.total_days().abs()
    months = pl.col("day").dt.month_start() != pl.col("day_other").dt.month_start()
    named = ~pl.any_horizontal(pl.col(c).str.starts_with("email:") for c in ("party", "party_other"))
    differs = {
        "status": ~agree_on_state,
        "currency": agree_on_state & ~same_currency & told,
        "amount": agree_on_state & same_currency & told & (pl.col("amount") != pl.col("amount_other")),
        "date": ((days > WINDOW_DAYS) | months) & ~pl.col("several") & ~pl.col("several_other"),
        "customer": named & (pl.col("party") != pl.col("party_other")),
    }
    return pl.concat([_compared(both.filter(wrong), what) for what, wrong in differs.items()])


def undecided(found: pl.DataFrame, things: pl.DataFrame, kind: str, *, chosen: bool) -> pl.DataFrame:
    """Exceptions of matches with several candidates: `found` has object_id and `candidates`."""
    told = found.group_by("object_id").agg(pl.col("candidates").str.split(",").explode().unique().sort().str.join(","))
    sides = told.join(things.filter(kind=kind), on="object_id")
    return sides.select(
        kind=pl.lit("ambiguous"),
        severity=pl.lit("low" if chosen else "medium"),
        object_kind=pl.lit(kind),
        object_id="object_id",
        system="system",
        value=_money(sides, "amount", "currency"),
        row_key="row_key",
        other_value="candidates",
        message=pl.lit(_MESSAGE["chosen" if chosen else "undecided"]),
    )


def missing(lost: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    """Exceptions of references to what a system has not told of."""
    sides = lost.join(
        things.select("object_id", "system", "amount", "currency", object_kind="kind", thing_row="row_key"),
        on=["object_kind", "object_id"],
    )
    return sides.select(
        kind=pl.lit("missing_counterpart"),
        severity=pl.lit("medium"),
        object_kind="object_kind",
        object_id="object_id",
        system="system",
        value=_money(sides, "amount", "currency"),
        row_key="thing_row",
        other_system="reference_system",
        other_value=pl.format("{} {}", "reference_kind", "reference"),
        message=pl.lit(_MESSAGE["missing_counterpart"]),
    )


def exceptions(found: list[pl.DataFrame]) -> pl.DataFrame:
    """gold.reconciliation_exceptions. The id is a hash of what disagrees with what about what, so that it stays."""
    rows = pl.concat([gold.RECONCILIATION_EXCEPTIONS.empty().drop("exception_id", "difference"), *found], how="diagonal")
    if "difference" not in rows.columns:
        rows = rows.with_columns(difference=pl.lit(None, pl.Int64))
    money = to_major(rows.with_columns(pl.col("difference").cast(pl.Int64)), "difference")
    undecided_between = pl.when(pl.col("other_object_id").is_null()).then("other_value")
    parts = ["kind", "object_kind", "object_id", "system", "other_object_id", "other_system"]
    said = [*(pl.col(part).fill_null("") for part in parts), undecided_between.fill_null("")]
    keys = money.select(pl.concat_str(said, separator=SEPARATOR)).to_series()
    identified = money.with_columns(exception_id=hexdigests(keys)).unique("exception_id", keep="first", maintain_order=True)
    return gold.RECONCILIATION_EXCEPTIONS.conform(identified.sort("exception_id"))


def _compared(both: pl.DataFrame, what: str) -> pl.DataFrame:
    """Pairs of sides that differ in one respect, in the shape of the exceptions."""
    money = what == "amount"
    nothing = pl.lit(None)
    return both.select(
        kind=pl.lit(what),
        severity=pl.lit(_SEVERITY[what]),
        object_kind="kind",
        object_id="object_id",
        system="system",
        value=_value(both, what, ""),
        row_key="row_key",
        other_object_id="object_id_other",
        other_system="system_other",
        other_value=_value(both, what, "_other"),
        other_row_key="row_key_other",
        difference=(pl.col("amount") - pl.col("amount_other")) if money else nothing.cast(pl.Int64),
        currency=pl.col("currency") if money else nothing.cast(pl.String),
        message=pl.lit(_MESSAGE[what]),
    )


def _value(both: pl.DataFrame, what: str, side: str) -> pl.Series | pl.Expr:
    match what:
        case "amount":
            return _money(both, f"amount{side}", f"currency{side}")
        case "currency":
            return pl.col(f"currency{side}")
        case "date":
            return pl.col(f"day{side}").cast(pl.String)
        case "customer":
            return pl.coalesce(f"customer_id{side}", f"party{side}")
        case _:
            return pl.when(f"live{side}").then(pl.lit("stands")).otherwise(pl.lit("void"))


def _money(rows: pl.DataFrame, amount: str, currency: str) -> pl.Series:
    """Amounts as text with their currency, such as 90.0000 USD; null where there is none."""
    major = to_major(rows.select(amount=pl.col(amount), currency=pl.col(currency)), "amount")
    text = pl.concat_str(pl.col("amount").cast(pl.String), pl.lit(" "), "currency")
    return major.select(text).to_series()


def still_open(unclear: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """What is unclear and was not settled by another rule: none of the candidates became its copy."""
    spread = unclear.with_columns(candidate=pl.col("candidates").str.split(",")).explode("candidate")
    mine = spread.join(groups, on="object_id", how="left").join(
        groups.rename({"object_id": "candidate", "group": "of_candidate"}), on="candidate", how="left"
    )
    settled = mine.filter(pl.col("group") == pl.col("of_candidate")).select("object_id", "candidates")
    return unclear.join(settled, on=["object_id", "candidates"], how="anti")
