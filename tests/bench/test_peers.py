"""How the benchmark judges and reports its peers; the peers themselves are not installed here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl
import pytest

from bench.peers import PEERS, PeerResult, run_variants
from bench.peers.environment import last_line
from bench.peers.peer import NotRunError, Peer
from bench.peers.run import check_ids, cut_sample, expected_ids, first_files, parse_report, table, written_ids
from bench.peers.spark import java_version

REPORT = {"seconds": [4.0, 2.0], "events_in": 100, "events_out": 95, "peak_rss_mb": 512.5}

# A peer that keeps the first of every id, as a job of a few lines that our own Python can run.
JOB = """
import json, sys
from glob import glob
from pathlib import Path
import polars as pl
lines = [json.loads(line) for name in glob(sys.argv[1]) for line in open(name)]
kept = list({line["id"]: line for line in lines}.values()) if sys.argv[4] == "right" else lines
(out := Path(sys.argv[3]) / "output-0").mkdir()
pl.DataFrame(kept).write_parquet(out / "part.parquet")
print("a word before")
print(json.dumps({"seconds": [0.5], "events_in": len(lines), "events_out": len(kept), "peak_rss_mb": None}))
"""


def result(events_out: int = 95) -> PeerResult:
    return PeerResult("Peer (raw)", "raw", 2.0, 10 * 2**20, 100, events_out, 512.5)


@pytest.fixture
def events(tmp_path: Path) -> str:
    """Two files of three events, of which one lies in both."""
    for name, ids in (("a", "xy"), ("b", "yz")):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps({"id": key, "type": "t"}) + "\n" for key in ids))
    return str(tmp_path / "*.jsonl")


def fake(tmp_path: Path, variants: dict[str, str], unusable: str | None = None) -> Peer:
    job = tmp_path / "job.py"
    job.write_text(JOB)
    return Peer(
        "fake", "Fake", (), job, variants, (), lambda: unusable, lambda out: [str(f) for f in out.glob("*.parquet")]
    )


def test_the_best_of_its_rounds_counts() -> None:
    parsed = parse_report("a bar [==> ]\n" + json.dumps(REPORT) + "\n", "", "Peer (raw)", "raw", 10 * 2**20)
    assert parsed == result()
    assert parsed.bytes_per_second == 5 * 2**20  # 10 MiB in 2 s
    assert parsed.events_per_second == 50  # 100 read in 2 s


def test_a_job_without_a_report_says_its_last_error() -> None:
    with pytest.raises(NotRunError, match="OutOfMemoryError"):
        parse_report("", "Traceback\n  File\nOutOfMemoryError: heap\n\n", "Peer", "raw", 1)


@pytest.mark.parametrize("line", ['{"seconds": []}', '{"seconds": [1.0]}', '{"seconds": "x', '{"seconds": 1.0}'])
def test_half_a_report_is_none(line: str) -> None:
    with pytest.raises(NotRunError, match="no report"):
        parse_report(line, "", "Peer", "raw", 1)


def test_every_unique_event_once() -> None:
    check_ids(result(), 95, (95, 95))


@pytest.mark.parametrize(
    ("events_out", "expected", "written"),
    [
        (95, 96, (95, 95)),  # one lost
        (95, 95, (95, 94)),  # one twice, another lost
        (96, 95, (96, 95)),  # one twice
        (94, 95, (95, 95)),  # it miscounted
    ],
)
def test_any_other_count_is_left_out(events_out: int, expected: int, written: tuple[int, int]) -> None:
    with pytest.raises(NotRunError, match=f"not {expected}"):
        check_ids(result(events_out), expected, written)


def test_ids_are_counted_apart_from_rows(events: str, tmp_path: Path) -> None:
    pl.DataFrame({"id": ["x", "y", "y"]}).write_parquet(tmp_path / "out.parquet")
    assert expected_ids(events) == 3
    assert written_ids([str(tmp_path / "out.parquet")]) == (3, 2)
    assert written_ids([]) == (0, 0)


def test_a_limit_takes_whole_files_until_it_is_reached(tmp_path: Path) -> None:
    files = []
    for number in range(3):
        (tmp_path / str(number)).write_bytes(b"x" * 10)
        files.append(str(tmp_path / str(number)))
    assert first_files(files, None) == files
    assert first_files(files, 10) == files[:1]
    assert first_files(files, 11) == files[:2]


def test_the_sample_has_whole_lines_of_every_file(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text(f"{name * 9}\n" * 5)
    cut_sample([str(tmp_path / name) for name in "ab"], tmp_path / "sample" / "s.jsonl", 39)
    assert (tmp_path / "sample" / "s.jsonl").read_text().split() == ["a" * 9] * 2 + [
        "b" * 9
    ] * 2  # until 19 bytes are passed


@pytest.mark.parametrize(
    ("printed", "version"),
    [('openjdk version "17.0.15" 2025-04-15', 17), ('java version "1.8.0_402"', 8), ("not found", None)],
)
def test_java_version(printed: str, version: int | None) -> None:
    assert java_version(printed) == version


def test_the_table_tells_figures_and_reasons_apart() -> None:
    shown = table([result(), "Spark: needs Java"])
    assert "| Peer (raw) | 2.00 | 5.0 | 50 | 95 | 512 |" in shown
    assert shown.endswith("\nnot run: Spark: needs Java")


def test_last_line_of_nothing() -> None:
    assert last_line("\n \n") == "no message"


def test_a_peer_runs_and_is_judged(events: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PEERS, "fake", fake(tmp_path, {"wrong": "keeps repeats", "right": "unique"}))
    monkeypatch.setattr("bench.peers.run.python_of", lambda peer, folder: Path(sys.executable))
    wrong, measured = run_variants("fake", events, tmp_path / "out")
    assert isinstance(wrong, str)
    assert isinstance(measured, PeerResult)
    assert (measured.variant, measured.events_in, measured.events_out) == ("right", 4, 3)
    assert not list((tmp_path / "out" / "peers" / "fake").iterdir())  # nothing is left of the run


def test_a_peer_that_keeps_repeats_is_left_out(events: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PEERS, "fake", fake(tmp_path, {"wrong": "keeps repeats"}))
    monkeypatch.setattr("bench.peers.run.python_of", lambda peer, folder: Path(sys.executable))
    assert run_variants("fake", events, tmp_path / "out")[0] == (
        "Fake (keeps repeats): wrote 4 rows (4 by its own count) of 3 ids, not 3"
    )


def test_a_peer_that_cannot_run_here_says_why(events: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PEERS, "fake", fake(tmp_path, {"right": "unique"}, unusable="needs Java"))
    assert run_variants("fake", events, tmp_path / "out") == ["Fake: needs Java"]


def test_a_peer_that_cannot_be_installed_says_why(events: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PEERS, "fake", fake(tmp_path, {"right": "unique"}))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    assert str(run_variants("fake", events, tmp_path / "out")[0]).startswith("Fake: cannot be installed: ")
