"""Files as a source that is followed: what is new since the last look, in ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from lakehouse.errors import RtrError
from pipelines.sources.files import Format, SourceFile, list_files
from pipelines.sources.ranges import Range
from pipelines.sources.read_as import AS_USUAL, ReadAs
from pipelines.sources.reading import TAIL_BYTES, FileRange, is_json
from pipelines.sources.source import Behind, SplitState


class FileSource:
    """The files that a pattern names, in the order of their paths.

    A line that is still being written waits: a range ends at the end of a whole record. Raises RtrError
    INPUT_UNREADABLE where the store refuses. `positions` is asked at every beginning for how far each split was read.
    """

    def __init__(
        self,
        system: str,
        pattern: str,
        range_bytes: int,
        positions: Callable[[], Callable[[str], int]],
        channel: str = "file",
        read_as: ReadAs = AS_USUAL,
    ) -> None:
        self._read_as = read_as
        self._positions = positions
        self._committed: Callable[[str], int] = lambda split: 0
        self._system = system
        self._pattern = pattern
        self._range_bytes = range_bytes
        self._channel = channel
        self._listed: dict[str, SourceFile] = {}
        self._files: dict[str, SourceFile] = {}
        self._planned: dict[str, int] = {}
        self._unsettled: set[str] = set()
        self._done: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        self._found = False

    @property
    def system(self) -> str:
        return self._system

    @property
    def parts(self) -> int:
        return len(self._listed)

    @property
    def waiting(self) -> list[str]:
        return list(self._waiting.values())

    def position(self, split: str) -> int:
        """Where reading of a split goes on."""
        if split not in self._planned:
            self._planned[split] = self._committed(split)
        return self._planned[split]

    def rewind(self) -> None:
        self._committed = self._positions()
        self._planned.clear()
        self._unsettled.clear()
        self._done.clear()
        self._found = True

    def poll(self) -> Iterator[Range]:
        self._listed = {file.path: file for file in list_files(self._pattern, self._read_as)}
        self._found = False
        for file in self._listed.values():
            split = self._split(file)
            if self._done.get(file.path) == file.etag or split in self._unsettled:
                continue
            for item in self._ranges(file, split):
                self._found = True
                self._files[split] = file
                yield item
            self._done[file.path] = file.etag

    def exhausted(self) -> bool:
        return not self._found

    def committed(self, ends: Mapping[str, int]) -> None:
        for split in self._unsettled.intersection(ends):
            self._unsettled.remove(split)
            self._planned[split] = ends[split]

    def awaiting(self) -> list[str]:
        return list(self._unsettled)

    def behind(self) -> Behind:
        late = (file for file in self._listed.values() if self._done.get(file.path) != file.etag)
        return Behind(sum(max(0, file.size - self._planned.get(file.split, 0)) for file in late), "bytes")

    def describe(self, split: str, position: int) -> SplitState | None:
        file = self._files.get(split)
        if file is None:
            return None
        return SplitState(file.size, file.etag, position >= file.size if file.addressed_by_byte else position > 0)

    def close(self) -> None:
        return None

    def _split(self, file: SourceFile) -> str:
        if file.addressed_by_byte and self.position(file.split) > file.size:
            return f"{file.path}@{file.etag}"  # shorter than what was read of it: another file under the same name
        return file.split

    def _ranges(self, file: SourceFile, split: str) -> Iterator[FileRange]:
        """What is still to be read of a file, cut where it can be cut."""
        start = self.position(split)
        channel = "webhook" if file.from_webhooks and self._channel == "file" else self._channel
        if not file.addressed_by_byte:
            if start == 0 or (file.format is Format.LINES and not file.read_as.whole):
                self._unsettled.add(split)
                yield FileRange(self._system, channel, file, split, start, None)
            return
        if start >= file.size:
            return
        whole = self._end_of_whole_records(file, start)
        while start < whole:
            end = min(start + self._range_bytes, whole)
            self._planned[split] = end
            yield FileRange(self._system, channel, file, split, start, end)
            start = end

    def _end_of_whole_records(self, file: SourceFile, start: int) -> int:
        """Where the last whole record ends: the last newline, or the end of the file where what follows it is whole."""
        self._waiting.pop(file.path, None)
        tail = b""
        at = file.size
        try:
            with FileSystems.open(file.path, compression_type=CompressionTypes.UNCOMPRESSED) as stream:
                while at > start and b"\n" not in tail:
                    before = max(start, at - TAIL_BYTES)
                    stream.seek(before)
                    tail = stream.read(at - before) + tail
                    at = before
        except OSError as error:
            raise RtrError(
                "INPUT_UNREADABLE", f"Cannot read {file.path}: {error}", "Check the file and its permissions."
            ) from error
        last = tail[tail.rfind(b"\n") + 1 :]
        if not last or is_json(last):
            return file.size
        end = file.size - len(last)
        self._waiting[file.path] = f"{file.path} ends in a record that is not complete ({len(last)} bytes from byte {end})."
        return end
