"""Which documents, payments and contracts of several systems are one: every rule in the order of its certainty.

Each rule sees the groups that the rules before it made, so a weaker one never breaks what a stronger one found, and a group
holds one copy of a system unless ids shared by the systems say otherwise (two instalments of one order).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.links.clusters import clusters
from assets.links.look_alikes import Likeness, look_alikes
from assets.links.numbers import BY_AMOUNT, BY_CUSTOMER, by_number
from assets.links.references import LINK

MOST_SYSTEMS = 62
"""Systems of one kind that are told apart when groups are compared; a 64-bit mask holds no more."""


@dataclass(frozen=True)
class Copies:
    """`links` in the shape of LINK; `groups`: object_id and group of everything in a group of two or more.

    `unclear`: object_id with `candidates`, of which no rule could choose one. `free`: of which one was chosen, and another
    would have done as well.
    """

    links: pl.DataFrame
    groups: pl.DataFrame
    unclear: pl.DataFrame
    free: pl.DataFrame


def copies_of(
    kind: str,
    things: pl.DataFrame,
    stated: pl.DataFrame,
    numbers: pl.DataFrame,
    likenesses: tuple[Likeness, ...],
    apart: pl.DataFrame,
) -> Copies:
    """Copies among things of one kind, with `party`.

    `stated`: links that references state. `numbers`: object_id and number. `apart`: object ids that somebody judged to be
    no copies: only stated links reach them.
    """
    links = stated.filter(a_kind=kind).select(LINK)
    nothing = pl.DataFrame(schema={"object_id": pl.String, "candidates": pl.String})
    unclear, free = [nothing], [nothing]
    judged = things.join(apart, on="object_id", how="anti")
    if things.get_column("system").n_unique() > 1:
        for rule in (BY_AMOUNT, BY_CUSTOMER):
            found, ambiguous = by_number(rule, _in_groups(judged, links, things), numbers, kind)
            links, unclear = pl.concat([links, found]), [*unclear, ambiguous]
        for likeness in likenesses:
            found, chosen = look_alikes(likeness, _in_groups(judged, links, things), kind)
            links, free = pl.concat([links, found]), [*free, chosen]
    return Copies(links, clusters(links), pl.concat(unclear), pl.concat(free))


def _in_groups(judged: pl.DataFrame, links: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    """Things with their group, `bit` of their system, and `mask` of the systems of all things in the group."""
    names = things.select("system").unique().sort("system").with_row_index("place")
    bits = names.select("system", bit=pl.lit(2, pl.Int64).pow(pl.min_horizontal("place", MOST_SYSTEMS)).cast(pl.Int64))
    grouped = things.select("object_id", "system").join(bits, on="system").join(clusters(links), on="object_id", how="left")
    masks = grouped.drop_nulls("group").group_by("group").agg(mask=pl.col("bit").bitwise_or())
    named = grouped.drop("system").join(masks, on="group", how="left")
    masked = named.with_columns(group=pl.coalesce("group", "object_id"), mask=pl.coalesce("mask", "bit"))
    return judged.join(masked, on="object_id")
