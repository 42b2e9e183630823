"""The receiver killed by SIGKILL fifty times under load: what it acknowledged is in silver, once.

Loopback only, bounded in events and in time: eight connections of one other process.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.laws.events import conserved, exactly_once
from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from tests.pipelines.receiver.support import ENVIRONMENT, segments

ROOT = Path(__file__).resolve().parents[3]
KILLS, EVENTS, CONNECTIONS, SECONDS = 50, 100_000, 8, 200
CONFIG = "sources: {erp: {system: native, verify: bearer, secrets: [{env: FIRST}]}}"
PROGRAM = """
import sys
from pathlib import Path
from pipelines.receiver.serve import run
run(Path(sys.argv[1]), Path(sys.argv[2]), "127.0.0.1", int(sys.argv[3]))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PROGRAM, str(folder / "receiver.yaml"), str(folder / "spool"), str(port)]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | ENVIRONMENT)


def count(acknowledged: Path) -> int:
    return acknowledged.read_bytes().count(b"\n") if acknowledged.exists() else 0


def wait_for_acknowledgements(folder: Path, life: int, more: int, deadline: float) -> None:
    """Until the receiver of this life has begun a segment, and so many events were acknowledged since."""
    wanted = None
    while wanted is None or count(folder / "acknowledged") < wanted:
        if wanted is None and len(segments(folder / "spool", "erp")) == life:
            wanted = count(folder / "acknowledged") + more
        assert time.monotonic() < deadline, "the receiver acknowledges nothing"
        time.sleep(0.005)


@pytest.mark.slow
def test_no_acknowledged_event_is_lost(lake: Lakehouse, tmp_path: Path) -> None:
    chance, port, acknowledged = random.Random(11), free_port(), tmp_path / "acknowledged"
    (tmp_path / "receiver.yaml").write_text(CONFIG)
    deadline = time.monotonic() + SECONDS
    arguments = [str(port), str(acknowledged), str(EVENTS), str(CONNECTIONS)]
    sender = subprocess.Popen([sys.executable, "-m", "tests.pipelines.receiver.sender", *arguments], cwd=ROOT)
    killed = 0
    try:
        for life in range(1, KILLS + 1):
            receiver = start(tmp_path, port)
            wait_for_acknowledgements(tmp_path, life, 5, deadline)
            time.sleep(chance.uniform(0.0, 0.2))
            receiver.send_signal(signal.SIGKILL)
            killed += receiver.wait() == -signal.SIGKILL
        last = start(tmp_path, port)
        wait_for_acknowledgements(tmp_path, KILLS + 1, 200, deadline)
        last.send_signal(signal.SIGTERM)
        assert last.wait(30) == 0
    finally:
        sender.kill()
        sender.wait()
    told = set(acknowledged.read_text().split("\n")[:-1])
    assert killed == KILLS
    assert len(told) >= 5 * KILLS + 200
    assert len(segments(tmp_path / "spool", "erp")) == KILLS + 1
    summary = ingest(lake, [Feed("native", str(tmp_path / "spool" / "erp" / "*.jsonl"))])
    assert summary.quarantined == 0
    kept = lake.scan(silver.CASH).select("source_event_id").collect().get_column("source_event_id")
    assert kept.n_unique() == len(kept)
    assert told - set(kept) == set()
    assert conserved(lake).breaches == ()
    assert exactly_once(lake).breaches == ()
    print(f"{killed} kills, {len(told):,} acknowledged, {summary.received:,} received, {summary.duplicate:,} repeated")
