"""`rtr up`: the live stack on one machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli.feeds import feeds_of
from cli.received import ended, receiving
from cli.terminal import DEFAULT_ROOT, Root, lakehouse, out, report_error
from lakehouse.errors import RtrError

WATCH_SECONDS = 0.2


def up(
    root: Root = DEFAULT_ROOT,
    port: Annotated[int, typer.Option(help="Port of the Dagster UI.")] = 3000,
    system: Annotated[list[str] | None, typer.Option("--system", help="Follow files of this system; repeatable.")] = None,
    path: Annotated[list[str] | None, typer.Option("--path", help="Pattern of the system before it; repeatable.")] = None,
    config: Annotated[Path | None, typer.Option(help="Follow the sources that this YAML names.")] = None,
    every_seconds: Annotated[
        float, typer.Option(min=1.0, help="Refresh this long after the last refresh, if something came in.")
    ] = 10.0,
    receive: Annotated[
        Path | None, typer.Option(help="Receive webhooks as this YAML says (`rtr receive`), and follow what comes.")
    ] = None,
    receive_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the webhook receiver.")] = 8080,
    receive_host: Annotated[
        str, typer.Option(help="Address of the webhook receiver; 0.0.0.0 for all, behind a proxy that speaks TLS.")
    ] = "127.0.0.1",
    spool: Annotated[
        Path | None, typer.Option(help="Folder of what the receiver got; LAKEHOUSE-spool if none is named.")
    ] = None,
) -> None:
    """The Dagster UI on the lakehouse; with --path, --config or --receive also a followed ingest and a warm refresher.

    --receive starts the webhook receiver beside it: a delivery that was answered with 200 is in gold after the next
    refresh.
    Ctrl-C and SIGTERM stop all: what was received is durable, and is read on when this is started again.
    """
    from assets.live.lookups import Memory
    from assets.live.publish import publish
    from dagster_project.home import create_storage
    from pipelines.feeds import MEBIBYTE, IngestOptions
    from pipelines.ingest import ingest

    lake = lakehouse(root)
    feeds = feeds_of(system or [], path or [], config) if system or path or config else []
    hooks = receiving(receive, spool, receive_host, receive_port, root) if receive else None
    feeds += hooks.feeds() if hooks else []
    environment = os.environ | {"RTR_LAKEHOUSE": str(Path(root).resolve()), "DAGSTER_HOME": str(create_storage(lake.root))}
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-m",
        "dagster_project.definitions",
        "-p",
        str(port),
        "--log-level",
        "warning",
    ]
    stop = threading.Event()
    arrived = threading.Event()

    def follow() -> None:
        options = IngestOptions(batch_bytes=8 * MEBIBYTE, range_bytes=8 * MEBIBYTE, follow=True)
        try:
            ingest(
                lake,
                feeds,
                options,
                progress=lambda result: arrived.set(),
                stop=stop,
                report=report_error,
                after_commit=partial(publish, lake, Memory()),
            )
        except RtrError as error:
            report_error(error)
            stop.set()

    def keep_fresh() -> None:
        from dagster_project.refresh import refresh

        while not stop.wait(every_seconds):
            if arrived.is_set():
                arrived.clear()
                result = refresh(lake.root, as_of=datetime.now(UTC).date())
                out.print(
                    f"{'refreshed' if result.success else 'refresh failed'} in {result.duration:.1f} s", highlight=False
                )

    workers = [threading.Thread(target=target) for target in (follow, keep_fresh)] if feeds else []
    for worker in workers:
        worker.start()
    failure: RtrError | None = None
    with (
        hooks.running() if hooks else nullcontext() as receiver,
        subprocess.Popen(command, env=environment) as server,
    ):
        out.print(f"Dagster UI: http://localhost:{port}  (Ctrl-C stops everything)")
        for source in hooks.settings.sources.values() if hooks else ():
            out.print(f"{source.system}: http://{receive_host}:{receive_port}{source.path}", highlight=False)

        def finish(*_: object) -> None:
            stop.set()
            server.terminate()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, finish)
        while server.poll() is None:
            if receiver is not None and not receiver.is_alive() and not stop.is_set():
                failure = ended(receiver)
                finish()
            time.sleep(WATCH_SECONDS)
    stop.set()
    for worker in workers:
        worker.join()
    if failure is not None:
        raise failure
