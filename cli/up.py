"""`rtr up`: the live stack on one machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli.feeds import feeds_of
from cli.terminal import DEFAULT_ROOT, Root, lakehouse, out, report_error
from lakehouse.errors import RtrError


def up(
    root: Root = DEFAULT_ROOT,
    port: Annotated[int, typer.Option(help="Port of the Dagster UI.")] = 3000,
    system: Annotated[list[str] | None, typer.Option("--system", help="Follow files of this system; repeatable.")] = None,
    path: Annotated[list[str] | None, typer.Option("--path", help="Pattern of the system before it; repeatable.")] = None,
    config: Annotated[Path | None, typer.Option(help="Follow the sources that this YAML names.")] = None,
    every_seconds: Annotated[
        float, typer.Option(min=1.0, help="Refresh this long after the last refresh, if something came in.")
    ] = 10.0,
) -> None:
    """The Dagster UI on the lakehouse; with --path or --config also a followed ingest and a warm refresher."""
    from assets.live.lookups import Memory
    from assets.live.publish import publish
    from dagster_project.home import create_storage
    from pipelines.feeds import MEBIBYTE, IngestOptions
    from pipelines.ingest import ingest

    lake = lakehouse(root)
    feeds = feeds_of(system or [], path or [], config) if system or path or config else []
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
    with subprocess.Popen(command, env=environment) as server:
        out.print(f"Dagster UI: http://localhost:{port}  (Ctrl-C stops everything)")

        def finish(*_: object) -> None:
            stop.set()
            server.terminate()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, finish)
        server.wait()
    stop.set()
    for worker in workers:
        worker.join()
