"""`Recognise`: facts to the lines that the journal lacks, cut by contract, for those who outgrow one machine.

    tables -> narrow -+-> ties, headers -> plan (one worker) -> shards ----+
                      +-> facts by shard -> GroupByKey -> postings by entry +-> GroupByKey -> lines
                      +-> the journal that is held, by entry ---------------+

* Input: pairs of the name of a table (without its layer) and a frame of some of its rows, bounded: silver, quarantine's
  `rejected` and `resolutions`, `period_log`, and the `journal` that is held. In any order and any cut.
* Output: frames of lines to append to gold.journal, the same as one process posts: ids, amounts, everything.
* A shard is a set of whole components of what names what; a shard too many costs a moment, one too few costs memory.

The rules are given (`assets.shards.journal.ShardedJournal`): this is only how they are spread. What every shard needs is a
side input. What the plan needs of all facts, ids and the headers of documents, cash and contracts, is in the memory of one
worker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import apache_beam as beam
import polars as pl

Block = tuple[str, pl.DataFrame]
Tables = Mapping[str, pl.DataFrame]

_GOVERNING, _JOURNAL, _FACTS = "governing", "journal", "facts"
_POSTINGS = "postings"


class Rules(Protocol):
    """What is recognised, and what of it belongs together."""

    @property
    def governing(self) -> frozenset[str]: ...

    @property
    def journal(self) -> str: ...

    @property
    def cut_by_contract(self) -> frozenset[str]: ...

    def narrowed(self, name: str, rows: pl.DataFrame) -> pl.DataFrame: ...

    def outlines(self, name: str, rows: pl.DataFrame, governing: Tables) -> list[Block]: ...

    def plan(self, outlines: Tables, governing: Tables, shards: int) -> Any: ...

    def terms(self, plan: Any) -> Any: ...

    def cut(self, rows: pl.DataFrame, plan: Any) -> list[tuple[int, pl.DataFrame]]: ...

    def cut_links(self, plan: Any) -> list[tuple[int, Block]]: ...

    def postings(self, facts: Tables, terms: Any) -> pl.DataFrame: ...

    def by_entry(self, rows: pl.DataFrame, buckets: int) -> list[tuple[int, pl.DataFrame]]: ...

    def additions(self, postings: pl.DataFrame | None, held: pl.DataFrame | None, terms: Any) -> pl.DataFrame: ...


class Recognise(beam.PTransform):  # type: ignore[misc]
    """See the module. `shards`: into how many parts the facts, and after them the entries, are cut."""

    def __init__(self, rules: Rules, shards: int) -> None:
        super().__init__()
        if shards < 1:
            raise ValueError("There is at least one shard.")
        self._rules = rules
        self._shards = shards

    def expand(self, tables: beam.PCollection) -> beam.PCollection:
        rules, shards = self._rules, self._shards
        told = tables | "Narrow" >> beam.ParDo(_Narrow(rules)).with_outputs(_GOVERNING, _JOURNAL, main=_FACTS)
        governing = beam.pvalue.AsList(told[_GOVERNING])
        outlines = told[_FACTS] | "Outline" >> beam.ParDo(_Outline(rules), governing)
        plan = (
            tables.pipeline
            | "Once" >> beam.Create([shards])
            | "Plan" >> beam.Map(_planned, rules, beam.pvalue.AsList(outlines), governing)
        )
        terms = beam.pvalue.AsSingleton(plan | "Terms" >> beam.Map(rules.terms))
        by_shard = (
            told[_FACTS] | "CutFacts" >> beam.ParDo(_Cut(rules), beam.pvalue.AsSingleton(plan)),
            plan | "CutLinks" >> beam.FlatMap(rules.cut_links),
        ) | "Parts" >> beam.Flatten()
        postings = (
            by_shard
            | "ToShards" >> beam.GroupByKey()
            | "Recognise" >> beam.ParDo(_Recognise(rules, shards), governing, terms)
        )
        held = told[_JOURNAL] | "CutJournal" >> beam.ParDo(_CutJournal(rules, shards))
        return (
            (postings, held)
            | "Entries" >> beam.Flatten()
            | "ToEntries" >> beam.GroupByKey()
            | "Post" >> beam.ParDo(_Post(rules), terms)
        )


def merged(blocks: Iterable[Block]) -> dict[str, pl.DataFrame]:
    """Blocks of the same table as one."""
    found: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for name, rows in blocks:
        found[name].append(rows)
    return {name: pl.concat(parts) for name, parts in found.items()}


def _planned(shards: int, rules: Rules, outlines: Sequence[Block], governing: Sequence[Block]) -> Any:
    return rules.plan(merged(outlines), merged(governing), shards)


class _Narrow(beam.DoFn):  # type: ignore[misc]
    """Leaves out what no rule reads, and tells apart what goes everywhere."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def process(self, block: Block) -> Iterator[Any]:
        name, rows = block
        read = self._rules.narrowed(name, rows)
        if not read.width or not read.height:
            return
        if name == self._rules.journal:
            yield beam.pvalue.TaggedOutput(_JOURNAL, read)
        elif name in self._rules.governing:
            yield beam.pvalue.TaggedOutput(_GOVERNING, (name, read))
        else:
            yield name, read


class _Outline(beam.DoFn):  # type: ignore[misc]
    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def process(self, block: Block, governing: Sequence[Block]) -> Iterable[Block]:
        return self._rules.outlines(*block, merged(governing))


class _Cut(beam.DoFn):  # type: ignore[misc]
    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def process(self, block: Block, plan: Any) -> Iterator[tuple[int, Block]]:
        name, rows = block
        if name in self._rules.cut_by_contract:
            for shard, part in self._rules.cut(rows, plan):
                yield shard, (name, part)


class _Recognise(beam.DoFn):  # type: ignore[misc]
    """Computes a shard as if there were no other."""

    def __init__(self, rules: Rules, buckets: int) -> None:
        self._rules = rules
        self._buckets = buckets

    def process(
        self, shard: tuple[int, Iterable[Block]], governing: Sequence[Block], terms: Any
    ) -> Iterator[tuple[int, Block]]:
        postings = self._rules.postings(merged([*governing, *shard[1]]), terms)
        for number, part in self._rules.by_entry(postings, self._buckets):
            yield number, (_POSTINGS, part)


class _CutJournal(beam.DoFn):  # type: ignore[misc]
    def __init__(self, rules: Rules, buckets: int) -> None:
        self._rules = rules
        self._buckets = buckets

    def process(self, held: pl.DataFrame) -> Iterator[tuple[int, Block]]:
        for number, part in self._rules.by_entry(held, self._buckets):
            yield number, (_JOURNAL, part)


class _Post(beam.DoFn):  # type: ignore[misc]
    """Compares the entries of a bucket with what the journal holds of them."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def process(self, entries: tuple[int, Iterable[Block]], terms: Any) -> Iterator[pl.DataFrame]:
        sides = merged(entries[1])
        lines = self._rules.additions(sides.get(_POSTINGS), sides.get(_JOURNAL), terms)
        if lines.height:
            yield lines
