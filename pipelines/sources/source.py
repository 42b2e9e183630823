"""What the ingest asks of a source, whether it reads files or a message queue.

A source plans; it keeps no progress of its own. How far it was read stands in the lakehouse, in the same commit
as the records (`lakehouse.progress`), and a source begins there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from pipelines.sources.ranges import Range


@dataclass(frozen=True)
class SplitState:
    """What is known of a split: its size (bytes, or messages), the store's tag, whether it is read to its end."""

    size: int
    etag: str | None
    complete: bool


@dataclass(frozen=True)
class Behind:
    """How much of a source is known to be waiting: bytes of files, messages of a topic."""

    amount: int
    unit: str


class Source(Protocol):
    """One feed of one system. All calls come from one thread."""

    @property
    def system(self) -> str: ...

    @property
    def parts(self) -> int:
        """How many files or partitions it has."""
        ...

    @property
    def waiting(self) -> list[str]:
        """A sentence for each part that ends in something not complete yet."""
        ...

    def rewind(self) -> None:
        """Forget what was planned and not committed, and go on from the committed positions. Called before all else."""
        ...

    def poll(self) -> Iterator[Range]:
        """What is new since the last poll, each split in order; ends where nothing more is there at the moment."""
        ...

    def exhausted(self) -> bool:
        """Whether the last poll reached the end that the source had when it was opened: a run that does not follow ends."""
        ...

    def committed(self, ends: Mapping[str, int]) -> None:
        """Told after a commit up to where each split is safe, so that a broker may be told."""
        ...

    def awaiting(self) -> list[str]:
        """Splits of which it wants to be told how far they are committed."""
        ...

    def behind(self) -> Behind:
        """How much is known to be waiting that was not planned yet."""
        ...

    def describe(self, split: str, position: int) -> SplitState | None:
        """The state of a split that was read up to a position; None where the split is not of this source."""
        ...

    def close(self) -> None: ...
