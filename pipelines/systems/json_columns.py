"""JSON text to columns, a block at a time, by DuckDB's vectorised JSON functions (yyjson).

Measured on 77 MB of Stripe events (3.2 KB each, 110 nested leaves), one thread: Polars' `read_ndjson` 20-26 MB/s and
`str.json_decode` 92 MB/s, both failing a whole block for one malformed line; DuckDB's `from_json` 270-330 MB/s, record
by record. Its parser is not recursive, so that no depth of nesting can overflow the stack.
Leaves come as text: `from_json` turns objects and lists at a leaf into their JSON, and a container of the wrong type
into nulls, which `screening` looks for.
"""

from __future__ import annotations

import threading
from functools import cache

import duckdb
import polars as pl

# One thread: several batches run side by side, and rows keep their order.
_SETTINGS = {"threads": 1, "autoinstall_known_extensions": "false"}
_LOCAL, _LOCK = threading.local(), threading.Lock()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config=_SETTINGS)


def _connection() -> duckdb.DuckDBPyConnection:
    """One a thread, all to one database: a database of its own keeps 3 MiB more for each thread, and a stream has 30."""
    if not hasattr(_LOCAL, "connection"):
        with _LOCK:
            _LOCAL.connection = _database().cursor()
        # There is nothing to optimise in a projection, and looking for it takes a fifth of a query of few records.
        _LOCAL.connection.execute("PRAGMA disable_optimizer")
    connection: duckdb.DuckDBPyConnection = _LOCAL.connection
    return connection


def _query(texts: pl.Series, expressions: str) -> pl.DataFrame:
    """Expressions over `text`, in the order of the texts."""
    block = texts.to_frame("text").to_arrow(compat_level=pl.CompatLevel.newest())
    frame = pl.from_arrow(_connection().from_arrow(block).project(expressions).to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    if frame.height != len(texts):
        raise RuntimeError(f"{len(texts)} records gave {frame.height} rows")
    return frame


def is_object(texts: pl.Series) -> pl.Series:
    """Whether each text, which must be JSON, is an object."""
    return _query(texts, "json_type(text) = 'OBJECT' as found").to_series().fill_null(False)


def valid(texts: pl.Series) -> pl.Series:
    """Whether each text is one JSON object."""
    return _query(texts, "case when json_valid(text) then json_type(text) = 'OBJECT' else false end as found").to_series()


def is_container(texts: pl.Series, path: str) -> pl.Series:
    """Whether an object or a list stands at the path of each text, which must be JSON."""
    return _query(texts, f"coalesce(json_type(text, '{path}') in ('OBJECT', 'ARRAY'), false) as found").to_series()


def extract(texts: pl.Series, paths: dict[str, str]) -> tuple[pl.DataFrame, pl.Series]:
    """Text found at each path ($.a.b) by name, and the places of the texts that are not exactly one JSON value."""
    wanted = ", ".join(f"'{path}'" for path in paths.values())
    found = _query(texts, f"try(json_extract_string(text, [{wanted}])) as found").to_series()
    columns = found.to_frame().select(pl.col("found").list.get(i).alias(name) for i, name in enumerate(paths))
    return columns, found.is_null().arg_true()


def keys(texts: pl.Series) -> pl.Series:
    """Keys of each text, which must be a JSON object."""
    return _query(texts, "json_keys(text) as names").to_series()


def keys_at(texts: pl.Series, paths: list[str]) -> list[pl.Series]:
    """For each path ($.a.b) the keys of the object there in each text, which must be JSON; null where there is none."""
    wanted = ", ".join(f"'{path}'" for path in paths)
    found = _query(texts, f"json_keys(text, [{wanted}]) as names").to_series()
    return [found.list.get(place, null_on_oob=True) for place in range(len(paths))]


def read(texts: pl.Series, structure: str) -> pl.Series:
    """Each text, which must be JSON, as a struct of the given structure (see `shape.structure`)."""
    return _query(texts, f"from_json(text, '{structure}') as record").to_series()
