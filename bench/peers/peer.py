"""What a peer is: another engine on our input, in its own environment because its libraries clash with ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class NotRunError(Exception):
    """A peer cannot be measured here; the message is the reason that the table shows."""


@dataclass(frozen=True)
class Peer:
    """How one engine is installed, run and judged.

    `variants` are ways of doing the job, each with what it keeps of an event; `in_batches` those that commit about every
    16 MiB. `unusable` says why the machine cannot run it. `written` gives the Parquet files that hold what a run wrote
    below a folder, each with a column `id`.
    """

    name: str
    title: str
    requirements: tuple[str, ...]
    job: Path
    variants: dict[str, str]
    in_batches: dict[str, str]
    unusable: Callable[[], str | None]
    written: Callable[[Path], list[str]]


@dataclass(frozen=True)
class PeerResult:
    """One variant of a peer on one input: the best of its rounds, warm, without start-up. `size` is the bytes it read."""

    name: str
    variant: str
    seconds: float
    size: int
    events_in: int
    events_out: int
    peak_rss_mb: float | None

    @property
    def bytes_per_second(self) -> float:
        return self.size / self.seconds

    @property
    def events_per_second(self) -> float:
        return self.events_in / self.seconds
