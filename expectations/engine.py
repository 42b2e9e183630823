"""Great Expectations behind one function: control columns in, failing keys out. The only place that imports it.

Its import takes seconds, so it happens at the first judgement and once a process. It is handed pandas frames of NumPy
columns (Arrow-backed ones are several times slower), never a decimal: its sums of decimals go through floats.
Progress bars are off, and so is its analytics, which would call home.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from expectations.expectation import Expectation, Judged
from lakehouse.errors import RtrError

# Column of the control frame that names a row: the values of its key, joined.
ROW = "row_key"

_lock = threading.Lock()


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations says of one expectation: the keys of the rows that broke it."""

    expectation: Expectation
    failing_keys: tuple[str, ...]


def judge_controls(controls: pl.DataFrame, expectations: tuple[Expectation, ...]) -> list[Verdict]:
    """Judge a control frame: the column `row_key` and one column for each expectation, by its name.

    Shapes: one row for each row of the view. Raises RtrError GATE_BROKEN where Great Expectations itself fails or a
    control is neither boolean nor int64: a bug in the suite, never a pass.
    """
    if controls.is_empty():
        return [Verdict(expectation, ()) for expectation in expectations]
    with _lock:
        outcome = _validate(controls, expectations)
    by_name = {result.expectation_config.meta["name"]: result for result in outcome.results}
    return [_verdict(expectation, by_name[expectation.name]) for expectation in expectations]


@cache
def _great_expectations() -> Any:
    """The package, imported so that it neither logs nor calls home."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations
    from great_expectations.data_context.types import base

    # `base` sets its logger to INFO itself, to name a folder that nothing is put into.
    for name in (great_expectations.__name__, base.__name__):
        logging.getLogger(name).setLevel(logging.ERROR)
    return great_expectations


def _validate(controls: pl.DataFrame, expectations: tuple[Expectation, ...]) -> Any:
    gx = _great_expectations()
    suite = gx.ExpectationSuite(name="gate", expectations=[to_great_expectation(e) for e in expectations])
    batch = _batch_definition().get_batch({"dataframe": _to_pandas(controls)})
    return batch.validate(
        suite,
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": [ROW],
            "return_unexpected_index_query": False,
        },
    )


@cache
def _batch_definition() -> Any:
    """An ephemeral context with one data source: frames in memory."""
    gx = _great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("controls")
    return source.add_dataframe_asset("controls").add_batch_definition_whole_dataframe("whole")


def to_great_expectation(expectation: Expectation) -> Any:
    """The core expectation of Great Expectations, parametrised, with the description and severity of ours."""
    gxe = _great_expectations().expectations
    common: dict[str, Any] = {
        "description": expectation.description,
        "severity": str(expectation.severity),
        "meta": {"name": expectation.name, "level": str(expectation.level), "remedy": expectation.remedy},
    }
    match expectation.judged:
        case Judged.TRUE:
            return gxe.ExpectColumnValuesToBeInSet(column=expectation.name, value_set=[True], **common)
        case Judged.ZERO:
            return gxe.ExpectColumnValuesToBeBetween(column=expectation.name, min_value=0, max_value=0, **common)
        case Judged.UNIQUE:
            return gxe.ExpectColumnValuesToBeUnique(column=ROW, **common)


def _to_pandas(controls: pl.DataFrame) -> Any:
    """A pandas frame of NumPy columns: bool, int64, and one object column for the keys.

    Great Expectations takes a fingerprint of the frame, which costs as much for one column of strings as for ten others.
    """
    import pandas as pd

    columns: dict[str, Any] = {}
    for series in controls:
        values = series.to_numpy()
        if series.name == ROW:
            columns[series.name] = pd.Series(values, dtype=object)
        elif values.dtype in (np.dtype(np.bool_), np.dtype(np.int64)):
            columns[series.name] = values
        else:
            raise RtrError(
                "GATE_BROKEN",
                f"The control {series.name} is {series.dtype} with {series.null_count()} empty values.",
                "Let it be a boolean or an int64, and never empty.",
            )
    return pd.DataFrame(columns, copy=False)


def _verdict(expectation: Expectation, result: Any) -> Verdict:
    if result.success:
        return Verdict(expectation, ())
    named = result.result.get("unexpected_index_list")
    if not named:
        raise RtrError(
            "GATE_BROKEN",
            f"Great Expectations could not judge {expectation.name}: {result.exception_info}",
            "Report it with the message: nothing was let through.",
        )
    return Verdict(expectation, tuple(dict.fromkeys(str(row[ROW]) for row in named)))
