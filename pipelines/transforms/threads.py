"""The threads in which the tables of a batch are staged and committed side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

AT_ONCE = max(4, os.cpu_count() or 4)

Item = TypeVar("Item")
Result = TypeVar("Result")


def for_each(items: Iterable[Item], do: Callable[[Item], Result]) -> list[Result]:
    """What `do` makes of each item, in their order; raises what it raised for the first item that failed."""
    return list(_threads().map(do, items))


@cache
def _threads() -> ThreadPoolExecutor:
    """Made once a process, since each new thread has memory of its own."""
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="tables")
