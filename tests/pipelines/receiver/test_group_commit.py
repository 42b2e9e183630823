"""Group commit: whoever waits is told, whatever becomes of the write."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.receiver.group_commit import GroupCommit
from pipelines.receiver.sink import NotKept


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("secret"), MemoryError()])
def test_a_write_that_fails_in_any_way_keeps_nothing(error: Exception) -> None:
    def write(data: bytes) -> None:
        raise error

    async def deliver() -> list[str]:
        with ThreadPoolExecutor(1) as thread:
            group = GroupCommit(write, thread)
            told = await asyncio.wait_for(asyncio.gather(*(group.put(b"x") for _ in range(3)), return_exceptions=True), 5)
            assert all(isinstance(each, NotKept) for each in told)
            return [str(each) for each in told]

    # What is told names the kind of error, never its words.
    expected = "No space left on device" if isinstance(error, OSError) else type(error).__name__
    assert asyncio.run(deliver()) == [expected] * 3
