"""What new facts change: the closed part of the facts that they touch, computed without them and with them.

Where the facts of a part meet no others in any rule, a gold table is the sum of what its parts call for. So the table after
the new facts is the table before, less what the part called for, plus what it calls for now; and the journal gets what the
part's lines lack (DESIGN, section 7).

Everything is computed instead where new facts govern all contracts (a policy, an entity, a price, a product, a rate, an
estimate, a judgement, what a gate or a conflict keeps out), where a system is heard of for the first time, or where the
part is large.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from assets.facts.admission import Facts
from assets.incremental.touched import touched
from assets.pipeline import Computation, new_journal_lines, observe_and_recognise
from lakehouse.row_index import Rows
from lakehouse.table import Table


@dataclass(frozen=True)
class Increment:
    """One part of the facts `before` and `after` new ones came, each computed for every book in the same order.

    `ids`: every id that the part bears or names. `facts_before`, `facts_after`: the facts themselves.
    """

    before: Sequence[Computation]
    after: Sequence[Computation]
    ids: pl.Series
    facts_before: Facts
    facts_after: Facts

    def rows(self, rule: Callable[[Computation], pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What a rule made of the part before, and what it makes of it now, in the first book."""
        return rule(self.before[0]), rule(self.after[0])

    def contracts(self) -> int:
        """How many contracts the part holds; an invoice or order that names none is one."""
        return int(self.after[0].observed.contracts.get_column("object_id").append(self._billed()).n_unique())

    def _billed(self) -> pl.Series:
        return self.after[0].observed.invoices.get_column("contract_id").alias("object_id")


def increment(
    facts: Facts,
    fresh: Mapping[str, pl.DataFrame],
    tied: Mapping[Table, Rows],
    as_of: date,
    books: Sequence[str],
    systems: pl.DataFrame,
) -> Increment | None:
    """What `fresh`, the new rows among `facts`, changes; None where everything must be computed.

    `tied`: as `assets.incremental.touched.touched` takes it.
    `as_of` and `books` are those of what stands. `systems`: of which systems all facts before told something
    (`assets.links.references.systems_here`).
    """
    part = touched(facts, fresh, tied)
    if part is None:
        return None

    def computed(of: Facts) -> list[Computation]:
        computations = [observe_and_recognise(of, as_of, book, systems) for book in books]
        for computation in computations:
            _ = computation.desired.waiting  # computes all that is desired, now that another core may do half of it
        return computations

    # A small part costs the planning of many small queries, each on one core.
    with ThreadPoolExecutor(2) as pool:
        before, after = pool.map(computed, (part.before, part.after))
    was, is_ = (computations[0].observed.links.here for computations in (before, after))
    new = is_.join(systems, on=is_.columns, how="anti")
    gone = was.join(is_, on=was.columns, how="anti")
    return None if new.height or gone.height else Increment(before, after, part.ids, part.before, part.after)


def lines_to_append(change: Increment, period_log: pl.DataFrame, ours: pl.DataFrame, booked_at: datetime) -> pl.DataFrame:
    """Lines to append to the journal in every book; `ours` are the lines of the part."""
    return pl.concat([new_journal_lines(computation, period_log, ours, booked_at) for computation in change.after])
