"""`rtr ingest`: run the Beam job."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.terminal import DEFAULT_ROOT, Root, err, lakehouse, out

if TYPE_CHECKING:
    from pipelines.feeds import Feed


class Driver(StrEnum):
    MICRO = "micro"


def ingest(
    system: Annotated[
        list[str] | None, typer.Option("--system", help="System the files come from: stripe or native; repeatable.")
    ] = None,
    path: Annotated[
        list[str] | None, typer.Option("--path", help="Pattern, file or folder of the system before it; repeatable.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML with a list `sources` of {system, path}, instead of --system and --path.")
    ] = None,
    root: Root = DEFAULT_ROOT,
    follow: Annotated[bool, typer.Option("--follow", help="Go on reading files that arrive, until interrupted.")] = False,
    batch_mib: Annotated[int, typer.Option(min=1, help="Size of a batch; smaller is fresher, larger is faster.")] = 128,
    trigger_seconds: Annotated[
        float, typer.Option(min=0.05, help="With --follow: a batch at most so often; smaller is fresher.")
    ] = 1.0,
    legal_entity: Annotated[str, typer.Option(help="Legal entity whose books the events belong to.")] = "default",
    driver: Annotated[
        Driver, typer.Option(help="How the Beam graph is driven; micro runs it in this process.")
    ] = Driver.MICRO,
) -> None:
    """Read files of a system into bronze and silver, each event exactly once. Running it again adds nothing."""
    from pipelines.feeds import MEBIBYTE, IngestOptions
    from pipelines.ingest import ingest as run
    from pipelines.transforms.batch import BatchResult

    feeds = feeds_of(system or [], path or [], config)
    options = IngestOptions(
        batch_bytes=batch_mib * MEBIBYTE,
        range_bytes=min(batch_mib, 64) * MEBIBYTE,
        follow=follow,
        trigger_seconds=trigger_seconds,
        legal_entity_id=legal_entity,
    )
    began = time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(pulse_style="cyan"), TimeElapsedColumn())
    with stopping() as stop, Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("reading", total=None)
        received = 0

        def show(result: BatchResult) -> None:
            nonlocal received
            received += result.received
            rate = received / max(time.monotonic() - began, 0.001)
            bar.update(task, description=f"{received:,} records, {rate:,.0f}/s, batch {result.number + 1}")

        summary = run(lakehouse(root), feeds, options, progress=show, stop=stop)
    out.print(
        f"{summary.received:,} records of {summary.files} files: {summary.accepted:,} accepted, "
        f"{summary.unmapped:,} without revenue, {summary.duplicate:,} duplicate, {summary.quarantined:,} quarantined, "
        f"in {time.monotonic() - began:.1f} s.",
        highlight=False,
    )
    for text in summary.waiting:
        err.print(f"[yellow]waiting[/] {text} It is read on when the file has grown.", highlight=False)
    if stop.is_set() and not follow:
        err.print("Stopped early. Run the same command again: it goes on where it stopped.", highlight=False)
        raise typer.Exit(1)
    if summary.quarantined:
        out.print("See why with: rtr quarantine list", highlight=False)


def feeds_of(systems: list[str], paths: list[str], config: Path | None) -> list[Feed]:
    """The feeds that the options name; typer.BadParameter where they do not fit together."""
    from pipelines.feeds import Feed

    if config is not None:
        import yaml

        try:
            listed = yaml.safe_load(config.read_text())["sources"]
            return [Feed(str(source["system"]), str(source["path"])) for source in listed]
        except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
            raise typer.BadParameter(f"{config} is no YAML with a list `sources` of {{system, path}}: {error}") from error
    if not systems or len(systems) != len(paths):
        raise typer.BadParameter(f"{len(systems)} --system and {len(paths)} --path: each --path needs its --system.")
    return [Feed(system, path) for system, path in zip(systems, paths, strict=True)]


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set: the batch on its way is finished, and the next run goes on after it."""
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stop.set()) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
