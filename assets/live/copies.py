"""Which invoices and refunds are not counted as they happen, because another system's copy of the same sale is.

Two things tell: what the last refresh found (gold.sale_copies: every rule of `assets.links`), and, at once, an id of
another system that a copy states: of such a pair the one counts whose system is believed first, by the policy of the books.
A copy that is known by its number or by its looks only is counted until the next refresh has found it.
"""

from __future__ import annotations

import polars as pl

from assets.facts.state import latest
from assets.links.objects import NOT_AGREED, short_id
from assets.links.precedence import POLICY_NAME, with_counted
from assets.links.references import DESCRIPTIVE, in_force
from assets.links.systems import system_of
from lakehouse.tables import gold

KINDS = ("document", "cash")
POLICY_NAMES = (POLICY_NAME, *(f"{POLICY_NAME}_{kind}" for kind in KINDS))
STATED = short_id(
    pl.when(pl.col("reference").str.contains(r"^[a-z][a-z0-9_-]*:"))
    .then("reference")
    .otherwise(pl.concat_str("reference_system", pl.lit(":"), "reference"))
)
"""The object id that a reference states, if it states one, without its family."""
_WHICH = ["kind", "object_id"]


def left_out(sale_copies: pl.LazyFrame) -> pl.DataFrame:
    """kind and object_id of the copies that do not count, as the last refresh found them."""
    idle = sale_copies.filter(~pl.col("counts") & pl.col("object_kind").is_in(KINDS))
    return idle.select("object_id", kind="object_kind").select(_WHICH).collect()


NOTHING_LEFT_OUT = left_out(gold.SALE_COPIES.empty().lazy())


def giving_way(
    documents: pl.DataFrame, cash: pl.DataFrame, references: pl.DataFrame, policies: pl.DataFrame
) -> pl.DataFrame:
    """kind and object_id of documents and refunds that give way to one of another system whose id one of the two states.

    All rows of them and of whom they name are needed; `references` of these, `policies` those named POLICY_NAMES. As in
    the books, two invoices are one sale where one is the same as the other or derives from it, refunds where they are the
    same.
    """
    event = ("object_id", "source", "source_event_id")
    told = [rows.select(*event, object_kind=pl.lit(kind)) for kind, rows in zip(KINDS, (documents, cash), strict=True)]
    document = pl.col("object_kind") == "document"
    identity = (pl.col("relation") == "same_as") | (document & (pl.col("relation") == "derives_from"))
    stated = in_force(references, pl.concat(told)).filter(identity & ~pl.col("reference_kind").is_in(DESCRIPTIVE))
    pairs = stated.select("object_id", kind="object_kind", other=STATED).drop_nulls().unique()
    issued = latest(documents).filter(~pl.col("status").is_in(NOT_AGREED))
    moved = latest(cash).filter(status="succeeded")
    things = pl.concat(
        [
            _things(issued, "document", pl.coalesce("issued_at", "effective_at")),
            _things(moved, "cash", pl.col("effective_at")),
        ]
    )
    others = things.with_columns(other=short_id("object_id")).filter(pl.len().over("kind", "other") == 1)
    both = pairs.join(things, on=_WHICH).join(others, on=["kind", "other"], suffix="_of_other")
    known = both.filter((pl.col("type") == pl.col("type_of_other")) & (pl.col("system") != pl.col("system_of_other")))
    group = pl.concat_str("object_id", pl.lit(" "), "other").alias("group")
    members = pl.concat(
        [
            known.select(group, *_WHICH, "system", "at", "legal_entity_id"),
            known.select(
                group,
                "kind",
                object_id="object_id_of_other",
                system="system_of_other",
                at="at_of_other",
                legal_entity_id="legal_entity_id_of_other",
            ),
        ]
    )
    standing = latest(policies)
    judged = [with_counted(members.filter(kind=kind), kind, standing) for kind in KINDS]
    return pl.concat(rows.filter(~pl.col("counts")).select(_WHICH) for rows in judged).unique()


def _things(state: pl.DataFrame, kind: str, at: pl.Expr) -> pl.DataFrame:
    return state.select(
        "object_id", "legal_entity_id", kind=pl.lit(kind), type=pl.col("kind"), system=system_of(), at=at
    ).select("kind", "object_id", "type", "system", "at", "legal_entity_id")
