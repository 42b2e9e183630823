"""What the receiver bears: memory for bodies on their way, requests at once, and deliveries a second of a source."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(eq=False)
class Refused(Exception):
    """A request that is not accepted: status, code, and what to do; the client may come again after `retry_after` seconds.

    With `close` the connection ends: what the client still has to send is not read.
    """

    status: int
    code: str
    message: str
    retry_after: int | None = None
    close: bool = False
    challenge: str | None = None


class Budget:
    """Bytes of bodies and number of requests that may be on their way at once."""

    def __init__(self, requests: int, max_bytes: int) -> None:
        self._free_requests = requests
        self._free_bytes = max_bytes
        self.requests = 0

    @contextmanager
    def share(self) -> Iterator[Share]:
        """A request's share, given back at its end. Raises Refused 503 where there is none left."""
        if self._free_requests == 0:
            raise Refused(503, "OVERLOADED", "Too many deliveries are on their way.", retry_after=1, close=True)
        self._free_requests -= 1
        self.requests += 1
        share = Share(self)
        try:
            yield share
        finally:
            self._free_requests += 1
            self.requests -= 1
            self._free_bytes += share.taken

    def take(self, size: int) -> None:
        if size > self._free_bytes:
            raise Refused(503, "OVERLOADED", "Too much is on its way.", retry_after=1, close=True)
        self._free_bytes -= size


class Share:
    """What one request has taken of the budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.taken = 0

    def take(self, size: int) -> None:
        self._budget.take(size)
        self.taken += size


class TokenBucket:
    """Deliveries a second of one source, with a burst; only genuine ones count, so that nobody can use up another's."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._at = clock()

    def take(self) -> None:
        """Raises Refused 429 with the seconds until the next one would pass."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            seconds = int((1 - self._tokens) / self._rate) + 1
            raise Refused(429, "TOO_MANY", "More deliveries a second than this source may send.", retry_after=seconds)
        self._tokens -= 1
