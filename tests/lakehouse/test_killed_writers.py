"""Writers killed at random moments, two at once, with compaction beside them: each key once."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from deltalake.exceptions import DeltaError

from lakehouse.store import Lakehouse
from tests.lakehouse.facts import TABLE

BATCHES, ROWS = 150, 40
ROOT = Path(__file__).resolve().parents[2]


def start(lake: Lakehouse, seed: int) -> subprocess.Popen[bytes]:
    arguments = [lake.root, str(seed), str(BATCHES), str(ROWS)]
    return subprocess.Popen([sys.executable, "-m", "tests.lakehouse.writer", *arguments], cwd=ROOT)


def wait_for_version(lake: Lakehouse, wanted: int, patience: float = 60.0) -> None:
    """So that how quick the machine is does not decide whether somebody is there to be killed."""
    deadline = time.monotonic() + patience
    while (lake.version(TABLE) or 0) < wanted:
        assert time.monotonic() < deadline, "the writers write nothing"
        time.sleep(0.002)


@pytest.mark.slow
def test_two_writers_killed_at_random_moments(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    chance = random.Random(20)
    killed = 0
    for attempt in range(6):
        writers = [start(lake, attempt * 2 + n) for n in range(2)]
        wait_for_version(lake, (lake.version(TABLE) or 0) + chance.randint(1, 12))
        time.sleep(chance.uniform(0, 0.02))
        with contextlib.suppress(DeltaError):  # a compaction may lose against the writers; it has to be harmless
            lake.open(TABLE).optimize.compact()
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            killed += writer.wait() == -signal.SIGKILL
    last = [start(lake, 90), start(lake, 91)]
    assert [writer.wait() for writer in last] == [0, 0]
    assert killed >= 3
    keys = lake.scan(TABLE).collect().get_column("row_key")
    assert keys.is_unique().all()
    assert len(keys) == (BATCHES - 1) * ROWS // 2 + ROWS
