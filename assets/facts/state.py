"""The state of an object: its assertion that is latest by the order of facts.

Order: effective_at, then the source's own sequence (a row without one comes first), then known_at, then row_key. When a
row reached us is not part of it, so arrival order never matters (law 3).
"""

from __future__ import annotations

import polars as pl

ORDER = ("effective_at", "source_sequence", "known_at", "row_key")


def latest(rows: pl.DataFrame, by: tuple[str, ...] = ("object_id",)) -> pl.DataFrame:
    """One row an object: the latest by the order of facts; none where that is a retraction."""
    if rows.is_empty():
        return rows
    # Sorting by row_key is dear and nearly always needless: only rows that tie in effective_at are sorted.
    newest = rows.lazy().filter(pl.col("effective_at") == pl.col("effective_at").max().over(by))
    marked = newest.with_columns(_ties=pl.len().over(by)).collect()
    tied = marked.filter(pl.col("_ties") > 1).sort(ORDER, nulls_last=False)
    last = tied.unique(subset=list(by), keep="last", maintain_order=True)
    return pl.concat([marked.filter(pl.col("_ties") == 1), last]).drop("_ties").filter(operation="assert")
