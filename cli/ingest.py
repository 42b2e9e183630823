"""`rtr ingest`: run the Beam job."""

from __future__ import annotations

import signal
import threading
import time
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.terminal import DEFAULT_ROOT, Root, err, lakehouse, out


def ingest(
    system: Annotated[
        list[str], typer.Option("--system", help="System the files come from, such as stripe or native; repeatable.")
    ],
    path: Annotated[list[str], typer.Option("--path", help="Pattern, file or folder of the system before it; repeatable.")],
    root: Root = DEFAULT_ROOT,
    follow: Annotated[bool, typer.Option("--follow", help="Go on reading files that arrive, until interrupted.")] = False,
    batch_mib: Annotated[int, typer.Option(min=1, help="Size of a batch; smaller is fresher, larger is faster.")] = 128,
    poll_seconds: Annotated[float, typer.Option(min=0.05, help="With --follow: how often to look for files.")] = 1.0,
    legal_entity: Annotated[str, typer.Option(help="Legal entity whose books the events belong to.")] = "default",
) -> None:
    """Read files of a system into bronze and silver, each event exactly once. Running it again adds nothing."""
    from pipelines.ingest import MEBIBYTE, Feed, IngestOptions
    from pipelines.ingest import ingest as run
    from pipelines.transforms.batch import BatchResult

    if len(system) != len(path):
        raise typer.BadParameter(f"{len(system)} --system and {len(path)} --path: each --path needs its --system.")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    options = IngestOptions(
        batch_bytes=batch_mib * MEBIBYTE,
        range_bytes=min(batch_mib, 64) * MEBIBYTE,
        follow=follow,
        poll_seconds=poll_seconds,
        legal_entity_id=legal_entity,
    )
    began = time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(pulse_style="cyan"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("reading", total=None)
        received = 0

        def show(result: BatchResult) -> None:
            nonlocal received
            received += result.received
            rate = received / max(time.monotonic() - began, 0.001)
            bar.update(task, description=f"{received:,} records, {rate:,.0f}/s, batch {result.number + 1}")

        feeds = [Feed(name, where) for name, where in zip(system, path, strict=True)]
        summary = run(lakehouse(root), feeds, options, progress=show, stop=stop)
    seconds = time.monotonic() - began
    out.print(
        f"{summary.received:,} records of {summary.files} files: {summary.accepted:,} accepted, "
        f"{summary.unmapped:,} without revenue, "
        f"{summary.duplicate:,} duplicate, {summary.quarantined:,} quarantined, in {seconds:.1f} s.",
        highlight=False,
    )
    for text in summary.waiting:
        err.print(f"[yellow]waiting[/] {text} It is read on when the file has grown.", highlight=False)
    if summary.quarantined:
        out.print("See why with: rtr quarantine list", highlight=False)
