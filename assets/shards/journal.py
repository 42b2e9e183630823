"""The journal in shards: the same lines as `assets.pipeline` posts in one process, from parts that know nothing of another.

Two cuts, because a line of the journal may outlive the facts that it was posted for: facts are cut by what names what, and
postings and the journal that is held are cut by contract, document and event, so that an entry is whole in one bucket.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from assets.facts.admission import objects_in_conflict
from assets.facts.observed import observe
from assets.ledger.accounts import ACCOUNT_TYPE, KIND_TYPE
from assets.ledger.desired import desired_postings
from assets.ledger.journal import COMPARED, journal_additions
from assets.ledger.translation import TRANSLATED
from assets.recognition.computed import recognise
from assets.shards.plan import HELD, TIES, Plan, Terms, cut, cut_links, found_among_all, planned
from assets.shards.ties import GOVERNING, LINKING, NAMING, bucket, narrowed, ties
from lakehouse.table import Table
from lakehouse.tables import gold

Tables = Mapping[str, pl.DataFrame]

_ENTRY = ("contract_id", "document_id", "event_id")
_TYPES: dict[str, pl.DataType] = {
    "event_kind": KIND_TYPE,
    "account": ACCOUNT_TYPE,
    **dict.fromkeys(("amount", "functional_amount"), pl.Int64()),
    **dict.fromkeys(("posted_on", "service_period", "accounting_period"), pl.Date()),
}
_POSTINGS = pl.Schema({"book": pl.String(), **{name: _TYPES.get(name, pl.String()) for name in TRANSLATED}})


@dataclass(frozen=True)
class ShardedJournal:
    """The rules of the journal for `pipelines.recognise`: what to post as of a day, booked at a moment.

    `books`: which are computed, every one that an entity keeps by default.
    """

    as_of: date
    booked_at: datetime
    books: Sequence[str] | None = None

    @property
    def reads(self) -> tuple[Table, ...]:
        """Every table that the pipeline has to be given."""
        return tuple(dict.fromkeys((*GOVERNING, *NAMING, *LINKING, gold.JOURNAL)))

    @property
    def governing(self) -> frozenset[str]:
        """Names of the tables that every shard reads."""
        return frozenset(table.name for table in GOVERNING)

    @property
    def journal(self) -> str:
        """Name of the table that holds what is posted already."""
        return gold.JOURNAL.name

    @property
    def cut_by_contract(self) -> frozenset[str]:
        """Names of the tables that are cut into shards."""
        return frozenset(table.name for table in NAMING)

    def narrowed(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """What the rules read of a table; without columns where they read nothing of it."""
        return narrowed(name, rows)

    def outlines(self, name: str, rows: pl.DataFrame, governing: Tables) -> list[tuple[str, pl.DataFrame]]:
        """What the plan has to know of some rows of a table."""
        told = [(TIES, ties(name, rows)), (HELD, objects_in_conflict({**governing, name: rows}))]
        linked = [(name, rows)] if any(name == table.name for table in LINKING) else []
        return [(part, frame) for part, frame in (*told, *linked) if frame.height]

    def plan(self, outlines: Tables, governing: Tables, shards: int) -> Plan:
        """Cut the facts into shards. Raises RtrError AS_OF_IN_CLOSED_PERIOD."""
        return planned(outlines, governing, self.as_of, shards, self.books)

    def terms(self, plan: Plan) -> Terms:
        """What of the plan every shard has to know."""
        return plan.terms

    def cut(self, rows: pl.DataFrame, plan: Plan) -> list[tuple[int, pl.DataFrame]]:
        """The rows of a table by shard."""
        return cut(rows, plan)

    def cut_links(self, plan: Plan) -> list[tuple[int, tuple[str, pl.DataFrame]]]:
        """What was found among all facts, as tables by shard."""
        return cut_links(plan)

    def postings(self, facts: Tables, terms: Terms) -> pl.DataFrame:
        """Every posting that the facts of a shard, with those that govern it, call for, in each book; minor units."""
        found = found_among_all(facts, terms.held)
        books = [pl.DataFrame(schema=_POSTINGS)]
        for each in terms.books:
            observed = observe(facts, self.as_of, each.book, found)
            posted = desired_postings(observed, recognise(observed)).postings
            books.append(posted.select(pl.lit(each.book).alias("book"), *TRANSLATED).cast(_POSTINGS))
        return pl.concat(books)

    def by_entry(self, rows: pl.DataFrame, buckets: int) -> list[tuple[int, pl.DataFrame]]:
        """Postings or lines of the journal by the bucket of their entry."""
        placed = rows.with_columns(bucket=bucket(rows, _ENTRY, buckets))
        return [(int(key[0]), part) for key, part in placed.partition_by("bucket", as_dict=True, include_key=False).items()]

    def additions(self, postings: pl.DataFrame | None, held: pl.DataFrame | None, terms: Terms) -> pl.DataFrame:
        """The lines of the entries of one bucket that the journal lacks."""
        desired = pl.DataFrame(schema=_POSTINGS) if postings is None else postings
        before = gold.JOURNAL.empty().select(COMPARED) if held is None else held
        return pl.concat(
            journal_additions(
                desired.filter(book=each.book).drop("book"),
                before,
                each.first_open,
                self.booked_at,
                book=each.book,
                calendars=each.calendars,
                choices=each.choices,
            )
            for each in terms.books
        )
