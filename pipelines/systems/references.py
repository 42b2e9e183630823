"""What a payload says of an object's identity elsewhere: rows of `external_references`.

Two sources: fields whose meaning the vendor defines (`reference`), and metadata, whose keys the user chose
(`metadata_references`). Nothing is guessed: a key that does not end as identities do is not read.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from lakehouse.tables.silver import EXTERNAL_REFERENCES
from pipelines.systems.facts import Fact

# A key that ends like an identity, with a text or a whole number for its value.
_ENDS = r"[_. -](?:id|ID|Id|no|number|Number|ref|reference)|Id|ID|No|Number|Ref|Reference"
PAIR = rf'"([A-Za-z][A-Za-z0-9_. -]{{0,60}}?(?:{_ENDS}))"\s*:\s*(?:"([^"\\]{{1,120}})"|(-?\d{{1,40}})\s*[,}}])'
SYSTEMS = (
    *("amazon", "chargebee", "hubspot", "magento", "netsuite", "paddle", "paypal", "quickbooks", "recurly"),
    *("salesforce", "shopify", "square", "stripe", "woocommerce", "xero", "zuora"),
)
# What kind of thing a key names, by its noun.
NOUNS = {
    "customer": "customer",
    "account": "customer",
    "contact": "customer",
    "company": "customer",
    "product": "product",
    "sku": "product",
    "price": "price",
    "opportunity": "opportunity",
    "deal": "opportunity",
    "quote": "quote",
    "contract": "contract",
    "subscription": "contract",
    "order": "order",
    "invoice": "document",
    "payment": "cash",
    "charge": "cash",
}
# A sale runs from the deal to the cash: a thing follows from what stands before it.
SALE = ("opportunity", "quote", "contract", "order", "document", "cash")


def reference(
    rows: pl.DataFrame, kind: str, relation: str, reference_kind: str, value: str, system: str | None = None
) -> Fact:
    """What the field `value` says of the objects in `rows`, which have `_row`, object_id and effective_at."""
    said = rows.filter(pl.col(value).str.strip_chars() != "")
    return Fact(
        EXTERNAL_REFERENCES,
        said.select(
            "_row",
            "object_id",
            "effective_at",
            part=pl.format("external_references/{}/{}", pl.lit(reference_kind), "object_id"),
            object_kind=pl.lit(kind),
            relation=pl.lit(relation),
            reference_system=pl.lit(system, pl.String),
            reference_kind=pl.lit(reference_kind),
            reference=pl.col(value).str.strip_chars(),
        ),
    )


def metadata_references(rows: pl.DataFrame, kind: str, metadata: str = "metadata") -> list[Fact]:
    """What the user's own keys say of the objects in `rows`: order_id, invoiceNumber, salesforce_opportunity_id ...

    `rows` has `_row`, object_id, effective_at and the metadata as JSON. A key that names no system only names; one that
    does says more: the same thing where the nouns agree, and what this follows from where its noun stands earlier in a
    sale.
    """
    keyed = rows.filter(pl.col(metadata).str.contains(PAIR))
    if keyed.is_empty():
        return []
    pairs = keyed.select("_row", "object_id", "effective_at", pair=pl.col(metadata).str.extract_all(PAIR)).explode("pair")
    spelled = pairs.with_columns(key=pl.col("pair").str.extract(PAIR, 1), reference=_value(pl.col("pair"))).filter(
        pl.col("reference") != ""
    )
    snake = (
        pl.col("key").str.replace_all(r"([a-z0-9])([A-Z])", "${1}_${2}").str.to_lowercase().str.replace_all(r"[. -]+", "_")
    )
    system = pl.col("snake").str.extract(rf"^({'|'.join(SYSTEMS)})_")
    bare = pl.when(system.is_not_null()).then(pl.col("snake").str.replace(r"^[a-z]+_", "")).otherwise("snake")
    told = spelled.with_columns(snake=snake).with_columns(
        reference_system=system, reference_kind=bare.str.replace("_no$", "_number")
    )
    noun = pl.col("reference_kind").str.extract(r"^([a-z]+)_").replace_strict(NOUNS, default=None, return_dtype=pl.String)
    once = told.with_columns(relation=_relation(kind, noun)).unique(
        ["_row", "object_id", "key", "reference"], keep="first", maintain_order=True
    )
    return [
        Fact(
            EXTERNAL_REFERENCES,
            once.sort("_row", "object_id", "key", "reference", maintain_order=True).select(
                "_row",
                "object_id",
                "effective_at",
                "relation",
                "reference_system",
                "reference_kind",
                "reference",
                part=pl.format(
                    "external_references/metadata/{}/{}",
                    "object_id",
                    pl.int_range(pl.len()).over("_row", "object_id"),
                ),
                object_kind=pl.lit(kind),
            ),
        )
    ]


def _value(pair: pl.Expr) -> pl.Expr:
    return pl.coalesce(pair.str.extract(PAIR, 2), pair.str.extract(PAIR, 3)).str.strip_chars()


def _relation(kind: str, noun: pl.Expr) -> pl.Expr:
    """Only a key that names a system says what it is the id of."""
    earlier: Sequence[str] = SALE[: SALE.index(kind)] if kind in SALE else ()
    return (
        pl.when(pl.col("reference_system").is_null())
        .then(pl.lit("names"))
        .when(noun == kind)
        .then(pl.lit("same_as"))
        .when(noun.is_in(list(earlier)))
        .then(pl.lit("derives_from"))
        .otherwise(pl.lit("names"))
    )
