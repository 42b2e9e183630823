"""The end of a table's Delta log as this process knows it, and the commit that goes there.

A commit of data files that are written already is one JSON file, created where there is none: whoever creates
`<version + 1>.json` has committed. delta-rs does the same, and replays the log before and after it: 8 ms with ten log
files, 25 ms with 3,000 (two cores, deltalake 1.6.6). A stream that commits 30 tables twice a second has no time for that,
and needs none of it: what it must know of the log it wrote itself.

The log is read by delta-rs: when a process begins, and whenever somebody else has committed.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from lakehouse.errors import CommitError
from lakehouse.log_files import log_file
from lakehouse.staging import StagedFile
from lakehouse.store import CHECKPOINT_INTERVAL, Lakehouse
from lakehouse.table import Table

# What is known of a log may rest so long: files of the log live a day at least.
MAX_REST_SECONDS = 60.0
# Of so many applications the last transaction is remembered; of more the log is asked again.
FEW_TRANSACTIONS = 64
# Up to this version of the protocol a writer that only appends has nothing else to do.
APPENDING_WRITER = 4
ENGINE = "realtime-revenue"


@dataclass
class LogEnd:
    """A table at one version: what a commit that continues it must know.

    Who read the log knows every file of the table as well, at 2.4 KB a file (deltalake 1.6.6): kept to the next checkpoint.
    """

    table_id: str
    version: int
    _open: Callable[[], DeltaTable]
    _read_by: DeltaTable | None = None
    _transactions: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, lake: Lakehouse, table: Table) -> LogEnd:
        """The end of the log as the store has it now.

        Raises RtrError TABLE_MISSING where there is no table, CommitError PROTOCOL_UNKNOWN where another program changed it
        to a protocol of which this one does not know what a writer must do.
        """
        handle = lake.open(table)
        writer = handle.protocol().min_writer_version
        if writer > APPENDING_WRITER:
            raise CommitError(
                "PROTOCOL_UNKNOWN",
                f"{table.qualified_name} was changed to writer version {writer}; this one writes up to {APPENDING_WRITER}.",
                "Take back the feature that another program switched on, or ingest into a new lakehouse.",
            )
        return cls(str(handle.metadata().id), handle.version(), partial(lake.open, table), handle)

    def transaction_version(self, application: str) -> int | None:
        """Version of an application's last transaction; None where it has none."""
        if application not in self._transactions:
            if self._read_by is None:
                self._read_by = self._open()
                self._read_by.load_as_version(self.version)
            found = self._read_by.transaction_version(application)
            if found is None:
                return None
            self._transactions[application] = found
        return self._transactions[application]

    def moved(self, transactions: Mapping[str, int]) -> None:
        """The next version, which this process wrote."""
        self._transactions.update(transactions)
        self.version += 1

    def let_go(self) -> None:
        """Forget what the log tells again: its files, and the transactions where they are many, as in a stream of files."""
        self._read_by = None
        if len(self._transactions) > FEW_TRANSACTIONS:
            self._transactions.clear()


_resting: dict[tuple[str, str], tuple[LogEnd, float]] = {}


def take(lake: Lakehouse, table: Table) -> LogEnd:
    """The end of the log as it stands; nobody else of this process has it. Raises what `LogEnd.read` raises."""
    end, since = _resting.pop((lake.root, table.qualified_name), (None, 0.0))
    if end is None or time.monotonic() - since > MAX_REST_SECONDS:
        return LogEnd.read(lake, table)
    # Where the table was deleted and made anew, or the log was cleaned, the last version is not there.
    here, beyond = lake.has_versions(table, [end.version, end.version + 1])
    return end if here and not beyond else LogEnd.read(lake, table)


def give_back(lake: Lakehouse, table: Table, end: LogEnd) -> None:
    """Let the next commit of this process use it. What a failed commit left is not given back."""
    _resting[lake.root, table.qualified_name] = (end, time.monotonic())


def append(
    lake: Lakehouse,
    table: Table,
    end: LogEnd,
    files: Iterable[StagedFile],
    transactions: Mapping[str, int],
    metadata: Mapping[str, str] | None = None,
    removed: Iterable[Mapping[str, Any]] = (),
) -> int:
    """Commit data files as the version after `end`, which moves there; returns it.

    `removed`: remove actions of the files that they take the place of.
    FileExistsError where somebody else was quicker, OSError where the store fails: then nobody knows whether it is there.
    """
    now = time.time_ns() // 1_000_000
    gone = [{"remove": {**action, "deletionTimestamp": now, "dataChange": True}} for action in removed]
    parameters = {"mode": "Overwrite" if gone else "Append", "partitionBy": json.dumps(list(table.partition_by))}
    info = {"timestamp": now, "operation": "WRITE", "operationParameters": parameters, "engineInfo": ENGINE}
    actions = [
        {"commitInfo": {**info, **(metadata or {})}},
        *({"txn": {"appId": name, "version": version, "lastUpdated": now}} for name, version in transactions.items()),
        *gone,
        *({"add": _add(file)} for file in files),
    ]
    lines = "\n".join(json.dumps(action, separators=(",", ":")) for action in actions)
    version = end.version + 1
    lake.create(table, log_file(version), lines.encode())
    end.moved(transactions)
    # Tables that are committed together do not all write their checkpoints in the same moment.
    if (version + zlib.crc32(table.qualified_name.encode())) % CHECKPOINT_INTERVAL == 0:
        _checkpoint(lake, table, end)
    return version


def _add(file: StagedFile) -> dict[str, Any]:
    """The add action of a staged file; every file says how many records it has."""
    return {
        "path": quote(file.path, safe="/="),
        "partitionValues": file.partition_values,
        "size": file.size,
        "modificationTime": int(file.staged_at * 1000),
        "dataChange": True,
        "stats": f'{{"numRecords":{file.rows}}}',
    }


def _checkpoint(lake: Lakehouse, table: Table, end: LogEnd) -> None:
    """Make the table quick to open. It is committed already, and the next checkpoint may succeed where this one fails."""
    end.let_go()
    with suppress(DeltaError, OSError):
        handle = lake.open(table)
        handle.create_checkpoint()
        handle.cleanup_metadata()
