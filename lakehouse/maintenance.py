"""Housekeeping that does not hurt: it may run beside any number of writers, and be killed at any moment.

* Compaction rewrites the small files of a partition as one commit that changes no data: an append beside it goes through,
  and a compaction that loses a race is given up until the next time.
* A checkpoint makes the table quick to open; log files older than the table's retention are removed with it.
* Vacuum removes files that no version of the last day names: what a crash left, and what compaction replaced. A staged
  file is committed within an hour or not at all, so that none is removed on its way.

One maintenance a table at a time; a second one leaves it out.
"""

from __future__ import annotations

import fcntl
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, WriterProperties
from deltalake.exceptions import DeltaError

from lakehouse.errors import RtrError
from lakehouse.staging import GROUP_ROWS
from lakehouse.store import Lakehouse
from lakehouse.table import Layer, Table
from lakehouse.tables import ops

MINIMUM_HOURS = 24
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Policy:
    """When files are merged and removed. A partition is compacted once it has `min_files` files below the target size."""

    target_bytes: int = 128 * MEBIBYTE
    min_files: int = 20
    orphan_hours: int = MINIMUM_HOURS

    def __post_init__(self) -> None:
        if self.orphan_hours < MINIMUM_HOURS:
            raise RtrError(
                "RETENTION_TOO_SHORT",
                f"Files may be removed after {MINIMUM_HOURS} hours, not after {self.orphan_hours}.",
                "A shorter time could take a file that is being committed. Leave the retention as it is.",
            )


@dataclass(frozen=True)
class Maintained:
    """What was done to a table, or would be: files before and after, partitions merged, files removed."""

    table: str
    files_before: int
    files_after: int
    partitions: int
    removed: int
    left_out: str = ""


def maintain(lake: Lakehouse, table: Table, policy: Policy, *, dry_run: bool = False) -> Maintained:
    """Compact, checkpoint and vacuum one table; with `dry_run` only look. One at a time: a second one leaves it."""
    with _alone(lake, table) as mine:
        handle = lake.open(table)
        before = len(handle.file_uris())
        if not mine:
            return Maintained(table.qualified_name, before, before, 0, 0, "another maintenance is at work")
        crowded = _crowded(handle, table, policy)
        left_out = ""
        if not dry_run:
            left_out = _compact(handle, crowded, policy)
            handle = lake.open(table)
            handle.create_checkpoint()
            handle.cleanup_metadata()
        removed = handle.vacuum(
            retention_hours=policy.orphan_hours,
            enforce_retention_duration=False,  # ours is enforced by the policy
            dry_run=dry_run,
            full=True,
            keep_versions=closed_versions(lake, table) or None,
        )
        return Maintained(
            table.qualified_name, before, len(lake.open(table).file_uris()), len(crowded), len(removed), left_out
        )


def _crowded(handle: DeltaTable, table: Table, policy: Policy) -> list[dict[str, str | None]]:
    """Partitions with many files that are smaller than they might be.

    Gold tables that are no journal have none: `lakehouse.rewrite` keeps their files small, so that rows can change.
    """
    if table.layer is Layer.GOLD and not table.append_only:
        return []
    small: Counter[tuple[str | None, ...]] = Counter()
    for action in pl.DataFrame(handle.get_add_actions(flatten=True)).iter_rows(named=True):
        if action["size_bytes"] < policy.target_bytes // 2:
            values = (action[f"partition.{name}"] for name in table.partition_by)
            small[tuple(None if value is None else str(value) for value in values)] += 1
    return [dict(zip(table.partition_by, key, strict=True)) for key, files in small.items() if files >= policy.min_files]


def _compact(handle: DeltaTable, partitions: list[dict[str, str | None]], policy: Policy) -> str:
    """Merge the files of each partition in a commit of its own; returns why one was given up.

    Row groups stay small: some rows of a file are found by their place in it (`lakehouse.row_index`).
    """
    written = WriterProperties(max_row_group_size=GROUP_ROWS, compression="ZSTD", compression_level=1)
    lost = 0
    for values in partitions:
        filters = [(name, "=", value or "") for name, value in values.items()]
        try:
            handle.optimize.compact(
                partition_filters=filters or None, target_size=policy.target_bytes, writer_properties=written
            )
        except DeltaError:  # a writer was quicker; the next time will do
            lost += 1
            handle.update_incremental()
    return f"{lost} partitions lost a race and wait for the next time" if lost else ""


def closed_versions(lake: Lakehouse, table: Table) -> list[int]:
    """Versions of a table that closed periods rest on: their files stay."""
    cuts = lake.scan(ops.PERIOD_LOG).select("silver_cut").drop_nulls().collect().to_series()
    versions = {json.loads(cut).get(table.qualified_name) for cut in cuts}
    return sorted(version for version in versions if version is not None)


@contextmanager
def _alone(lake: Lakehouse, table: Table) -> Iterator[bool]:
    """Whether this process has the table's maintenance to itself; on an object store the operator sees to that."""
    if not lake.is_local:
        yield True
        return
    folder = Path(lake.uri(table)) / "_rtr_index"
    folder.mkdir(exist_ok=True)
    with (folder / "maintenance.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
