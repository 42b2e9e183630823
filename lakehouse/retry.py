"""Trying a commit again: a conflict, a store that fails and a lost reply all look alike from here."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from deltalake.exceptions import DeltaError

from lakehouse.errors import TransientError

MAX_ATTEMPTS = 60

T = TypeVar("T")


def until_committed(what: str, attempt: Callable[[], T]) -> T:
    """The result of the first attempt that succeeds; waits a little longer after each that fails, up to a second.

    An attempt must find out by itself whether the one before it had succeeded. Raises TransientError COMMIT_EXHAUSTED when
    the store keeps failing for about a minute.
    """
    last_error: Exception | None = None
    for number in range(MAX_ATTEMPTS):
        if number:
            time.sleep(min(1.0, 0.01 * 2 ** min(number, 7)) * random.uniform(0.5, 1.0))
        try:
            return attempt()
        except (DeltaError, OSError) as error:
            last_error = error
    raise TransientError(
        "COMMIT_EXHAUSTED",
        f"{what} could not be committed in {MAX_ATTEMPTS} tries: {last_error}",
        "Check the store, then run the same command again: nothing is lost or doubled.",
    ) from last_error
