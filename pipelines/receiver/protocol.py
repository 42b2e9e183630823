"""HTTP for clients that are slow, many or rude: headers within a time and a size, and no more connections than may be.

uvicorn waits for the headers of a new connection without end, and for as many of them as a client cares to send.
"""

from __future__ import annotations

import asyncio
from asyncio.events import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pipelines.receiver.config import Limits

MAX_HEADER_BYTES = 64 * 1024


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a time for the headers of each request. `limits` is set by `bounded`."""

    limits = Limits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patience: TimerHandle | None = None
        self._header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > self.limits.connections:
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        # Between two requests any byte, even an empty line, begins the wait for the next one.
        if self._patience is None and self.cycle is not None and self.cycle.response_complete:
            self._wait()
        super().data_received(data)
        if self._patience is not None:
            self._header_bytes += len(data)
            if self._header_bytes > MAX_HEADER_BYTES and not self.transport.is_closing():
                self.send_400_response("Headers are too long.")

    def on_headers_complete(self) -> None:
        self._wait_no_more()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._header_bytes = 0
        self._patience = self.loop.call_later(self.limits.header_seconds, self._give_up)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if not self.transport.is_closing():
            self.transport.close()


def bounded(limits: Limits) -> type[BoundedProtocol]:
    """The protocol with the limits of a configuration."""
    return type("BoundedProtocol", (BoundedProtocol,), {"limits": limits})
