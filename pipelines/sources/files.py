"""Files as a source: what is there.

Local paths and object stores through Beam's filesystems. A file is a split. Lines of uncompressed files are
addressed by byte, so that one file is read in ranges; everything else is read whole and addressed by ordinal
(compressed lines: by byte of the decompressed stream).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.filesystems import FileSystems

from lakehouse.errors import RtrError
from pipelines.sources.read_as import AS_USUAL, ReadAs


class Format(StrEnum):
    LINES = "lines"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}
# The ending of segment files of our receiver (`pipelines/receiver/segments.py`): their records came as webhooks.
WEBHOOK = ".webhook"
FORMATS = {".json": Format.JSON, ".csv": Format.CSV, ".parquet": Format.PARQUET, ".pq": Format.PARQUET}


@dataclass(frozen=True)
class SourceFile:
    """One file as it was listed; `split` is its name in positions and in bronze."""

    path: str
    size: int
    modified: float
    format: Format
    compression: str | None
    read_as: ReadAs = AS_USUAL

    @property
    def etag(self) -> str:
        return f"{self.size}-{self.modified:.6f}"

    @property
    def split(self) -> str:
        """Lines may grow at their end and are read on; any other file that changed is read anew, under another name."""
        return self.path if self.format is Format.LINES and not self.read_as.whole else f"{self.path}@{self.etag}"

    @property
    def from_webhooks(self) -> bool:
        """Whether its name says that the receiver wrote it."""
        return WEBHOOK in Path(self.path).suffixes

    @property
    def addressed_by_byte(self) -> bool:
        return self.format is Format.LINES and self.compression is None and not self.read_as.whole


def list_files(pattern: str, read_as: ReadAs = AS_USUAL) -> list[SourceFile]:
    """Files that a pattern or a folder names, in the order of their paths; names that begin with '.' or '_' are passed by.

    Raises RtrError INPUT_UNREADABLE where the store refuses.
    """
    if "://" not in pattern:
        # A split keeps its name whatever the working directory is.
        pattern = str(Path(pattern).absolute() / "*" if Path(pattern).is_dir() else Path(pattern).absolute())
    try:
        found: list[FileMetadata] = FileSystems.match([pattern])[0].metadata_list
    except Exception as error:
        raise RtrError(
            "INPUT_UNREADABLE", f"Cannot list {pattern}: {error}", "Check the path and its permissions."
        ) from error
    files = [_source_file(metadata, read_as) for metadata in found]
    return sorted((f for f in files if not Path(f.path).name.startswith((".", "_"))), key=lambda f: f.path)


def _source_file(metadata: FileMetadata, read_as: ReadAs) -> SourceFile:
    suffixes = [suffix.lower() for suffix in Path(metadata.path).suffixes]
    compression = COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    if compression:
        suffixes.pop()
    return SourceFile(
        path=metadata.path,
        size=metadata.size_in_bytes,
        modified=metadata.last_updated_in_seconds or 0.0,
        format=FORMATS.get(suffixes[-1], Format.LINES) if suffixes else Format.LINES,
        compression=compression,
        read_as=read_as,
    )
