"""Where accepted records go, and what it means that one could not be kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class NotKept(Exception):
    """Records could not be made durable; the sender must send them again. The text names no path and no secret."""


class Sink(Protocol):
    """Keeps lines durably. All calls come from one event loop."""

    @property
    def failure(self) -> str | None:
        """Why it keeps nothing at the moment; None while all is well."""
        ...

    async def put(self, source: str, lines: Sequence[bytes]) -> None:
        """Return when the lines are durable. Raises NotKept."""
        ...

    async def probe(self) -> None:
        """Try whether it would keep a record now, and set `failure` accordingly."""
        ...

    async def tick(self) -> None:
        """Called about once a second."""
        ...

    async def close(self) -> None:
        """Finish what is on its way."""
        ...
