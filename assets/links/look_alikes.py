"""Things that agree in everything the books read, in different systems and within a few days: probably one sale.

Systems join one after the other in the default order of precedence. Each thing of the next system is matched one-to-one
(`assets.links.pairing`) with the sales known so far of which the system has no copy yet; what finds none is a sale of its
own. What is void is matched with what is void first, and only then with what stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.links.evidence import as_json
from assets.links.pairing import interchangeable, pair
from assets.links.systems import default_rank


@dataclass(frozen=True)
class Likeness:
    """A rule: `agrees` are the columns that must be equal, besides type and entity; `window` is in days.

    `unless`: a column that must not differ where both sides know it.
    """

    name: str
    confidence: str
    agrees: tuple[str, ...]
    window: int
    unless: str | None = None


def look_alikes(rule: Likeness, members: pl.DataFrame, kind: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links in the shape of LINK, and pairs whose choice was free: object_id with `candidates`.

    `members` are things of one kind with group, mask (of the systems in the group), bit and party.
    """
    sales = _in_blocks(members, rule, kind)
    systems = sales.select("rank", "system", "bit").unique().sort("rank", "system").rows()
    pairs, free = [_NO_PAIRS], [_NO_CANDIDATES]
    for place, (_, system, bit) in enumerate(systems[1:], start=1):
        earlier = [name for _, name, _ in systems[:place]]
        for block in ("block_of_state", "block"):
            left = sales.filter(pl.col("system").is_in(earlier) & (pl.col("mask") & bit == 0))
            left, right = (side.with_columns(block=block) for side in (left, sales.filter(system=system)))
            found = _consistent(pair(left, right, rule.window), sales)
            pairs.append(found)
            free.append(interchangeable(found, left, right))
            sales = _merged(sales, found)
    return _as_links(pl.concat(pairs), rule, members, kind), pl.concat(free).unique().sort("object_id", "candidates")


_NO_PAIRS = pl.DataFrame(schema={"left": pl.String, "right": pl.String, "days": pl.Int64})
_NO_CANDIDATES = pl.DataFrame(schema={"object_id": pl.String, "candidates": pl.String})


def _in_blocks(members: pl.DataFrame, rule: Likeness, kind: str) -> pl.DataFrame:
    """One thing of each group, that of its first system, numbered by what must be equal; blocks of one system left out."""
    ranked = members.with_columns(rank=default_rank(kind))
    firsts = ranked.sort("rank", "system", "at", "number", "object_id", nulls_last=False).unique(
        "group", keep="first", maintain_order=True
    )
    key = ["type", "legal_entity_id", *rule.agrees]
    whole = firsts.drop_nulls(key)
    blocks = whole.group_by(key).agg(systems=pl.col("system").n_unique()).filter(pl.col("systems") > 1)
    numbered = blocks.drop("systems").with_row_index("block").with_columns(pl.col("block").cast(pl.Int64) * 2)
    columns = ("object_id", "system", "rank", "bit", "mask", "day", "at", "number")
    return whole.join(numbered, on=key).select(
        *columns,
        "block",
        block_of_state=pl.col("block") + pl.col("live").cast(pl.Int64),
        known=pl.col(rule.unless) if rule.unless else pl.lit(None, pl.String),
    )


def _consistent(pairs: pl.DataFrame, sales: pl.DataFrame) -> pl.DataFrame:
    """Pairs whose groups share no system, since a sale has one copy in each, and that do not differ in what they know."""
    sides = sales.select("object_id", "mask", "known")
    both = pairs.join(sides.rename({"object_id": "left"}), on="left").join(
        sides.rename({"object_id": "right"}), on="right", suffix="_other"
    )
    differ = (pl.col("known") != pl.col("known_other")).fill_null(False)
    return both.filter(((pl.col("mask") & pl.col("mask_other")) == 0) & ~differ).select(pairs.columns)


def _merged(sales: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The sales after these pairs became one each: the left one stands for both."""
    joined = sales.select("mask", right="object_id").join(pairs, on="right").select(object_id="left", more="mask")
    left = sales.join(pairs, left_on="object_id", right_on="right", how="anti").join(joined, on="object_id", how="left")
    return left.with_columns(mask=pl.col("mask") | pl.col("more").fill_null(0)).drop("more")


def _as_links(pairs: pl.DataFrame, rule: Likeness, members: pl.DataFrame, kind: str) -> pl.DataFrame:
    told = pairs.join(members.select("object_id", *rule.agrees), left_on="right", right_on="object_id")
    return told.select(
        a="right",
        a_kind=pl.lit(kind),
        b="left",
        b_kind=pl.lit(kind),
        rule=pl.lit(rule.name),
        confidence=pl.lit(rule.confidence),
        evidence=as_json(*rule.agrees, "days"),
    ).sort("a", "b")
