"""What a law is, and what checking it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lakehouse.store import Lakehouse


@dataclass(frozen=True)
class Finding:
    """What a check counted, and every breach in a sentence."""

    evidence: str
    breaches: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.breaches


@dataclass(frozen=True)
class Law:
    """A law with its number in the design, its name and its check."""

    number: int
    name: str
    check: Callable[[Lakehouse], Finding]
