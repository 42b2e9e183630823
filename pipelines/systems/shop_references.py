"""What a shop says of an object's identity elsewhere: rows of external_references.

Nothing is concluded here. `same_as` is said of the identifiers that the shop itself gives to the object, and of ids of the
gateway that moved the money; `derives_from` of the checkout or draft an order was made from; `names` of what somebody
typed: e-mails on orders, note attributes, metafields.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from lakehouse.tables.silver import EXTERNAL_REFERENCES
from pipelines.systems.facts import Fact

STRIPE = "stripe"

# Shopify Payments and the Stripe gateway hand on Stripe's own ids: charges, payment intents, refunds.
STRIPE_ID = r"^(?:ch|py|pi|re|pyr)_[A-Za-z0-9]+$"
# A typed value is taken for a reference when it is one word with a digit in it.
LIKE_REFERENCE = r"^[A-Za-z0-9#][A-Za-z0-9#_\-./:]{2,63}$"
DIGIT = r"\d"

_NONE = pl.lit(None, pl.String)


def refers(
    rows: pl.DataFrame,
    object_kind: str,
    relation: str,
    kind: str | pl.Expr,
    reference: str | pl.Expr,
    *,
    system: str | pl.Expr | None,
    part: pl.Expr | None = None,
) -> pl.DataFrame:
    """One row for each of `rows` that has the reference.

    `rows` has `_row`, `object_id` and `effective_at`; `part` tells references of one kind apart within an event.
    """
    named = pl.lit(kind) if isinstance(kind, str) else kind
    value = pl.col(reference) if isinstance(reference, str) else reference
    giver = _NONE if system is None else pl.lit(system) if isinstance(system, str) else system
    found = rows.select(
        "_row",
        "object_id",
        "effective_at",
        part=pl.concat_str(pl.lit("external_references/"), named if part is None else part),
        object_kind=pl.lit(object_kind),
        relation=pl.lit(relation),
        reference_system=giver,
        reference_kind=named,
        reference=value.str.strip_chars(),
    )
    return found.filter(pl.col("reference") != "")


def like_references(rows: pl.DataFrame, object_kind: str, name: pl.Expr, value: pl.Expr, part: pl.Expr) -> pl.DataFrame:
    """What somebody typed into a named field, where it looks like a reference; it is only a name."""
    typed = value.str.strip_chars('" ')
    looks = rows.filter(typed.str.contains(LIKE_REFERENCE) & typed.str.contains(DIGIT) & (name.str.strip_chars() != ""))
    return refers(looks, object_kind, "names", name, typed, system=None, part=part)


def references(found: Iterable[pl.DataFrame]) -> Fact:
    """The fact of all of them."""
    return Fact(EXTERNAL_REFERENCES, pl.concat(list(found)))
