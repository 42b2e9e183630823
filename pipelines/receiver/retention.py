"""Removing segments whose every record stands in bronze: only where an operator asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from lakehouse.progress import positions
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze
from pipelines.receiver.config import ReceiverConfig
from pipelines.receiver.segments import SUFFIX, unwritten


def remove_ingested(
    lake: Lakehouse, config: ReceiverConfig, spool: Path, hours: float, clock: Callable[[], float] = time.time
) -> list[Path]:
    """Remove segments that nobody writes, that were last written so many hours ago, and that bronze holds to their end.

    How far a segment was read stands in the same commit as its records, under its absolute path: `rtr ingest` must have
    read it from here. Returns what was removed.
    """
    if not lake.exists(bronze.EVENTS):
        return []
    removed = []
    for source in config.sources.values():
        committed = positions(lake, bronze.EVENTS, source.system)
        for path in sorted((spool / source.name).absolute().glob(f"*{SUFFIX}")):
            with unwritten(path) as descriptor:
                state = path.stat()
                old = clock() - state.st_mtime >= hours * 3600
                if descriptor is not None and old and 0 < state.st_size <= committed(str(path)):
                    path.unlink()
                    removed.append(path)
    return removed
