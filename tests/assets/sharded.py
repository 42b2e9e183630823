"""The journal computed in shards, without Beam: what the transform does, step by step, in this process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from assets.facts.books import books_kept
from assets.ledger.desired import OBLIGATIONS_A_PART
from assets.pipeline import new_journal_lines, observe_and_recognise
from assets.shards.journal import ShardedJournal
from lakehouse.tables import gold, ops, silver
from tests.assets.revenue_facts import BOOKED_AT

Tables = Mapping[str, pl.DataFrame]


def rules(as_of: str) -> ShardedJournal:
    return ShardedJournal(date.fromisoformat(as_of), BOOKED_AT)


def in_one(tables: Tables, as_of: str, most: int = OBLIGATIONS_A_PART) -> pl.DataFrame:
    """The lines that one process appends, in every book. `tables` may hold `period_log` and `journal`.

    `most`: of how many obligations the postings are in memory at once.
    """
    log = tables.get("period_log", ops.PERIOD_LOG.empty())
    held = tables.get("journal", gold.JOURNAL.empty())
    books = books_kept(tables.get("legal_entities", silver.LEGAL_ENTITIES.empty()))
    computed = [observe_and_recognise(tables, date.fromisoformat(as_of), book) for book in books]
    parted = [replace(each, desired=replace(each.desired, most=most)) for each in computed]
    return pl.concat([new_journal_lines(each, log, held, BOOKED_AT) for each in parted]).sort("line_id")


def in_shards(tables: Tables, as_of: str, count: int) -> pl.DataFrame:
    """The same lines from so many shards."""
    of = rules(as_of)
    read = {name: of.narrowed(name, rows) for name, rows in tables.items()}
    governing = {name: rows for name, rows in read.items() if name in of.governing}
    facts = {name: rows for name, rows in read.items() if name not in of.governing and name != of.journal and rows.width}
    outlines = _gathered([part for name, rows in facts.items() for part in of.outlines(name, rows, governing)])
    plan = of.plan(outlines, governing, count)
    shards = defaultdict(list)
    for name in facts.keys() & of.cut_by_contract:
        for number, part in of.cut(facts[name], plan):
            shards[number].append((name, part))
    for number, block in of.cut_links(plan):
        shards[number].append(block)
    posted, held = defaultdict(list), defaultdict(list)
    for blocks in shards.values():
        for number, part in of.by_entry(of.postings(governing | _gathered(blocks), plan.terms), count):
            posted[number].append(part)
    if of.journal in read:
        for number, part in of.by_entry(read[of.journal], count):
            held[number].append(part)
    added = [
        of.additions(
            pl.concat(posted[number]) if number in posted else None,
            pl.concat(held[number]) if number in held else None,
            plan.terms,
        )
        for number in sorted(posted.keys() | held.keys())
    ]
    return pl.concat([gold.JOURNAL.empty(), *added]).sort("line_id")


def _gathered(blocks: list[tuple[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    found: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for name, rows in blocks:
        found[name].append(rows)
    return {name: pl.concat(parts) for name, parts in found.items()}
