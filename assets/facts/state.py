"""The state of an object: its assertion that is latest by the order of facts.

Order: effective_at, then the source's own sequence (a row without one comes first), then known_at, then row_key. When a
row reached us is not part of it, so arrival order never matters (law 3).

A row may tell a change instead of a state: it names the columns it speaks of in `changed_columns` and says nothing of the
others, where taking it for the state would wipe them. `whole_states` gives such a row the state that it leaves behind.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CHANGED_COLUMNS, FACT_COLUMNS

ORDER = ("effective_at", "source_sequence", "known_at", "row_key")

_OF_THE_ROW = frozenset((*(column.name for column in FACT_COLUMNS), CHANGED_COLUMNS))


def latest(rows: pl.DataFrame, by: tuple[str, ...] = ("object_id",)) -> pl.DataFrame:
    """One row an object: the latest by the order of facts; none where that is a retraction."""
    # Most objects are told once, and sorting by row_key is dear: only rows that tie in effective_at are sorted.
    again = rows.select(pl.struct(by).is_duplicated() if len(by) > 1 else pl.col(by[0]).is_duplicated()).to_series()
    once = rows.filter(~again).filter(operation="assert")
    if not again.any():
        return once
    newest = rows.filter(again).lazy().filter(pl.col("effective_at") == pl.col("effective_at").max().over(by))
    marked = newest.with_columns(_ties=pl.len().over(by)).collect()
    tied = marked.filter(pl.col("_ties") > 1).sort(ORDER, nulls_last=False)
    last = tied.unique(subset=list(by), keep="last", maintain_order=True)
    told_again = pl.concat([marked.filter(pl.col("_ties") == 1), last]).drop("_ties").filter(operation="assert")
    return pl.concat([once, told_again])


def whole_states(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row as the state that it leaves behind, whatever of it the row itself tells; in no particular order.

    In the order of facts a column keeps what the latest row that speaks of it says, be it nothing. A retraction ends a
    life: what was told before it does not count after it. `changed_columns` becomes empty where the state is whole and
    stays where no whole state has been told yet: of such an object only what the changes say is known.
    """
    if rows.get_column(CHANGED_COLUMNS).null_count() == rows.height:
        return rows
    changing = rows.filter(pl.col(CHANGED_COLUMNS).is_not_null()).select("object_id").unique()
    untouched = rows.join(changing, on="object_id", how="anti")
    ordered = rows.join(changing, on="object_id", how="semi").sort("object_id", *ORDER, nulls_last=False)
    retracted = pl.col("operation") == "retract"
    other = pl.col("object_id") != pl.col("object_id").shift(1)
    marked = ordered.with_columns(
        _place=pl.int_range(pl.len()),
        _whole=pl.col(CHANGED_COLUMNS).is_null(),
        _first=(other | retracted | retracted.shift(1)).fill_null(True),
        _named=pl.col(CHANGED_COLUMNS).str.split(","),
    )
    told = [name for name in rows.columns if name not in _OF_THE_ROW]
    states = marked.with_columns(
        *(_as_last_told(name) for name in told),
        pl.when(_as_last_told("_whole", pl.col("_whole")).is_null()).then(CHANGED_COLUMNS).alias(CHANGED_COLUMNS),
    )
    return pl.concat([untouched, states.select(rows.columns)])


def _as_last_told(name: str, spoken: pl.Expr | None = None) -> pl.Expr:
    """What the latest row of the same life that speaks of a column says of it; nothing where none does."""
    speaks = pl.col("_whole") | pl.col("_named").list.contains(name) if spoken is None else spoken
    place = pl.when(speaks | pl.col("_first")).then("_place").forward_fill()
    return pl.when(speaks).then(name).gather(place).alias(name)


def merged(rows: pl.DataFrame) -> pl.DataFrame:
    """One row an object: its whole state, put together from whole states and changes.

    None where the latest row is a retraction, and none while only changes are known: the object waits for its whole state.
    """
    return latest(whole_states(rows)).filter(pl.col(CHANGED_COLUMNS).is_null())
