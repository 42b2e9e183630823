"""Records in segment files: a folder a source below the spool, as `rtr ingest --path 'spool/stripe/*.jsonl'` follows it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipelines.receiver.config import MEBIBYTE, SegmentOptions
from pipelines.receiver.group_commit import PAUSE_SECONDS, GroupCommit
from pipelines.receiver.segments import SegmentWriter, Sync, durable, make_folder, recover, write_all
from pipelines.receiver.sink import NotKept

# Names that begin with a dot are passed by where files are listed.
PROBE = ".probe"


@dataclass(frozen=True)
class _Lane:
    """One source: its writer, the one thread that may use it, and its group commit."""

    writer: SegmentWriter
    thread: ThreadPoolExecutor
    group: GroupCommit


class FileSink:
    """Segment files of several sources. `sync` is what makes a file or folder durable; `clock` is in seconds since 1970.

    Raises OSError where the spool cannot be used at all.
    """

    def __init__(
        self,
        spool: Path,
        sources: Iterable[str],
        options: SegmentOptions | None = None,
        *,
        sync: Sync = durable,
        clock: Callable[[], float] = time.time,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        options = options or SegmentOptions()
        self._spool = spool
        self._sync = sync
        self._clock = clock
        self.failure: str | None = None
        self._lanes: dict[str, _Lane] = {}
        self.cut_bytes = 0
        make_folder(spool, sync)
        for name in sources:
            make_folder(spool / name, sync)
            self.cut_bytes += recover(spool / name, sync)
            writer = SegmentWriter(spool / name, options.max_mib * MEBIBYTE, options.max_seconds, sync)
            thread = ThreadPoolExecutor(1, thread_name_prefix=f"segments-{name}")
            self._lanes[name] = _Lane(writer, thread, GroupCommit(self._append(writer), thread, pause_seconds))

    def _append(self, writer: SegmentWriter) -> Callable[[bytes], None]:
        return lambda data: writer.append(data, self._clock())

    async def put(self, source: str, lines: Sequence[bytes]) -> None:
        try:
            await self._lanes[source].group.put(b"".join(lines))
        except NotKept as error:
            self.failure = str(error)
            raise
        self.failure = None

    async def probe(self) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(None, probe_folder, self._spool, self._sync)
        except OSError as error:
            self.failure = error.strerror or type(error).__name__
        else:
            self.failure = None

    async def tick(self) -> None:
        """Segments of quiet sources come to their end too."""
        loop = asyncio.get_running_loop()
        for lane in self._lanes.values():
            await loop.run_in_executor(lane.thread, lane.writer.finish_if_old, self._clock())

    async def close(self) -> None:
        loop = asyncio.get_running_loop()
        for lane in self._lanes.values():
            await lane.group.settled()
            await loop.run_in_executor(lane.thread, lane.writer.finish)
            lane.thread.shutdown()


def probe_folder(folder: Path, sync: Sync = durable) -> None:
    """Write, make durable and remove a small file; OSError where a record could not be kept now."""
    path = folder / PROBE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        write_all(descriptor, bytes(4096))
        sync(descriptor)
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)
