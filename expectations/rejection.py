"""How a row that failed is put into quarantine: under a key that a repeated gate meets again, with a message."""

from __future__ import annotations

import polars as pl

from expectations.expectation import Expectation
from lakehouse.table import Table
from lakehouse.tables import quarantine

STAGE = "gate"
EMPTY = "empty"


def rejections(table: Table, expectation: Expectation, failing: pl.DataFrame) -> pl.DataFrame:
    """Rows of quarantine.rejected for the failing rows of a silver table, without the time of rejection.

    The key is the stage, the table, the row and the expectation: rejecting the same row again is a repeat.
    """
    row_key = pl.col("row_key")
    return quarantine.REJECTED.conform(
        failing.select(
            pl.concat_str([pl.lit(f"{STAGE}|{table.qualified_name}|"), row_key, pl.lit(f"|{expectation.name}")]).alias(
                "quarantine_key"
            ),
            pl.lit(STAGE).alias("stage"),
            "source",
            pl.lit(table.qualified_name).alias("split"),
            "source_event_id",
            "object_id",
            row_key,
            pl.lit(expectation.code).alias("code"),
            message(expectation, failing.schema).alias("message"),
            pl.lit(expectation.remedy).alias("remedy"),
            "content_hash",
        )
    )


def message(expectation: Expectation, schema: pl.Schema) -> pl.Expr:
    """What is wrong with a row: the assertion that it breaks and the values that break it."""
    shown = [pl.format(f"{name} = {{}}", _text(name, schema)) for name in expectation.shows]
    if not shown:
        return pl.lit(expectation.description)
    return pl.concat_str([pl.lit(f"{expectation.description} Here "), pl.concat_str(shown, separator=", "), pl.lit(".")])


def _text(name: str, schema: pl.Schema) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null(EMPTY)
