"""`rtr up`: the Dagster UI shows the graph and the runs; with feeds, what arrives becomes gold."""

from __future__ import annotations

import json
import os
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
from lakehouse.tables import gold, silver
from pipelines.simulator import simulate
from tests.pipelines.receiver.support import ENVIRONMENT, Running, bearer

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


INVOICE = {
    "table": "documents",
    "source_event_id": "e1",
    "object_id": "in_1",
    "effective_at": "2026-01-05T09:00:00Z",
    "kind": "invoice",
    "status": "open",
    "currency": "EUR",
    "issued_at": "2026-01-05T09:00:00Z",
    "total": "90.00",
}
LINE = {
    "table": "document_lines",
    "source_event_id": "e2",
    "object_id": "in_1-1",
    "effective_at": "2026-01-05T09:00:00Z",
    "document_id": "in_1",
    "line_number": 1,
    "currency": "EUR",
    "amount": "90.00",
}


@pytest.fixture
def receiver_config(tmp_path: Path) -> Path:
    path = tmp_path / "receiver.yaml"
    path.write_text("sources: {erp: {system: native, verify: bearer, secrets: [{env: FIRST}]}}")
    return path


@pytest.mark.slow
def test_what_is_received_becomes_gold_and_all_stops_together(tmp_path: Path, receiver_config: Path) -> None:
    lake, ui, port = Lakehouse(tmp_path / "lake"), free_port(), free_port()
    where = ["--lakehouse", lake.root, "--port", str(ui), "--every-seconds", "1"]
    hooks = ["--receive", str(receiver_config), "--receive-port", str(port)]
    command = [sys.executable, "-m", "cli.main", "up", *where, *hooks]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | ENVIRONMENT) as server:
        receiver = Running(port, tmp_path / "lake-spool")

        def posted() -> bool:
            try:
                told = [receiver.post("/webhooks/erp", json.dumps(row).encode(), bearer()) for row in (INVOICE, LINE)]
            except OSError:
                return False
            return [status for status, *_ in told] == [200, 200]

        try:
            wait_for(posted, server)
            wait_for(lambda: lake.exists(gold.SALES_DAILY) and lake.open(gold.SALES_DAILY).count() > 0, server)
            assert lake.scan(gold.SALES_DAILY).collect().get_column("invoiced").to_list() == [90]
            assert lake.scan(silver.DOCUMENTS).collect().height == 1
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    with pytest.raises(ConnectionRefusedError):
        receiver.post("/webhooks/erp", b"{}", bearer())


@pytest.mark.slow
def test_a_receiver_that_cannot_listen_ends_the_stack_and_says_so(tmp_path: Path, receiver_config: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        hooks = ["--receive", str(receiver_config), "--receive-port", str(taken.getsockname()[1])]
        where = ["--lakehouse", str(tmp_path / "lake"), "--port", str(free_port())]
        command = [sys.executable, "-m", "cli.main", "up", *where, *hooks]
        ended = subprocess.run(
            command, cwd=ROOT, env=os.environ | ENVIRONMENT, capture_output=True, timeout=SECONDS, check=False
        )
    assert ended.returncode == 1
    assert b"RECEIVER_ENDED" in ended.stderr


def test_a_receiver_without_its_secret_is_refused_before_anything_starts(tmp_path: Path, receiver_config: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "cli.main",
        "up",
        "--lakehouse",
        str(tmp_path / "lake"),
        "--receive",
        str(receiver_config),
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=SECONDS, check=False)
    assert ended.returncode == 1
    assert b"FIRST" in ended.stderr
