"""Sorted runs of numbers that grow by merging: what is added is a small run, and runs of like size become one.

A run is columns of 64-bit words in the order of the first; it may lie in a memory-mapped file, so that what is held there
costs no memory of the process.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

MERGE_ROWS = 1 << 18
# Runs are merged while the newer is at least half as large as the older: an entry is rewritten O(log n) times.
MERGE_RATIO = 2

Words = npt.NDArray[np.uint64]
Columns = Sequence[Words] | Words


def merge(runs: Sequence[Columns], into: Words) -> None:
    """Write sorted runs as one, a slice of the first column's values at a time: memory stays flat.

    `into`: a row for each column, as long as all runs together. Entries of one value stay in the order of the runs.
    """
    largest = max((run[0] for run in runs), key=len)
    starts, written = [0] * len(runs), 0
    for last in range(MERGE_ROWS, len(largest) + MERGE_ROWS, MERGE_ROWS):
        if last < len(largest):
            ends = [int(np.searchsorted(run[0], largest[last])) for run in runs]
        else:
            ends = [len(run[0]) for run in runs]
        slices = [slice(start, end) for start, end in zip(starts, ends, strict=True)]
        columns = [
            np.concatenate([run[number][part] for run, part in zip(runs, slices, strict=True)])
            for number in range(len(into))
        ]
        order = np.argsort(columns[0], kind="stable")
        end = written + len(order)
        for number, column in enumerate(columns):
            into[number, written:end] = column[order]
        starts, written = ends, end
