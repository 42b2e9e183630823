"""Group commit: what waits while one write is on its way goes with the next, so that many share one fsync."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor

from pipelines.receiver.sink import NotKept

# A store that has just failed is not tried again by every request.
PAUSE_SECONDS = 0.5


class GroupCommit:
    """Serial writes of everything that waits. `write` is called in the executor and returns when its bytes are durable.

    No delay is added: a lone record is written at once, and under load a group is what came during the write before.
    """

    def __init__(self, write: Callable[[bytes], None], executor: Executor, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._write = write
        self._executor = executor
        self._pause_seconds = pause_seconds
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._running: asyncio.Task[None] | None = None
        self._paused_until = 0.0
        self._failure = ""

    async def put(self, data: bytes) -> None:
        """Return when the bytes are durable; NotKept where they may not be."""
        if time.monotonic() < self._paused_until:
            raise NotKept(self._failure)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((data, done))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        await done

    async def settled(self) -> None:
        """Return when nothing waits."""
        while self._running is not None:
            await asyncio.wait([self._running])

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                outcome: NotKept | None = None
                try:
                    await loop.run_in_executor(self._executor, self._write, b"".join(data for data, _ in group))
                except Exception as error:  # noqa: BLE001 - whatever it was, nobody may take these bytes for kept
                    self._failure = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
                    self._paused_until = time.monotonic() + self._pause_seconds
                    outcome = NotKept(self._failure)
                for _, done in group:
                    if done.done():  # the request was given up meanwhile
                        continue
                    if outcome is None:
                        done.set_result(None)
                    else:
                        done.set_exception(outcome)
        finally:
            self._running = None
