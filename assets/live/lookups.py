"""Looking up what silver says of some objects, at one version of each table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from assets.links.objects import short_id
from assets.live.copies import KINDS, NOTHING_LEFT_OUT, POLICY_NAMES, STATED, left_out
from assets.live.figures import Rows, columns_read
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import gold, silver
from lakehouse.whereabouts import Whereabouts

Versions = Mapping[Table, int | None]
_KEYS = {
    "object_id": short_id("object_id"),
    "document_id": short_id("document_id"),
    "stated": STATED,
    "name": pl.col("name"),
}
_REFUND, _LINKED = pl.col("kind") == "refund", pl.col("object_kind").is_in(KINDS)


@dataclass
class Memory:
    """What one thread keeps from one publication to the next, so that a look-up reads only the files that hold something.

    Only a cache: without it each look-up reads its table.
    """

    places: dict[tuple[Table, str], Whereabouts] = field(default_factory=dict)
    copies: tuple[int, pl.DataFrame] | None = None


class Lookups:
    """Rows of some objects at some versions; a table without a version is empty. Ids of objects go without their family."""

    def __init__(self, lake: Lakehouse, versions: Versions, memory: Memory | None = None) -> None:
        self._lake = lake
        self._versions = versions
        self._memory = memory

    def around(self, objects: pl.Series) -> tuple[Rows, pl.Series]:
        """Everything that decides what these objects count for, and those of which that may change with them.

        That is whoever states their id or has its id stated by them; of these only the lines are needed as well, of whom
        these name in their turn only that they are there.
        """
        naming = self._naming(objects)
        touched = _ends(objects, naming)
        beside = naming if touched.len() == objects.len() else self._naming(touched)
        known = _ends(touched, beside)
        beyond = known.filter(~known.is_in(touched.implode()))
        references = [beside, self._of(silver.EXTERNAL_REFERENCES, beyond, "object_id").filter(_LINKED)]
        rows = {
            silver.DOCUMENTS: self._of(silver.DOCUMENTS, known, "object_id"),
            silver.DOCUMENT_LINES: self._of(silver.DOCUMENT_LINES, touched, "document_id"),
            silver.CASH: self._of(silver.CASH, known, "object_id").filter(_REFUND),
            silver.EXTERNAL_REFERENCES: pl.concat(references).unique("row_key"),
            silver.POLICIES: self._of(silver.POLICIES, pl.Series(POLICY_NAMES), "name"),
        }
        return rows, touched

    def everything(self) -> Rows:
        """All rows that decide what is sold and given back."""
        chosen = {
            silver.DOCUMENTS: None,
            silver.DOCUMENT_LINES: None,
            silver.CASH: _REFUND,
            silver.EXTERNAL_REFERENCES: _LINKED,
            silver.POLICIES: pl.col("name").is_in(POLICY_NAMES),
        }
        scans = {table: self._scan(table).filter(True if wanted is None else wanted) for table, wanted in chosen.items()}
        return {table: scan.select(columns_read(table)).collect() for table, scan in scans.items()}

    def usage(self) -> pl.LazyFrame:
        """All usage."""
        return self._scan(silver.USAGE).select(columns_read(silver.USAGE))

    def left_out(self) -> pl.DataFrame:
        """kind and object_id of the copies that the last refresh found not to count."""
        version = self._versions[gold.SALE_COPIES]
        if version is None:
            return NOTHING_LEFT_OUT
        if self._memory and self._memory.copies and self._memory.copies[0] == version:
            return self._memory.copies[1]
        found = left_out(self._lake.scan(gold.SALE_COPIES, version))
        if self._memory:
            self._memory.copies = (version, found)
        return found

    def _naming(self, objects: pl.Series) -> pl.DataFrame:
        """References that these objects make, or that are made to them."""
        return self._of(silver.EXTERNAL_REFERENCES, objects, "object_id", "stated").filter(_LINKED)

    def _of(self, table: Table, values: pl.Series, *keys: str) -> pl.DataFrame:
        """Rows of which any of the keys is one of the values."""
        columns, version = columns_read(table), self._versions[table]
        if version is None or values.is_empty():
            return table.empty().select(columns)
        if self._memory is None:
            named = pl.any_horizontal(_KEYS[key].is_in(values.implode()) for key in keys)
            return self._scan(table).filter(named).select(columns).collect()
        places = self._memory.places
        for key in keys:
            places.setdefault((table, key), Whereabouts(self._lake, table, _KEYS[key]))
        return pl.concat(places[table, key].rows(values, version, columns) for key in keys).unique("row_key")

    def _scan(self, table: Table) -> pl.LazyFrame:
        version = self._versions[table]
        return table.empty().lazy() if version is None else self._lake.scan(table, version)


def _ends(objects: pl.Series, references: pl.DataFrame) -> pl.Series:
    """The objects with those at the other ends of the references."""
    ends = [references.select(name.alias("object_id")) for name in (_KEYS["object_id"], STATED)]
    every = pl.concat([objects.rename("object_id").to_frame(), *ends])
    return every.get_column("object_id").drop_nulls().unique()
