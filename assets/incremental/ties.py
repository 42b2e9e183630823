"""What ties facts together: two facts that name one thing may bear on each other, so they are recognised together.

Every row of silver has ties: the ids that it names (its own, its customer's, its contract's ...) and what else a rule may
recognise a copy by: numbers, e-mail addresses, names, tax ids and references. Facts that share no tie, directly or through
others, never meet in a rule. More ties than needed do no harm but to speed; one too few would be an error.

Facts about everything (policies, entities, prices, rates, estimates, judgements) have no ties: `GOVERNING`.
"""

from __future__ import annotations

import polars as pl

from assets.facts.naming import NAMES
from assets.facts.pending_items import BILLED_BY, PENDING_ITEM
from assets.links.customers import TAX_KINDS, email_mark, letters_and_digits, name_mark
from assets.links.objects import plain_number
from assets.links.references import DESCRIPTIVE
from lakehouse.row_index import NO_MARK, mark
from lakehouse.table import Table
from lakehouse.tables import silver

GOVERNING: tuple[Table, ...] = (
    *(silver.LEGAL_ENTITIES, silver.POLICIES, silver.PRICES, silver.PRODUCTS, silver.FX_RATES),
    *(silver.ESTIMATES, silver.JUDGEMENTS),
)
"""Tables of facts that any contract may depend on: rules get them whole, and a new one needs a full recompute."""

TIED: tuple[Table, ...] = tuple(t for t in silver.TABLES if t not in (*GOVERNING, silver.SOURCE_EVENTS))
OF_PRODUCTS = pl.col("object_kind") == "product"
"""References about products: they govern, as products do."""
_PRODUCTS = pl.lit("references of products").hash()


def ties_of(table: Table) -> list[pl.Expr]:
    """The ties of a row of a tied table, each a string column of its own, empty where the row has none."""
    ids = [pl.col(name) for name in ("object_id", *NAMES.get(table, ()))]
    told = [*ids, *_other(table)]
    return [expression.alias(f"tie_{place}") for place, expression in enumerate(told)]


def marks_of_ties(table: Table) -> list[pl.Expr]:
    """The ties of a row as marks by which it is found; a reference about a product has one of its own."""
    marks = [mark(tie) for tie in ties_of(table)]
    if table is silver.EXTERNAL_REFERENCES:
        marks = [*(pl.when(OF_PRODUCTS).then(NO_MARK).otherwise(tied) for tied in marks), _of_products()]
    return [marked.alias(f"mark_{place}") for place, marked in enumerate(marks)]


def products_mark() -> pl.Series:
    """What references about products are found by."""
    return pl.DataFrame({"object_kind": ["product"]}).select(_of_products()).to_series()


def _of_products() -> pl.Expr:
    return pl.when(OF_PRODUCTS).then(_PRODUCTS).otherwise(NO_MARK)


def _other(table: Table) -> list[pl.Expr]:
    if table in (silver.DOCUMENTS, silver.QUOTES):
        return [_named("number", plain_number(pl.col("number")))]
    if table is silver.CUSTOMERS:
        return [_named("email", email_mark(pl.col("email"))), _named("name", name_mark(pl.col("name")))]
    if table is silver.EXTERNAL_REFERENCES:
        return _of_references()
    return []


def _of_references() -> list[pl.Expr]:
    text, kind = pl.col("reference"), pl.col("reference_kind")
    one = pl.col("relation").is_in(["same_as", "derives_from"]) & ~kind.is_in(DESCRIPTIVE)
    an_id = one | kind.is_in([PENDING_ITEM, BILLED_BY])
    return [
        pl.when(an_id).then(text),
        pl.when(an_id).then(pl.concat_str("reference_system", pl.lit(":"), text)),
        pl.when(kind.str.contains("number$")).then(_named("number", plain_number(text))),
        pl.when(kind == "email").then(_named("email", email_mark(text))),
        pl.when(kind.is_in(TAX_KINDS)).then(_named("tax", letters_and_digits(text).str.to_uppercase())),
    ]


def _named(what: str, mark: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{what}="), mark)
