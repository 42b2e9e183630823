"""Which system's copy counts: an order of precedence, which is a policy.

A fact `system_precedence` says which systems are believed first, such as `stripe,shopify,netsuite`; one named
`system_precedence_cash` and the like (document, contract, customer, product) says it for one kind. Scope: an entity, or
everything (`*`). The narrowest that is in force decides: the entity's for the kind, the entity's, everything's for the
kind, everything's. A policy reaches things first told of on or after `effective_from`: a new order of precedence does not
move old books. Systems that it does not name follow in the default order (`assets.links.systems`).
"""

from __future__ import annotations

import polars as pl

from assets.links.systems import default_order, default_rank

POLICY_NAME = "system_precedence"
DEFAULT_POLICY = "default"
EVERYTHING = "*"
_RANKED = pl.Schema({"policy": pl.String, "system": pl.String, "place": pl.Int64})


def with_counted(members: pl.DataFrame, kind: str, policies: pl.DataFrame) -> pl.DataFrame:
    """Members of groups of copies with `counted_system`, `counts` and `policy`.

    `members` have group, system, at and legal_entity_id. All copies that the first system holds of a group count: two
    instalments that a billing system has of one order of the shop are two bills.
    """
    groups = members.sort("at", "legal_entity_id", "system", nulls_last=True).unique("group", keep="first")
    chosen = _policy_of(groups.select("group", "at", "legal_entity_id"), kind, policies)
    places = _places(policies)
    joined = members.join(chosen, on="group", how="left").join(places, on=["policy", "system"], how="left")
    behind = len(default_order(kind)) + pl.col("place").len()
    ranked = joined.with_columns(rank=pl.coalesce("place", default_rank(kind) + behind))
    first = ranked.sort("rank", "system").unique("group", keep="first").select("group", counted_system="system")
    return (
        ranked.drop("place", "rank")
        .join(first, on="group", how="left")
        .with_columns(counts=pl.col("system") == pl.col("counted_system"))
    )


def _policy_of(groups: pl.DataFrame, kind: str, policies: pl.DataFrame) -> pl.DataFrame:
    """`group` and `policy`, the object id of the policy that governs it."""
    ours = policies.filter(pl.col("name").is_in([POLICY_NAME, f"{POLICY_NAME}_{kind}"]))
    if ours.is_empty():
        return groups.select("group", policy=pl.lit(DEFAULT_POLICY))
    in_order = ours.sort("effective_from", "effective_at", "source_sequence", "known_at", "row_key", nulls_last=False)
    found = groups.drop_nulls("at").with_columns(everything=pl.lit(EVERYTHING)).sort("at")
    choices = []
    for scope in ("legal_entity_id", "everything"):
        for name in (f"{POLICY_NAME}_{kind}", POLICY_NAME):
            choices.append(f"{scope}.{name}")
            named = in_order.filter(name=name).select("scope", "effective_from", pl.col("object_id").alias(choices[-1]))
            found = found.join_asof(
                named,
                left_on="at",
                right_on="effective_from",
                by_left=scope,
                by_right="scope",
                strategy="backward",
                check_sortedness=False,
            ).drop("effective_from", strict=False)
    decided = found.select("group", chosen=pl.coalesce(choices))
    return groups.join(decided, on="group", how="left").select(
        "group", policy=pl.col("chosen").fill_null(pl.lit(DEFAULT_POLICY))
    )


def _places(policies: pl.DataFrame) -> pl.DataFrame:
    """Place of each system that a policy names, from 0."""
    ours = policies.filter(pl.col("name").str.starts_with(POLICY_NAME))
    named = ours.select(policy="object_id", system=pl.col("value").str.replace_all(" ", "").str.split(","))
    spread = named.with_columns(place=pl.int_ranges(0, pl.col("system").list.len(), dtype=pl.Int64))
    return spread.explode("system", "place").unique(["policy", "system"], keep="first").cast(_RANKED).select(list(_RANKED))
