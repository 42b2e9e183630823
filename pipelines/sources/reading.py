"""One range of a file, and how it is read into records."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO, Any

import polars as pl
import zstandard
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from lakehouse.errors import RtrError
from pipelines.sources.exact_json import dump_exactly, load_exactly
from pipelines.sources.files import Format, SourceFile
from pipelines.sources.ranges import RECORD_SCHEMA, Block
from pipelines.sources.read_as import CsvDialect
from pipelines.sources.records import from_payloads, split_arrays, split_lines

CHUNK_BYTES = 8 * 1024 * 1024
TAIL_BYTES = 256 * 1024


@dataclass(frozen=True)
class FileRange:
    """Records of a file whose first byte lies in start..end; end is None for a file that is read whole."""

    system: str
    channel: str
    file: SourceFile
    split: str
    start: int
    end: int | None

    @property
    def follows(self) -> int:
        return self.start

    @property
    def weight(self) -> int:
        return self.file.size if self.end is None else self.end - self.start

    def read(self) -> Block:
        """The records of the range, without what may not be kept of them.

        Raises RtrError INPUT_UNREADABLE where the file cannot be read at all.
        """
        try:
            if self.end is not None:
                block = _read_lines(self, self.end)
            elif self.file.format is Format.LINES:
                block = _read_stream(self)
            else:
                block = _read_whole(self)
        except OSError as error:
            raise RtrError(
                "INPUT_UNREADABLE", f"Cannot read {self.file.path}: {error}", "Check the file and its permissions."
            ) from error
        if self.file.read_as.batched:
            block = replace(block, records=split_arrays(block.records, _elements))
        privacy = self.file.read_as.privacy
        return privacy.applied(block) if privacy else block


def _open(file: SourceFile) -> IO[bytes]:
    return FileSystems.open(file.path, compression_type=CompressionTypes.UNCOMPRESSED)  # type: ignore[no-any-return]


def _read_lines(item: FileRange, end: int) -> Block:
    """Lines that begin in start..end; the last of them may reach beyond."""
    # A line that began before the range belongs to the range before: look one byte back for its end.
    start = max(item.start - 1, 0)
    size = end - start
    with _open(item.file) as stream:
        stream.seek(start)
        pieces = [stream.read(size + TAIL_BYTES)]
        begin = pieces[0].find(b"\n", 0, size) + 1 if item.start else 0
        if item.start and not begin:
            return Block(pl.DataFrame(schema=RECORD_SCHEMA), end)
        tail = pieces[0][max(size - 1, 0) :]
        while b"\n" not in tail and (tail := stream.read(TAIL_BYTES)):
            pieces.append(tail)
    buffer = b"".join(pieces) if len(pieces) > 1 else pieces[0]
    cut = buffer.find(b"\n", max(size - 1, 0)) + 1
    if cut == 0 and not buffer.endswith(b"\n"):
        return _without_half_record(buffer[begin:], start + begin, item)
    lines = memoryview(buffer)[begin : cut or None]
    return Block(split_lines(lines, start + begin, item.split), end)


def _without_half_record(buffer: bytes, start: int, item: FileRange) -> Block:
    """At the end of a file without a last newline: the last record counts if it is whole, and waits if it is not."""
    cut = buffer.rfind(b"\n") + 1
    last = buffer[cut:]
    if is_json(last):
        return Block(split_lines(buffer, start, item.split), start + len(buffer))
    waiting = f"{item.file.path} ends in a record that is not complete ({len(last)} bytes from byte {start + cut})."
    return Block(split_lines(buffer[:cut], start, item.split), start + cut, waiting)


def is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read_stream(item: FileRange) -> Block:
    """Lines of a file that is compressed, or must be read in one piece, from a position of the decompressed stream."""
    pieces: list[bytes] = []
    waiting = None
    with _open(item.file) as raw:
        try:
            pieces.extend(_decompressed(raw, item.file))
        except (EOFError, zlib.error, zstandard.ZstdError, gzip.BadGzipFile) as error:
            waiting = f"{item.file.path} cannot be decompressed to its end: {error}."
    buffer = b"".join(pieces)[item.start :]
    if waiting:
        buffer = buffer[: buffer.rfind(b"\n") + 1]
    elif buffer and not buffer.endswith(b"\n"):
        block = _without_half_record(buffer, item.start, item)
        return block
    return Block(split_lines(buffer, item.start, item.split), item.start + len(buffer), waiting)


def _decompressed(raw: IO[bytes], file: SourceFile) -> Iterator[bytes]:
    reader: Any
    if file.compression is None:
        reader = raw
    elif file.compression == "gzip":
        reader = gzip.GzipFile(fileobj=raw)
    else:
        reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    while chunk := reader.read(CHUNK_BYTES):
        yield chunk


def _read_whole(item: FileRange) -> Block:
    """JSON documents, CSV and Parquet: every row a JSON object, addressed by ordinal."""
    with _open(item.file) as raw:
        content = b"".join(_decompressed(raw, item.file)) if item.file.compression else raw.read()
    if not content:
        return Block(pl.DataFrame(schema=RECORD_SCHEMA), item.start)
    if item.file.format is Format.JSON:
        if is_json(content.lstrip().split(b"\n", 1)[0]) and b"\n" in content.strip():  # JSON lines under the name .json
            return Block(split_lines(content, 0, item.split), len(content))
        payloads = _json_records(content)
    elif item.file.format is Format.CSV:
        payloads = _csv_records(content, item.file.read_as.csv)
    else:
        payloads = _parquet_records(content, item.file)
    return Block(from_payloads(payloads[item.start :], item.start, item.split), max(len(payloads), item.start))


def _elements(content: bytes) -> list[bytes] | None:
    """The elements of a JSON array, each in the digits in which its numbers were written."""
    try:
        document = load_exactly(content)
    except (ValueError, RecursionError):
        return None
    return [dump_exactly(element) for element in document] if isinstance(document, list) else None


def _json_records(content: bytes) -> list[bytes]:
    """One record for each element of an array, else one for the whole document, whether it can be parsed or not."""
    elements = _elements(content)
    if elements is not None:
        return elements
    return [b" ".join(content.split(b"\n")).strip()]


def _csv_records(content: bytes, dialect: CsvDialect) -> list[bytes]:
    text = io.StringIO(content.decode(dialect.encoding, "replace"), newline="")
    rows = csv.DictReader(text, delimiter=dialect.delimiter)
    return [_uncut(row, dialect) if any(row.get(None, ())) else _as_object(row) for row in rows]


def _as_object(row: dict[str | Any, str | Any]) -> bytes:
    return json.dumps({k: v for k, v in row.items() if k is not None and v not in ("", None)}, ensure_ascii=False).encode()


def _uncut(row: dict[str | Any, str | Any], dialect: CsvDialect) -> bytes:
    """A row with more cells than there are columns, as its line: which cell is whose cannot be told, and it is rejected."""
    cells = [*(cell for name, cell in row.items() if name is not None), *row[None]]
    line = io.StringIO()
    csv.writer(line, delimiter=dialect.delimiter, lineterminator="").writerow(cells)
    return line.getvalue().encode()


def _parquet_records(content: bytes, file: SourceFile) -> list[bytes]:
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except pl.exceptions.PolarsError as error:
        raise RtrError("INPUT_UNREADABLE", f"{file.path} is not a Parquet file: {error}", "Check the file.") from error
    decimals = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Decimal)]
    return frame.with_columns(pl.col(decimals).cast(pl.String)).write_ndjson().encode().splitlines()
