"""`rtr up`: the Dagster UI shows the graph and the runs; with feeds, what arrives becomes gold."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lakehouse.store import Lakehouse
from lakehouse.tables import gold
from pipelines.simulator import simulate

ROOT = Path(__file__).resolve().parents[2]
QUERY = "{ runsOrError { ... on Runs { results { status jobName } } } assetNodes { assetKey { path } } }"
SECONDS = 150


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def asked(port: int) -> dict[str, Any] | None:
    """What the UI's server answers; None while it is not up."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps({"query": QUERY}).encode(),
        {"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return dict(json.load(answer)["data"])
    except (urllib.error.URLError, OSError):
        return None


def wait_for(happened: Callable[[], bool], server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert server.poll() is None, "rtr up ended"
        assert time.monotonic() < deadline
        time.sleep(0.5)


@pytest.mark.slow
def test_the_live_stack(tmp_path: Path) -> None:
    simulate(tmp_path / "company", months=2, customers=8, seed=3)
    lake, port = Lakehouse(tmp_path / "lake"), free_port()
    feed = ["--system", "stripe", "--path", str(tmp_path / "company" / "events" / "*.jsonl")]
    where = ["--lakehouse", lake.root, "--port", str(port), "--every-seconds", "1"]
    with subprocess.Popen([sys.executable, "-m", "cli.main", "up", *where, *feed], cwd=ROOT) as server:
        try:
            wait_for(lambda: lake.exists(gold.REVENUE_BY_MONTH) and lake.open(gold.REVENUE_BY_MONTH).count() > 0, server)
            wait_for(lambda: asked(port) is not None, server)
            shown = asked(port)
            assert shown is not None
            assert ["gold", "journal"] in [node["assetKey"]["path"] for node in shown["assetNodes"]]
            assert "refresh" in [run["jobName"] for run in shown["runsOrError"]["results"]]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
