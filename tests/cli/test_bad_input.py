"""Bad input: a clear message, the right exit code, and nothing lost of what is good."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, quarantine, silver
from tests.pipelines.events import cash_event, write_lines

ROOT = Path(__file__).resolve().parents[2]


def rtr(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def ingest(lake: Lakehouse, path: object) -> subprocess.CompletedProcess[str]:
    return rtr("ingest", "--system", "native", "--path", path, "--lakehouse", lake.root)


@pytest.mark.slow
def test_bad_files_beside_a_good_one(lake: Lakehouse, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_lines(folder / "good.jsonl", (cash_event(n) for n in range(5)))
    (folder / "empty.jsonl").write_bytes(b"")
    (folder / "garbage.jsonl").write_bytes(bytes(range(256)) * 40)
    (folder / "half.jsonl").write_bytes(write_lines(tmp_path / "x", [cash_event(10), cash_event(11)]).read_bytes()[:-20])
    long = b'{"table": "cash", "object_id": "' + b"x" * 50_000_000 + b'"}'
    write_lines(folder / "long.jsonl", [cash_event(20), long, cash_event(21)])
    done = ingest(lake, folder)
    assert done.returncode == 0, done.stderr
    assert lake.open(silver.CASH).count() == 5 + 1 + 2
    assert "half.jsonl ends in a record that is not complete" in done.stderr
    codes = lake.scan(quarantine.REJECTED).collect().get_column("code")
    assert "RECORD_TOO_LARGE" in codes
    assert len(codes) == lake.open(bronze.EVENTS).count() - 8
    assert "rtr quarantine list" in done.stdout


def test_a_pattern_without_a_match_fails(lake: Lakehouse, tmp_path: Path) -> None:
    done = ingest(lake, tmp_path / "nothing" / "*.jsonl")
    assert done.returncode == 1
    assert "NO_INPUT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_root_that_cannot_be_written_fails(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.jsonl", [cash_event(1)])
    done = rtr("ingest", "--system", "native", "--path", file, "--lakehouse", "/proc/nowhere")
    assert done.returncode == 1
    assert "ROOT_NOT_WRITABLE" in done.stderr
    assert "Traceback" not in done.stderr


def test_misuse_is_told_apart_from_failure(tmp_path: Path) -> None:
    assert rtr("ingest", "--system", "native").returncode == 2
    assert rtr("ingest", "--system", "a", "--system", "b", "--path", "c").returncode == 2
    assert rtr("nonsense").returncode == 2
    nothing = rtr("verify", "--lakehouse", tmp_path / "none")
    assert nothing.returncode == 1
    assert "NOTHING_INGESTED" in nothing.stderr
