"""What systems say of each other's ids: links that need no rule.

A reference is in force as long as the latest event of its object that brought any still brings it; one that was told in an
event of its own stands until it is retracted. It leads to

* the object whose id it is, in the system that gave it, with or without the family of the id;
* the object of that system that has the number (order number, invoice number);
* whatever else names the same id of a system that is not here: two invoices of one order that nobody delivered.

`same_as` between things of one kind and type is a copy, and so is an invoice of one system that derives from an order or
invoice of another: both are bills of the same sale. Everything else that derives is a consequence.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.facts.admission import Admitted
from assets.facts.state import ORDER, latest
from assets.links.evidence import as_json
from assets.links.objects import TABLE_OF, plain_number, short_id
from assets.links.systems import system_of
from lakehouse.tables import silver

SHARED_ID = "shared_id"
LINK = ("a", "a_kind", "b", "b_kind", "rule", "confidence", "evidence")
"""A link from a to b before it is known which of the two counts."""

# What describes somebody or something without being an id of it.
DESCRIPTIVE = ("email", "tax_id", "domain", "website", "name", "phone", "sku", "memo")
_NUMBER = r"number$"
_AN_ID = r"(number|_id|^id|^object)$"
_BILL = "order|invoice"
_ORIGINS = {kind: rank for rank, kind in enumerate(("document", "contract", "quote", "opportunity", "cash"))}
"""What a thing may derive from, in the order in which an id that names several is understood."""


@dataclass(frozen=True)
class Referred:
    """`copies` and `derived` in the shape of LINK. `unclear`: a reference that several objects answer to, with their ids
    in `candidates`. `missing`: one that none of a system's objects answers to, though the system is here."""

    copies: pl.DataFrame
    derived: pl.DataFrame
    unclear: pl.DataFrame
    missing: pl.DataFrame


def references_in_force(admitted: Admitted) -> pl.DataFrame:
    """References as they stand, with `own_system`, the system of the object they are about."""
    told = [
        admitted[table].select("object_id", "source", "source_event_id", object_kind=pl.lit(kind))
        for kind, table in TABLE_OF.items()
        if kind != "ledger_entry"
    ]
    return in_force(admitted.free(silver.EXTERNAL_REFERENCES), pl.concat(told))


