"""The plan of a computation in shards: which facts go where, and what only all facts together can tell.

Three things are not of one contract and are found here, once, before anything is cut:

* copies: which of several systems' documents, payments and contracts are one and which of them counts. Likeness compares
  amounts and days of everything of a customer, numbers go across customers, and one rule builds upon another;
* conflicts: an event in conflict holds every object that any of its rows speaks of;
* the first open period of each entity, its calendar and the choices of its ledger.

What is needed of the facts for that is their ids, and of the tables of `LINKING` the columns that are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.facts.admission import Facts, admit
from assets.facts.books import books_kept
from assets.facts.calendars import Calendars
from assets.facts.choices import Choices
from assets.facts.observed import FoundAmongAll, observe
from assets.ledger.periods import first_open_periods, require_after_close
from assets.links.clusters import clusters
from assets.links.linked import Links, link
from assets.shards.ties import TIE, bucket, of_everything
from lakehouse.tables import gold, ops, silver

TIES, HELD = "ties", "held"
_COPIES, _PAYERS = gold.SALE_COPIES.name, "payers"
_SHARD = "shard"


@dataclass(frozen=True)
class BookTerms:
    """What the journal of one book needs beside its postings."""

    book: str
    calendars: Calendars
    choices: Choices
    first_open: pl.DataFrame


@dataclass(frozen=True)
class Terms:
    """What every shard has to know: object ids in conflict, and the terms of each book."""

    held: pl.DataFrame
    books: tuple[BookTerms, ...]


@dataclass(frozen=True)
class Plan:
    """`shard_of`: name and shard of everything that names another. `links`: what was found among all facts."""

    shards: int
    shard_of: pl.DataFrame
    links: Links
    terms: Terms


def planned(
    outlines: Mapping[str, pl.DataFrame],
    governing: Mapping[str, pl.DataFrame],
    as_of: date,
    shards: int,
    books: Sequence[str] | None = None,
) -> Plan:
    """Cut the facts into shards. Raises RtrError AS_OF_IN_CLOSED_PERIOD.

    `outlines`: the tables of `LINKING`, `ties` and `held` (object ids in conflict) of all facts.
    """
    held = outlines.get(HELD, pl.DataFrame(schema={"object_id": pl.String})).unique().sort("object_id")
    links = link(admit({**governing, **outlines}, held))
    copies = links.copies.drop_nulls("counted_object_id").select(a="object_id", b="counted_object_id")
    payers = links.payers.select(a="cash_id", b="document_id")
    every = pl.concat([outlines.get(TIES, pl.DataFrame(schema=TIE)), copies, payers]).filter(pl.col("a") != pl.col("b"))
    components = clusters(every)
    shard_of = components.select("object_id", shard=bucket(components, ("group",), shards))
    log = governing.get(ops.PERIOD_LOG.name, ops.PERIOD_LOG.empty())
    entities = governing.get(silver.LEGAL_ENTITIES.name, silver.LEGAL_ENTITIES.empty())
    terms = [_terms(governing, held, log, as_of, book) for book in books or books_kept(entities)]
    return Plan(shards, shard_of, links, Terms(held, tuple(terms)))


def cut(rows: pl.DataFrame, plan: Plan) -> list[tuple[int, pl.DataFrame]]:
    """The rows of a table, which have object_id, by the shard in which they are needed."""
    everywhere = of_everything(rows)
    if everywhere.any():
        common = rows.filter(everywhere)
        own = dict(cut(rows.filter(~everywhere), plan))
        return [(n, pl.concat([own[n], common]) if n in own else common) for n in range(plan.shards)]
    found = rows.join(plan.shard_of, on="object_id", how="left", maintain_order="left")
    # What neither names anything nor is named is a component of its own.
    placed = found.with_columns(pl.coalesce(_SHARD, bucket(rows, ("object_id",), plan.shards)).alias(_SHARD))
    return [(int(key[0]), part) for key, part in placed.partition_by(_SHARD, as_dict=True, include_key=False).items()]


def cut_links(plan: Plan) -> list[tuple[int, tuple[str, pl.DataFrame]]]:
    """Which copies count and what cash settles by reference, as two more tables of each shard."""
    copies = cut(plan.links.copies, plan)
    payers = plan.links.payers.with_columns(object_id="cash_id")
    return [
        *((n, (_COPIES, part)) for n, part in copies),
        *((n, (_PAYERS, part.drop("object_id"))) for n, part in cut(payers, plan)),
    ]


def found_among_all(facts: Facts, held: pl.DataFrame) -> FoundAmongAll:
    """What a shard was told of the links, and the objects in conflict."""
    nothing = pl.DataFrame(schema={"cash_id": pl.String, "document_id": pl.String})
    links = Links(
        transactions=gold.TRANSACTION_LINKS.empty(),
        copies=facts.get(_COPIES, gold.SALE_COPIES.empty()).lazy().collect(),
        customers=gold.CUSTOMER_LINKS.empty(),
        products=gold.PRODUCT_LINKS.empty(),
        exceptions=gold.RECONCILIATION_EXCEPTIONS.empty(),
        payers=facts.get(_PAYERS, nothing).lazy().collect(),
        here=pl.DataFrame(schema={"reference_system": pl.String, "expected": pl.String}),
    )
    return FoundAmongAll(links, held)


def _terms(governing: Facts, held: pl.DataFrame, log: pl.DataFrame, as_of: date, book: str) -> BookTerms:
    ledger = observe(governing, as_of, book, found_among_all({}, held)).ledger
    first_open = first_open_periods(log, book, ledger.calendars)
    require_after_close(first_open, as_of)
    return BookTerms(book, ledger.calendars, ledger.choices, first_open)
