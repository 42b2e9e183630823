"""Work that follows the commits without holding them up: the live figures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from deltalake.exceptions import DeltaError

from lakehouse.errors import RtrError, TransientError

# The task may take this share of the time at most: where it gets slow, it comes less often.
SHARE = 0.2
SHORTEST_PAUSE = 0.5

Report = Callable[[RtrError], None]


class Beside:
    """Runs a task in a thread soon after it was asked for, and once more at the end.

    A task that fails is told to `report` and comes again with the next batch; the ingest does not wait and does not fail.
    """

    def __init__(self, task: Callable[[], object], report: Report | None) -> None:
        self._task = task
        self._report = report
        self._wanted = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="beside", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        """There is something new."""
        self._wanted.set()

    def close(self) -> None:
        """Run the task a last time, and return when it has."""
        self._ended.set()
        self._wanted.set()
        self._thread.join()
        self._once()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wanted.wait()
            if self._ended.is_set():
                return
            self._wanted.clear()
            began = time.monotonic()
            self._once()
            self._ended.wait(max(SHORTEST_PAUSE, (time.monotonic() - began) * (1 / SHARE - 1)))

    def _once(self) -> None:
        try:
            self._task()
        except RtrError as error:
            self._tell(error)
        except (DeltaError, OSError) as error:
            self._tell(TransientError("LIVE_FIGURES_LATE", str(error), "They are counted with the next batch."))

    def _tell(self, error: RtrError) -> None:
        if self._report:
            self._report(error)
