"""Runs a peer's variants on an input and checks that each wrote every unique event once."""

from __future__ import annotations

import json
import subprocess
import tempfile
from glob import glob
from pathlib import Path

import polars as pl

from bench.peers.dlt import DLT
from bench.peers.environment import last_line, python_of
from bench.peers.peer import NotRunError, Peer, PeerResult
from bench.peers.spark import SPARK

PEERS = {peer.name: peer for peer in (SPARK, DLT)}
RUN_SECONDS = 3600
SAMPLE_BYTES = 32 * 2**20


def run_variants(
    name: str, pattern: str, folder: Path, rounds: int = 1, limit: int | None = None
) -> list[PeerResult | str]:
    """Every variant of the peer in turn; `limit` lets it run on the first files only, of at least so many bytes."""
    peer = PEERS[name]
    home = folder / "peers" / name
    files = first_files(sorted(glob(str(Path(pattern).absolute()))), limit)
    try:
        if reason := peer.unusable():
            raise NotRunError(reason)
        if not files:
            raise NotRunError(f"no file matches {pattern}")
        home.mkdir(parents=True, exist_ok=True)
        python = python_of(peer, home)
    except NotRunError as error:
        return [f"{peer.title}: {error}"]
    with tempfile.TemporaryDirectory(dir=home) as place:
        work = Path(place).absolute()
        (work / "input").mkdir()
        for number, file in enumerate(files):
            (work / "input" / f"{number:06d}.jsonl").symlink_to(file)
        cut_sample(files, work / "sample" / "sample.jsonl", SAMPLE_BYTES)
        try:
            expected = expected_ids(str(work / "input" / "*.jsonl"))
        except pl.exceptions.PolarsError as error:
            return [f"{peer.title}: the input cannot be counted: {error}"]
        return [_run(peer, python, variant, work, rounds, expected) for variant in peer.variants]


def _run(peer: Peer, python: Path, variant: str, work: Path, rounds: int, expected: int) -> PeerResult | str:
    title = f"{peer.title} ({peer.variants[variant]})"
    patterns = [str(work / part / "*.jsonl") for part in ("input", "sample")]
    with tempfile.TemporaryDirectory(dir=work) as output:
        # isolated: beside the job lie modules that have the names of the peers' packages
        command = [str(python), "-I", str(peer.job.absolute()), *patterns, output, variant, str(rounds), *peer.arguments]
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=RUN_SECONDS)
            size = sum(Path(file).stat().st_size for file in glob(patterns[0]))
            result = parse_report(done.stdout, done.stderr, title, variant, size)
            check_ids(result, expected, written_ids(peer.written(Path(output) / "output-0")))
        except subprocess.TimeoutExpired:
            return f"{title}: took longer than {RUN_SECONDS} s"
        except (NotRunError, OSError, pl.exceptions.PolarsError) as error:
            return f"{title}: {error}"
    return result


def parse_report(stdout: str, stderr: str, title: str, variant: str, size: int) -> PeerResult:
    """The line of JSON that a job prints last; other lines may stand before it."""
    for line in reversed(stdout.splitlines()):
        if not line.startswith("{"):
            continue
        try:
            report = json.loads(line)
            seconds = min(float(second) for second in report["seconds"])
            counts = int(report["events_in"]), int(report["events_out"])
            peak = report["peak_rss_mb"]
            return PeerResult(title, variant, seconds, size, *counts, None if peak is None else float(peak))
        except (ValueError, KeyError, TypeError) as error:
            raise NotRunError(f"printed no report: {line[:200]}") from error
    raise NotRunError(f"failed: {last_line(stderr)}")


def check_ids(result: PeerResult, expected: int, written: tuple[int, int]) -> None:
    """Exactly once: as many rows as ids, and as many ids as the input has."""
    rows, ids = written
    if not result.events_out == rows == ids == expected:
        raise NotRunError(f"wrote {rows} rows ({result.events_out} by its own count) of {ids} ids, not {expected}")


def expected_ids(pattern: str) -> int:
    return int(pl.scan_ndjson(pattern, schema={"id": pl.String}).select(pl.col("id").n_unique()).collect().item())


def written_ids(files: list[str]) -> tuple[int, int]:
    """Rows, and distinct ids among them."""
    if not files:
        return 0, 0
    rows, ids = pl.scan_parquet(files).select(pl.len(), pl.col("id").n_unique().alias("ids")).collect().row(0)
    return int(rows), int(ids)


def first_files(files: list[str], limit: int | None) -> list[str]:
    """As many files, in order, as hold `limit` bytes; without a limit all."""
    taken: list[str] = []
    size = 0
    for file in files:
        if limit is not None and size >= limit:
            break
        taken.append(file)
        size += Path(file).stat().st_size
    return taken


def cut_sample(files: list[str], target: Path, size: int) -> None:
    """The first lines of every file, together about `size` bytes: what the engines warm up on."""
    target.parent.mkdir(parents=True)
    with target.open("wb") as sample:
        for file in files:
            with open(file, "rb") as lines:
                sample.writelines(lines.readlines(max(1, size // len(files))))


def table(results: list[PeerResult | str]) -> str:
    """One row a variant, in Markdown; a peer that did not run says why below the table."""
    rows = ["| way | s | MiB/s | events/s | unique events | peak MiB |", "|---|---|---|---|---|---|"]
    for result in results:
        if isinstance(result, PeerResult):
            peak = "" if result.peak_rss_mb is None else f"{result.peak_rss_mb:,.0f}"
            rows.append(
                f"| {result.name} | {result.seconds:.2f} | {result.bytes_per_second / 2**20:,.1f} "
                f"| {result.events_per_second:,.0f} | {result.events_out:,} | {peak} |"
            )
    return "\n".join(rows + [f"\nnot run: {result}" for result in results if isinstance(result, str)])
