"""Which of many data files bear a mark: asking the index of each file costs as much as there are files.

Sorted runs of marks and the numbers of the files that bear them, memory-mapped. They are made of the indexes of the files
(`lakehouse.row_index`) and are a cache like those: what is missing or damaged is made again. Files that the table no longer
has stay in a run until it is merged; whoever asks knows which it has.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Set
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from lakehouse.sorted_runs import MERGE_RATIO, Words, checksum_of, merge, seconds_of

# Runs that stay mapped; one more is mapped, and read for its checksum, again.
MAPPED = 512


@dataclass(frozen=True)
class Run:
    """Marks of some data files: `count` in all, in the file `name`."""

    name: str
    count: int
    checksum: str
    files: list[str]


class FilesByMark:
    """What one folder knows, as it stands now. Several processes may add to it: what one of them loses is made again."""

    def __init__(self, folder: Path, marks_in: Callable[[str], Words]) -> None:
        """`marks_in`: the marks of a data file in ascending order, asked for when it is learned."""
        self._folder, self._marks_in = folder, marks_in
        # What is mapped stays so, whoever deletes the file.
        self._mapped: dict[str, Words] = {}
        self._runs = self._told()

    @property
    def covered(self) -> set[str]:
        """The data files that are known; of others nothing is said."""
        return {file for run in self._runs for file in run.files}

    def bearing(self, wanted: Words) -> set[str]:
        """Those of the known files that bear one of some marks, which ascend."""
        return {run.files[number] for run in self._runs for number in seconds_of(self._mapped[run.name], wanted)}

    def learn(self, fresh: list[str], alive: Set[str]) -> None:
        """Know more files. Runs of like size become one, and those of whose files hardly half are alive are made anew."""
        lasting = [run for run in self._runs if 2 * len(alive & set(run.files)) > len(run.files)]
        worn = [file for run in self._runs if run not in lasting for file in run.files]
        marks = {file: self._marks_in(file) for file in [*fresh, *worn] if file in alive}
        while lasting and lasting[-1].count <= MERGE_RATIO * sum(map(len, marks.values())):
            marks |= {file: self._marks_in(file) for file in lasting.pop().files if file in alive}
        self._runs = [*lasting, self._written(marks)]
        self._save()

    def _told(self) -> list[Run]:
        try:
            runs = [Run(**told) for told in json.loads((self._folder / "manifest.json").read_text())]
            self._mapped = {run.name: opened(self._folder / run.name, run.count, run.checksum) for run in runs}
        except (FileNotFoundError, ValueError, TypeError):
            return []
        return runs

    def _written(self, marks: dict[str, Words]) -> Run:
        count = sum(map(len, marks.values()))
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._folder / f"{uuid.uuid4().hex}.run"
        # A file cannot be mapped while it is empty: a word more than there are entries.
        words = np.memmap(place, dtype=np.uint64, mode="w+", shape=(2 * count + 1,))[1:].reshape(2, count)
        if count:
            merge([(held, np.full(len(held), number, np.uint64)) for number, held in enumerate(marks.values())], words)
        self._mapped[place.name] = words
        # Not flushed to the disk: what a crash of the machine leaves of it fails its checksum.
        return Run(place.name, count, checksum_of(place), list(marks))

    def _save(self) -> None:
        fresh = self._folder / f"{uuid.uuid4().hex}.tmp"
        fresh.write_text(json.dumps([asdict(run) for run in self._runs]))
        os.replace(fresh, self._folder / "manifest.json")
        named = {run.name for run in self._runs}
        for stale in self._folder.glob("*.run"):
            if stale.name not in named:
                stale.unlink(missing_ok=True)


@lru_cache(maxsize=MAPPED)
def opened(file: Path, count: int, checksum: str) -> Words:
    """Marks and numbers in a file. FileNotFoundError where there is none, ValueError where it is damaged."""
    if file.stat().st_size != 8 * (2 * count + 1) or checksum_of(file) != checksum:
        raise ValueError(f"{file} is damaged")
    return np.memmap(file, dtype=np.uint64, mode="r")[1:].reshape(2, count)
