"""What is killed: ingests and maintenance that send themselves SIGKILL at a chosen moment, on a store that fails at times.

The moments are set by wrapping functions of the project; nothing in the project knows of them.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from lakehouse import commit, progress
from lakehouse.key_index import KeyIndex
from lakehouse.maintenance import Policy, maintain
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import bronze, quarantine, silver
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import ingest
from pipelines.sources import reading
from pipelines.transforms import stage

TABLES = (bronze.EVENTS, silver.SOURCE_EVENTS, silver.CASH, silver.CUSTOMERS, quarantine.REJECTED)
FAILING = 1 / 50
# Where an ingest dies, and where a maintenance dies.
INGEST_MOMENTS = (
    "reading",
    "normalising",
    "staging half a file",
    "after staging",
    "before the commit",
    "after the commit",
    "in the index",
    "in the index's manifest",
    "before the positions",
    "any time",
)
MAINTENANCE_MOMENTS = ("during compaction", "after compaction", "during vacuum", "any time")
LIFE = IngestOptions(batch_bytes=24_000, range_bytes=9_000, follow=True, trigger_seconds=0.05, record_seconds=2.0)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Moment:
    """Kills this process when a wrapped call has happened so often."""

    def __init__(self, chance: random.Random) -> None:
        self._left = chance.randint(1, 12)

    def before(self, holder: Any, name: str) -> None:
        self._wrap(holder, name, after=False)

    def after(self, holder: Any, name: str) -> None:
        self._wrap(holder, name, after=True)

    def _wrap(self, holder: Any, name: str, after: bool) -> None:
        real: Callable[..., Any] = getattr(holder, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self._left -= 1
            if self._left > 0:
                return real(*args, **kwargs)
            if after:
                real(*args, **kwargs)
            die()

        setattr(holder, name, wrapped)


def fail_now_and_then(chance: random.Random) -> None:
    """One commit in fifty is refused, one in fifty succeeds and its reply is lost; one file in fifty cannot be written."""
    create, put = Lakehouse.create, Lakehouse.put

    def unsure(lake: Lakehouse, table: Table, path: str, payload: bytes) -> None:
        if chance.random() < FAILING:
            raise OSError("the store failed")
        create(lake, table, path, payload)
        if chance.random() < FAILING:
            raise OSError("the reply was lost")

    def unsure_put(lake: Lakehouse, table: Table, path: str, payload: bytes) -> None:
        if chance.random() < FAILING / 5:
            raise OSError("the store failed")
        put(lake, table, path, payload)

    Lakehouse.create = unsure  # type: ignore[method-assign]
    Lakehouse.put = unsure_put  # type: ignore[method-assign]


def run_ingest(root: str, pattern: str, seed: int, moment: str) -> None:
    """Follow the files until killed at the moment."""
    chance = random.Random(seed)
    fail_now_and_then(chance)
    arm(moment, Moment(chance), chance)
    ingest(Lakehouse(root), [Feed("native", pattern)], LIFE)


def arm(moment: str, kill: Moment, chance: random.Random) -> None:
    match moment:
        case "reading":
            kill.after(reading.FileRange, "read")
        case "normalising":
            kill.after(stage, "normalise")
        case "staging half a file":
            real, calls = Lakehouse.put, count(chance.randint(1, 30), -1)

            def half(lake: Lakehouse, table: Table, path: str, payload: bytes) -> None:
                last = next(calls) <= 0
                real(lake, table, path, payload[: len(payload) // 2] if last else payload)
                if last:
                    die()

            Lakehouse.put = half  # type: ignore[method-assign]
        case "after staging":
            kill.after(stage, "stage")
        case "before the commit":
            kill.before(Lakehouse, "create")
        case "after the commit":
            kill.after(Lakehouse, "create")
        case "in the index":
            kill.after(KeyIndex, "_write_run")
        case "in the index's manifest":
            kill.before(KeyIndex, "_save_manifest")
        case "before the positions":
            kill.before(progress, "_uncovered")
            kill.before(commit, "resolve")


def run_maintenance(root: str, seed: int, moment: str) -> None:
    """Compact, checkpoint and vacuum in a circle until killed at the moment; what was staged long ago is an orphan."""
    import deltalake.table as table_module

    kill = Moment(random.Random(seed))
    match moment:
        case "during compaction":
            kill.before(table_module.TableOptimizer, "compact")
        case "after compaction":
            kill.after(table_module.TableOptimizer, "compact")
        case "during vacuum":
            kill.before(DeltaTable, "vacuum")
    lake = Lakehouse(root)
    while True:
        for table in TABLES:
            age_orphans(lake, table)
            maintain(lake, table, Policy(min_files=4))


def age_orphans(lake: Lakehouse, table: Any) -> None:
    """Files that are older than a minute and that no log names count as left behind two days ago."""
    named = {uri.rpartition("/")[2] for uri in lake.open(table).file_uris()}
    for path in Path(lake.uri(table)).rglob("part-*.parquet"):
        try:
            if path.name not in named and time.time() - path.stat().st_mtime > 60:
                os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
        except FileNotFoundError:
            continue