def in_force(references: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Those of some references that stand, with `own_system`. All of each object must be there.

    `told`: object_kind, object_id, source and source_event_id of every row about these objects.
    """
    if references.is_empty():
        return references.with_columns(own_system=system_of())
    event = ["object_kind", "object_id", "source", "source_event_id"]
    beside = references.join(told, on=event, how="semi")
    alone = references.join(beside, on="row_key", how="anti")
    last = (
        beside.filter(operation="assert")
        .sort(ORDER, nulls_last=False)
        .unique(["object_kind", "object_id"], keep="last", maintain_order=True)
    )
    current = beside.join(last, on=event, how="semi").filter(operation="assert")
    said = ("object_kind", "object_id", "relation", "reference_system", "reference_kind", "reference")
    every = pl.concat([current, latest(alone, by=said)]).sort("row_key").unique(said, keep="first", maintain_order=True)
    return every.with_columns(own_system=system_of())


def systems_here(things: pl.DataFrame) -> pl.DataFrame:
    """Of which systems there are things of which kind: `reference_system` and `expected`, the kind."""
    return things.select(reference_system="system", expected="kind").unique().sort("reference_system", "expected")


def resolve(references: pl.DataFrame, things: pl.DataFrame, known: pl.Series, here: pl.DataFrame) -> Referred:
    """Follow every reference that states an identity or an origin.

    `known`: every object id that was told of, also of what is no thing yet (a draft, something in conflict). `here`: the
    systems of which something is told.
    """
    ids = references.filter(
        pl.col("relation").is_in(["same_as", "derives_from"]) & ~pl.col("reference_kind").is_in(DESCRIPTIVE)
    ).with_row_index("reference_number")
    by_id = _by_id(ids, things)
    rest = ids.join(by_id, on="reference_number", how="anti")
    found = _by_number(rest, references, things)
    counted = found.with_columns(answers=pl.len().over("reference_number"))
    by_number = counted.filter(answers=1).select(by_id.columns)
    unclear = (
        counted.filter(pl.col("answers") > 1).group_by(ids.columns).agg(candidates=pl.col("target").sort().str.join(","))
    )
    lost = rest.join(found, on="reference_number", how="anti")
    links = _links(pl.concat([by_id, by_number]), things)
    shared = _shared(lost, things)
    copy = (pl.col("a_kind") == pl.col("b_kind")) & pl.col("copies")
    return Referred(
        copies=pl.concat([links.filter(copy).select(LINK), shared]),
        derived=links.filter(~copy).select(LINK),
        unclear=unclear,
        missing=_missing(lost, known, here),
    )


def own_numbers(references: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    """Every number that an object goes by, or only names without saying that it is the same: kind, object_id, number."""
    own = pl.col("reference_system").is_null() | (pl.col("reference_system") == pl.col("own_system"))
    named = references.filter(
        pl.col("reference_kind").str.contains(_NUMBER)
        & ((pl.col("relation") == "names") | ((pl.col("relation") == "same_as") & own))
    ).select("object_id", kind="object_kind", number=plain_number(pl.col("reference")))
    printed = things.select("object_id", "kind", "number")
    columns = ("kind", "object_id", "number")
    return pl.concat([printed.select(columns), named.select(columns)]).drop_nulls("number").unique()


def _by_id(ids: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    """References that are the id of an object.

    Ids are unique within a kind only. What is the same is of the same kind; what something derives from is an order or
    invoice where the reference says so, else of the same kind, else the bill before the agreement before the deal.
    """
    tries = pl.concat(
        [
            ids.with_columns(target="reference", attempt=pl.lit(0)),
            ids.with_columns(target=_prefixed(), attempt=pl.lit(1)).drop_nulls("target"),
        ]
    ).rename({"target": "written"})
    whole = things.select(written="object_id", target="object_id", target_kind="kind")
    short = whole.with_columns(written=short_id("written")).filter(pl.col("written") != pl.col("target"))
    alone = short.filter(pl.len().over("written", "target_kind") == 1)
    found = tries.join(pl.concat([whole, alone]), on="written")
    other = found.filter((pl.col("target") != pl.col("object_id")) | (pl.col("target_kind") != pl.col("object_kind")))
    same_kind = pl.col("target_kind") == pl.col("object_kind")
    fits = same_kind | ((pl.col("relation") == "derives_from") & pl.col("target_kind").is_in(list(_ORIGINS)))
    a_bill = pl.col("reference_kind").str.contains(_BILL) & (pl.col("target_kind") == "document")
    origin = pl.col("target_kind").replace_strict(_ORIGINS, default=len(_ORIGINS), return_dtype=pl.Int64)
    ranked = other.filter(fits).with_columns(rank=pl.when(a_bill).then(-2).when(same_kind).then(-1).otherwise(origin))
    chosen = ranked.sort("attempt", "rank").unique("reference_number", keep="first", maintain_order=True)
    return chosen.select(*ids.columns, "target", "target_kind")


def _prefixed() -> pl.Expr:
    return pl.concat_str("reference_system", pl.lit(":"), "reference")


def _by_number(ids: pl.DataFrame, references: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    numbers = own_numbers(references, things).join(things.select("kind", "object_id", "system"), on=["kind", "object_id"])
    wanted = ids.filter(pl.col("reference_kind").str.contains(_NUMBER)).with_columns(
        number=plain_number(pl.col("reference"))
    )
    answers = numbers.select(target="object_id", target_kind="kind", reference_system="system", number="number")
    found = wanted.join(answers, on=["reference_system", "number"])
    other = found.filter((pl.col("target") != pl.col("object_id")) | (pl.col("target_kind") != pl.col("object_kind")))
    # An order or invoice number names a bill, unless only another kind of thing answers to it.
    rank = pl.col("target_kind").replace_strict({"document": 0}, default=1, return_dtype=pl.Int8)
    best = other.with_columns(rank=rank).filter(pl.col("rank") == pl.col("rank").min().over("reference_number"))
    return best.select(*ids.columns, "target", "target_kind").unique(["reference_number", "target", "target_kind"])


def _links(found: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    """References with an answer as links; `copies` says whether the two are the same fact where their kinds agree."""
    sides = things.select("object_id", "kind", "type", "system")
    joined = found.join(
        sides.rename({"kind": "object_kind", "type": "own_type", "system": "its_system"}), on=["object_kind", "object_id"]
    ).join(
        sides.rename({"object_id": "target", "kind": "target_kind", "type": "target_type", "system": "target_system"}),
        on=["target", "target_kind"],
    )
    bill_of_bill = (pl.col("object_kind") == "document") & (pl.col("its_system") != pl.col("target_system"))
    same_type = pl.col("own_type") == pl.col("target_type")
    return joined.select(
        a="object_id",
        a_kind="object_kind",
        b="target",
        b_kind="target_kind",
        rule=pl.lit(SHARED_ID),
        confidence=pl.lit("certain"),
        evidence=as_json("reference_kind", "reference_system", "reference", reference_row="row_key"),
        copies=same_type & ((pl.col("relation") == "same_as") | bill_of_bill),
    )


def _shared(lost: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    """Things of one type in different systems that name the same id of a system that is not here."""
    order = pl.col("reference_kind").str.contains(_BILL) & (pl.col("object_kind") == "document")
    stated = lost.filter(pl.col("reference_system").is_not_null() & ((pl.col("relation") == "same_as") | order))
    typed = stated.join(things.select("object_id", "type", object_kind="kind"), on=["object_kind", "object_id"])
    same = ["object_kind", "type", "reference_system", "reference_kind", "reference"]
    anchors = typed.group_by(same).agg(b=pl.col("object_id").min(), systems=pl.col("own_system").n_unique())
    tied = typed.join(anchors.filter(pl.col("systems") > 1), on=same).filter(pl.col("b") != pl.col("object_id"))
    return tied.select(
        a="object_id",
        a_kind="object_kind",
        b="b",
        b_kind="object_kind",
        rule=pl.lit(SHARED_ID),
        confidence=pl.lit("certain"),
        evidence=as_json("reference_kind", "reference_system", "reference", reference_row="row_key"),
    ).unique(["a_kind", "a", "b"], keep="any")


def _missing(lost: pl.DataFrame, known: pl.Series, here: pl.DataFrame) -> pl.DataFrame:
    """References to an id of a system that is here and has told nothing of that id."""
    a_bill = pl.col("reference_kind").str.contains(_BILL)
    expected = pl.when(a_bill).then(pl.lit("document")).otherwise("object_kind")
    # A system's own id or number of a thing leads nowhere else.
    own = (pl.col("relation") == "same_as") & (pl.col("reference_system") == pl.col("own_system"))
    ids = lost.filter(pl.col("reference_kind").str.contains(_AN_ID) & ~own).with_columns(expected=expected)
    ids = ids.join(here, on=["reference_system", "expected"], how="semi")
    if ids.is_empty():
        return ids
    names = pl.concat([known, known.to_frame("object_id").select(short_id("object_id")).to_series()])
    told = pl.any_horizontal(name.is_in(names.implode()).fill_null(False) for name in (pl.col("reference"), _prefixed()))
    return ids.filter(~told)
