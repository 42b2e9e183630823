"""The stream driver on Prism: files that arrive while it runs, each event once."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakehouse.store import Lakehouse
from tests.cluster.streams import assert_exact, received, streaming, wait_for
from tests.pipelines.events import cash_event, write_lines

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


def test_files_that_arrive_while_it_runs(lake: Lakehouse, tmp_path: Path, prism: Path) -> None:
    inbox = tmp_path / "in"
    feed = ["--system", "native", "--path", str(inbox / "*.jsonl")]
    arguments = ["--runner=PrismRunner", f"--prism_location={prism}", "--environment_type=LOOPBACK"]
    with streaming(lake, feed, arguments, tmp_path / "job.log") as check:
        for n in range(10):
            events = [cash_event(k) for k in range(n * 50, n * 50 + 60)]  # ten of each file come again in the next
            write_lines(tmp_path / "part", events).rename(_made(inbox) / f"{n}.jsonl")
            wait_for(lambda n=n: received(lake) == 60 * (n + 1), check, f"file {n}")  # type: ignore[misc]
    assert_exact(lake, 510, 600)
    # A new job begins where the lakehouse stands.
    write_lines(inbox / "again.jsonl", [cash_event(n) for n in range(505, 520)])
    with streaming(lake, feed, arguments, tmp_path / "job.log") as check:
        wait_for(lambda: received(lake) == 615, check, "the file after the restart")
    assert_exact(lake, 520, 615)


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
