"""The lakehouse as a place: where its tables are, how they are created, read, appended to and replaced."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import obstore
import polars as pl
import pyarrow.fs as pafs
from deltalake import CommitProperties, DeltaTable, Field, Schema, Transaction, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.fs import DeltaStorageHandler
from obstore.exceptions import AlreadyExistsError, BaseError

from lakehouse.errors import RtrError
from lakehouse.log_files import log_file, read_log, unquote_path
from lakehouse.object_store import first_line, object_store
from lakehouse.retry import until_committed
from lakehouse.table import Layer, Table

# Opening a table costs the replay of the log since its last checkpoint.
CHECKPOINT_INTERVAL = 20
# How a partition folder spells an empty value.
HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"
DATA_FILE = {"path": pl.String, "size_bytes": pl.Int64, "num_records": pl.Int64}
_LOG_FILE = re.compile(r"[0-9]{20}\.json")
_MADE_OTHERWISE = "This lakehouse was made by another version: use that one, or ingest into a new lakehouse."


@dataclass(frozen=True)
class AppendResult:
    """What an exactly-once append did: rows appended, rows dropped because their key was held with the same
    content, and rows whose key was held with another content (they were not appended)."""

    version: int | None
    appended: int
    duplicates: int
    conflicts: pl.DataFrame


class Lakehouse:
    """All tables below one root: a local folder or an object store such as s3://bucket/folder.

    Without `storage_options` an object store is opened with those of the environment (AWS_ACCESS_KEY_ID,
    AWS_ENDPOINT_URL ...): secrets never stand on a command line. Raises RtrError ROOT_NOT_WRITABLE where a table cannot be
    created.
    """

    def __init__(self, root: str | Path, storage_options: dict[str, str] | None = None) -> None:
        self.root = str(root).rstrip("/")
        self.is_local = "://" not in self.root
        if storage_options is None and not self.is_local:
            storage_options = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        self.storage_options = storage_options or {}
        # Tables that this process knows to be as they are declared.
        self._ensured: set[str] = set()

    def __repr__(self) -> str:
        return f"Lakehouse({self.root!r})"

    def uri(self, table: Table) -> str:
        return f"{self.root}/{table.path}"

    def exists(self, table: Table) -> bool:
        if self.is_local:
            return (Path(self.uri(table)) / "_delta_log").is_dir()
        return bool(DeltaTable.is_deltatable(self.uri(table), self.storage_options or None))

    def open(self, table: Table) -> DeltaTable:
        """A fresh handle on the table as it stands; RtrError TABLE_MISSING where there is none."""
        try:
            return DeltaTable(self.uri(table), storage_options=self.storage_options or None)
        except TableNotFoundError as error:
            raise RtrError(
                "TABLE_MISSING",
                f"{table.qualified_name} does not exist below {self.root}.",
                "Run `rtr ingest` or `rtr refresh` first, or check --lakehouse.",
            ) from error

    def ensure(self, table: Table) -> None:
        """Create the table empty where it is absent, and add the columns that one of an earlier time lacks.

        Two processes may do so at once. A column that is required is added as one that may be empty: rows that are there
        have none. Raises RtrError COLUMN_TYPE_CHANGED where a column is of another type than it is declared.
        """
        if table.qualified_name in self._ensured:
            return
        if not self.exists(table):
            self._create(table)
        until_committed(table.qualified_name, lambda: self._evolve(table))
        self._ensured.add(table.qualified_name)

    def _evolve(self, table: Table) -> None:
        try:
            handle = self.open(table)
        except RtrError as error:  # a process has made its folder, and no first commit yet
            self._create(table)
            raise OSError(f"{table.qualified_name} is being created") from error
        held = {field.name: field.type for field in handle.schema().fields}
        declared = {field.name: field for field in Schema.from_arrow(table.arrow_schema()).fields}
        changed = [name for name, field in declared.items() if name in held and held[name] != field.type]
        if changed:
            name = changed[0]
            raise RtrError(
                "COLUMN_TYPE_CHANGED",
                f"{table.qualified_name}.{name} is {held[name]} below {self.root} and declared as {declared[name].type}.",
                _MADE_OTHERWISE,
            )
        if tuple(handle.metadata().partition_columns) != table.partition_by:
            derived = f"It is derived from other tables: delete {self.uri(table)} and run `rtr refresh --full`."
            raise RtrError(
                "PARTITIONS_CHANGED",
                f"{table.qualified_name} has other partitions below {self.root} than it is declared with.",
                derived if table.layer is Layer.GOLD and not table.append_only else _MADE_OTHERWISE,
            )
        missing = [Field(name, field.type, nullable=True) for name, field in declared.items() if name not in held]
        if missing:
            handle.alter.add_columns(missing)

    def _create(self, table: Table) -> None:
        configuration: dict[str, str | None] = {
            "delta.checkpointInterval": str(CHECKPOINT_INTERVAL),
            "delta.logRetentionDuration": "interval 7 days",
        }
        if table.append_only:
            configuration["delta.appendOnly"] = "true"
        try:
            DeltaTable.create(
                self.uri(table),
                schema=table.arrow_schema(),
                mode="ignore",
                partition_by=list(table.partition_by) or None,
                name=table.qualified_name,
                description=table.description,
                configuration=configuration,
                storage_options=self.storage_options or None,
            )
        except (OSError, DeltaError) as error:
            if self.exists(table):
                return
            raise RtrError(
                "ROOT_NOT_WRITABLE",
                f"Cannot create {table.qualified_name} below {self.root}: {error}",
                "Choose a folder that you may write to with --lakehouse, or mend its permissions.",
            ) from error

    def version(self, table: Table) -> int | None:
        """Delta version of the table as it stands; None where it does not exist."""
        if self.is_local:
            # delta-rs replays the log to tell it: 2 to 20 ms, and a refresh asks for that of every table several times.
            try:
                names = os.listdir(Path(self.uri(table)) / "_delta_log")
            except FileNotFoundError:
                return None
            if versions := [int(name[:-5]) for name in names if _LOG_FILE.fullmatch(name)]:
                return max(versions)
        return self.open(table).version() if self.exists(table) else None

    def data_files(self, table: Table, version: int | None = None) -> pl.DataFrame:
        """The data files of a table at a version: path, size_bytes and num_records."""
        handle = DeltaTable(self.uri(table), version=version, storage_options=self.storage_options or None)
        actions = pl.DataFrame(handle.get_add_actions(flatten=True))
        if actions.is_empty():
            return pl.DataFrame(schema=DATA_FILE)
        paths = pl.Series("path", [unquote_path(path) for path in actions.get_column("path")], pl.String)
        return actions.select(paths, "size_bytes", "num_records")

    def has_versions(self, table: Table, versions: Sequence[int]) -> list[bool]:
        """Whether the log holds the file of each version."""
        infos = self.filesystem(table).get_file_info([log_file(version) for version in versions])
        return [info.is_file for info in infos]

    def scan(self, table: Table, version: int | None = None) -> pl.LazyFrame:
        """The table's rows, lazily, in the declared columns; an empty frame where it does not exist.

        Columns that a table of an earlier time lacks are empty, those that only a later one has are left out.
        """
        if not self.exists(table):
            return table.empty().lazy()
        rows = pl.scan_delta(self.uri(table), version=version, storage_options=self.storage_options or None)
        held = rows.collect_schema().names()
        if held == table.column_names:
            return rows
        absent = {name: pl.lit(None, kind) for name, kind in table.polars_schema().items() if name not in held}
        return rows.with_columns(**absent).select(table.column_names)

    def scan_added(self, table: Table, after_version: int | None) -> pl.LazyFrame:
        """Rows of the files that data-changing commits added after a version; every row when it is None."""
        if after_version is None or not self.exists(table):
            return self.scan(table)
        handle = self.open(table)
        changes = read_log(self, table, after_version + 1, handle.version())
        if changes is None or changes.rewritten:
            return self.scan(table)
        return self.scan_files(table, changes.added)

    def scan_files(self, table: Table, paths: list[str]) -> pl.LazyFrame:
        """Rows of some data files of a table, partition columns included."""
        schema = table.polars_schema()
        if not paths:
            return table.empty().lazy()
        stored = {name: dtype for name, dtype in schema.items() if name not in table.partition_by}
        frames = []
        for path in paths:
            frame = pl.scan_parquet(
                f"{self.uri(table)}/{path}",
                storage_options=self.storage_options or None,
                schema=stored,
                missing_columns="insert",
            )
            parts = dict(part.split("=", 1) for part in path.split("/")[:-1])
            frame = frame.with_columns(
                pl.lit(_partition_value(parts[c], schema[c]), schema[c]).alias(c) for c in table.partition_by
            )
            frames.append(frame.select(table.column_names))
        return pl.concat(frames)

    def append(self, table: Table, frame: pl.DataFrame, *, metadata: dict[str, str] | None = None) -> AppendResult:
        """Append rows whose key the table does not hold yet: exactly once, whatever is retried or runs beside it."""
        return self.append_parts(table, [frame], metadata=metadata)

    def append_parts(
        self, table: Table, frames: Iterable[pl.DataFrame], *, metadata: dict[str, str] | None = None
    ) -> AppendResult:
        """The same for rows that come in frames, one at a time in memory and all in one commit."""
        from lakehouse.commit import commit_frames  # the commit needs the store: a cycle otherwise

        self.ensure(table)
        return commit_frames(self, table, frames, metadata=metadata)

    def replace(
        self,
        table: Table,
        frame: pl.DataFrame,
        *,
        predicate: str | None = None,
        metadata: dict[str, str] | None = None,
        transactions: Sequence[Transaction] = (),
        handle: DeltaTable | None = None,
    ) -> int:
        """Replace the whole table, or only the rows that a SQL predicate names; returns the new version.

        Tried again where another commit was quicker, unless a `handle` is given: what was read through it decides the
        frame, so whoever gave it must begin again. Raises RtrError APPEND_ONLY for a table that may only grow.
        """
        if table.append_only:
            raise RtrError("APPEND_ONLY", f"{table.qualified_name} may only grow.", "Append a correcting row instead.")
        rows = table.conform(frame).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(table.arrow_schema())

        def write(into: DeltaTable) -> int:
            write_deltalake(
                into,
                rows,
                mode="overwrite",
                predicate=predicate,
                partition_by=list(table.partition_by) or None,
                commit_properties=CommitProperties(custom_metadata=metadata, app_transactions=list(transactions)),
            )
            return int(into.version())

        if handle is not None:
            return write(handle)
        self.ensure(table)
        return until_committed(table.qualified_name, lambda: write(self.open(table)))

    def put(self, table: Table, path: str, payload: bytes) -> None:
        """Write a new data file of a table. OSError where the store fails."""
        if self.is_local:
            target = Path(self.uri(table)) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(payload)
            return
        try:
            obstore.put(object_store(self.uri(table), self.storage_options), path, payload)
        except BaseError as error:
            raise OSError(f"cannot write {self.uri(table)}/{path}: {first_line(error)}") from error

    def create(self, table: Table, path: str, payload: bytes) -> None:
        """Write a new file of a table, whole or not at all. FileExistsError where there is one, else OSError."""
        if self.is_local:
            target = Path(self.uri(table)) / path
            fresh = target.parent / f"_commit_{uuid.uuid4().hex}.tmp"  # as delta-rs names them: every reader passes by
            fresh.write_bytes(payload)
            try:
                os.link(fresh, target)
            finally:
                fresh.unlink()
            return
        try:
            obstore.put(object_store(self.uri(table), self.storage_options), path, payload, mode="create")
        except AlreadyExistsError as error:
            raise FileExistsError(f"{self.uri(table)}/{path} exists") from error
        except BaseError as error:
            raise OSError(f"cannot write {self.uri(table)}/{path}: {first_line(error)}") from error

    def filesystem(self, table: Table) -> pafs.FileSystem:
        """The folder of a table as a file system; paths are relative to the table."""
        if self.is_local:
            return pafs.SubTreeFileSystem(self.uri(table), pafs.LocalFileSystem())
        return pafs.PyFileSystem(DeltaStorageHandler(self.uri(table), self.storage_options or None))


def _partition_value(text: str, dtype: pl.DataType) -> date | str | None:
    """The value that a partition folder names; partition columns are dates or strings."""
    if text == HIVE_NULL:
        return None
    return date.fromisoformat(text) if dtype == pl.Date else text
