"""Segment files: lines appended and made durable, many at once, in files that are never written again once finished.

The file source reads a segment while it grows (`pipelines/sources/file_source.py`): a name is never used twice, a line
is whole when its newline is there, and what was read once keeps its place. So

* a segment is begun by one writer, who holds its lock; after a restart a new one is begun, no old one is appended to;
* what a crash left of a last line was never acknowledged: it is cut off. A line that is whole but for its newline gets
  it, because the source may have read it already;
* after a failed write or sync nothing is known of what the disk holds: the segment is given up and a new one begun.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

# The file source tells by this ending that the records came as webhooks.
SUFFIX = ".webhook.jsonl"
TAIL_BYTES = 64 * 1024

Sync = Callable[[int], None]


def durable(descriptor: int) -> None:
    """Return when what was written is on the disk, and not only on its way."""
    if hasattr(fcntl, "F_FULLFSYNC"):  # macOS: fsync leaves it in the drive's cache
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


class SegmentWriter:
    """Appends to the segments of one folder; of one thread at a time.

    A segment is finished at `max_bytes` or `max_seconds` after it was begun. Raises OSError where lines could not be made
    durable; they may be on the disk or not, and the next lines go to another segment.
    """

    def __init__(self, folder: Path, max_bytes: int, max_seconds: float, sync: Sync = durable) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._sync = sync
        self._file: int | None = None
        self._size = 0
        self._begun = 0.0

    def append(self, data: bytes, now: float) -> None:
        """Whole lines, durable when this returns."""
        if self._size and self._size + len(data) > self._max_bytes:
            self.finish()
        self.finish_if_old(now)
        try:
            file = self._begin(now) if self._file is None else self._file
            write_all(file, data)
            self._sync(file)
        except OSError:
            self._give_up()
            raise
        self._size += len(data)

    def finish_if_old(self, now: float) -> None:
        if self._file is not None and now - self._begun >= self._max_seconds:
            self.finish()

    def finish(self) -> None:
        """Close the segment: all of it is durable already."""
        file, self._file, self._size = self._file, None, 0
        # A descriptor is gone even where its closing fails (close(2)); the next file may have its number.
        if file is not None:
            os.close(file)

    def _begin(self, now: float) -> int:
        make_folder(self._folder, self._sync)
        moment = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%S%fZ")
        # The chance part keeps names apart when a clock is set back, and between two receivers.
        path = self._folder / f"{moment}-{secrets.token_hex(4)}{SUFFIX}"
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self._size, self._begun = 0, now
        fcntl.flock(self._file, fcntl.LOCK_EX)
        sync_folder(self._folder, self._sync)
        return self._file

    def _give_up(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # what cannot be settled now is settled at the next start
                settle(self._file)
            self.finish()


def settle(descriptor: int) -> int:
    """Make a segment end with a whole line; returns how many bytes of a last one were cut off."""
    size = os.fstat(descriptor).st_size
    tail = b""
    at = size
    while at and b"\n" not in tail:
        before = max(0, at - TAIL_BYTES)
        tail = os.pread(descriptor, at - before, before) + tail
        at = before
    last = tail[tail.rfind(b"\n") + 1 :]
    if not last:
        return 0
    if _is_json(last):
        write_all(descriptor, b"\n")
        return 0
    os.ftruncate(descriptor, size - len(last))
    return len(last)


def recover(folder: Path, sync: Sync = durable) -> int:
    """Settle the segments that nobody writes any more; returns how many bytes of lines never acknowledged were cut off."""
    cut = 0
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with unwritten(path) as descriptor:
            if descriptor is not None and _unsettled(descriptor):
                cut += settle(descriptor)
                sync(descriptor)
    return cut


@contextmanager
def unwritten(path: Path) -> Iterator[int | None]:
    """A segment, locked against a writer; None where one is writing it."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte; a disk that is nearly full takes only some of them at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def make_folder(folder: Path, sync: Sync) -> None:
    """A folder that is still there after a power failure."""
    if not folder.is_dir():
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        sync_folder(folder.parent, sync)


def sync_folder(folder: Path, sync: Sync) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def _unsettled(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
