"""`rtr ingest`: run the Beam job."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.feeds import feeds_of
from cli.terminal import DEFAULT_ROOT, Root, err, lakehouse, out, report_error
from lakehouse.errors import RtrError

if TYPE_CHECKING:
    from lakehouse.store import Lakehouse
    from pipelines.feeds import AnyFeed, IngestOptions


class Driver(StrEnum):
    MICRO = "micro"
    STREAM = "stream"


def ingest(
    context: typer.Context,
    system: Annotated[
        list[str] | None, typer.Option("--system", help="System the records come from, or mapped; repeatable.")
    ] = None,
    path: Annotated[
        list[str] | None, typer.Option("--path", help="Pattern, file or folder of the system before it; repeatable.")
    ] = None,
    mapping: Annotated[
        list[Path] | None, typer.Option("--mapping", help="With --system mapped: the YAML that says how rows become facts.")
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option("--topic", help="Read this Kafka topic instead of files; repeatable.")
    ] = None,
    bootstrap_servers: Annotated[str, typer.Option(help="With --topic: addresses of the broker.")] = "localhost:9092",
    group: Annotated[str, typer.Option(help="With --topic: consumer group, whose members share the partitions.")] = "rtr",
    start: Annotated[
        str, typer.Option(help="With --topic: where a partition begins that was never read: committed, earliest, latest.")
    ] = "committed",
    config: Annotated[
        Path | None,
        typer.Option(help="YAML that names the `sources`, instead of the options above; see pipelines/README.md."),
    ] = None,
    root: Root = DEFAULT_ROOT,
    follow: Annotated[bool, typer.Option("--follow", help="Go on reading what arrives, until interrupted.")] = False,
    batch_mib: Annotated[
        int | None,
        typer.Option(min=1, help="Size of a batch: smaller is fresher, larger is faster. First 256, with --follow 64."),
    ] = None,
    trigger_seconds: Annotated[
        float, typer.Option(min=0.05, help="With --follow: a batch at most so often; smaller is fresher.")
    ] = 1.0,
    legal_entity: Annotated[str, typer.Option(help="Legal entity whose books the events belong to.")] = "default",
    time_zone: Annotated[
        str | None,
        typer.Option(
            help="Where the calendar days begin of a system that dates by days, such as America/New_York; first UTC."
        ),
    ] = None,
    metrics_port: Annotated[
        int | None, typer.Option(help="Serve figures for Prometheus at this port of this machine (driver micro).")
    ] = None,
    live: Annotated[bool, typer.Option(help="Keep gold.live_sales up to what is committed, within seconds.")] = True,
    driver: Annotated[
        Driver,
        typer.Option(help="micro runs the Beam graph in this process; stream hands it to a runner by Beam's options."),
    ] = Driver.MICRO,
) -> None:
    """Read records of a system into bronze and silver, each event exactly once. Running it again adds nothing.

    With --driver stream, all other options go to Beam, such as --runner=FlinkRunner --flink_master=host:8081.
    """
    from pipelines.feeds import BULK_MIB, FOLLOWED_MIB, MEBIBYTE, IngestOptions

    if context.args and driver is Driver.MICRO:
        raise typer.BadParameter(f"No such option: {' '.join(context.args)}. Options of Beam go with --driver stream.")
    kafka: dict[str, Any] = (
        {"bootstrap_servers": bootstrap_servers, "topics": topic, "group": group, "start": start} if topic else {}
    )
    feeds = feeds_of(system or [], path or [], config, kafka, mapping, time_zone)
    size = batch_mib or (FOLLOWED_MIB if follow else BULK_MIB)
    options = IngestOptions(
        batch_bytes=size * MEBIBYTE,
        range_bytes=min(size, 64) * MEBIBYTE,
        follow=follow,
        trigger_seconds=trigger_seconds,
        legal_entity_id=legal_entity,
    )
    if driver is Driver.STREAM:
        _stream(lakehouse(root), feeds, options, context.args, live=live)
    else:
        ingest_here(lakehouse(root), feeds, options, metrics_port, live=live)


def _stream(lake: Lakehouse, feeds: list[AnyFeed], options: IngestOptions, beam_args: list[str], *, live: bool) -> None:
    from assets.live.lookups import Memory
    from assets.live.publish import publish
    from pipelines.drivers.stream import run_stream
    from pipelines.ingest import prepare_feeds

    prepare_feeds(lake, feeds)
    with stopping() as stop:
        args = beam_args or ["--runner=PrismRunner"]
        state = run_stream(
            lake, feeds, options, args, stop=stop, publish=partial(publish, lake, Memory()) if live else None
        )
    out.print(f"The job ended: {state}.", highlight=False)


def ingest_here(
    lake: Lakehouse,
    feeds: Sequence[AnyFeed],
    options: IngestOptions,
    metrics_port: int | None = None,
    *,
    live: bool = True,
) -> None:
    """Ingest in this process, with a progress line on a terminal and the sums at the end."""
    from assets.live.lookups import Memory
    from assets.live.publish import publish
    from pipelines.ingest import ingest as run
    from pipelines.observe import Prometheus
    from pipelines.transforms.batch import BatchResult

    metrics = Prometheus()
    if metrics_port is not None:
        err.print(f"Figures for Prometheus: http://127.0.0.1:{metrics.serve(metrics_port)}/metrics", highlight=False)
    began = time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(pulse_style="cyan"), TimeElapsedColumn())
    with stopping() as stop, Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("reading", total=None)
        received = 0

        def show(result: BatchResult) -> None:
            nonlocal received
            received += result.received
            metrics.batch(result)
            rate = received / max(time.monotonic() - began, 0.001)
            took = f"batch {result.number + 1} in {result.batch_seconds:.1f} s"
            bar.update(task, description=f"{received:,} records, {rate:,.0f}/s, {took}, {result.behind:,} behind")

        def failed(error: RtrError) -> None:
            metrics.failure()
            report_error(error)

        after = partial(publish, lake, Memory() if options.follow else None) if live else None
        summary = run(lake, feeds, options, progress=show, stop=stop, report=failed, after_commit=after)
    out.print(
        f"{summary.received:,} records of {summary.files} files: {summary.accepted:,} accepted, "
        f"{summary.unmapped:,} without revenue, {summary.duplicate:,} duplicate, {summary.quarantined:,} quarantined, "
        f"in {time.monotonic() - began:.1f} s.",
        highlight=False,
    )
    for text in summary.waiting:
        err.print(f"[yellow]waiting[/] {text} It is read on when the file has grown.", highlight=False)
    if stop.is_set() and not options.follow:
        err.print("Stopped early. Run the same command again: it goes on where it stopped.", highlight=False)
        raise typer.Exit(1)
    if summary.quarantined:
        out.print("See why with: rtr quarantine list", highlight=False)


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
