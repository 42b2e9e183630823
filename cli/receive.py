"""`rtr receive`: the webhook receiver."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.terminal import DEFAULT_ROOT, Root, err, lakehouse, out, print_table, report_error
from lakehouse.errors import RtrError

if TYPE_CHECKING:
    from pipelines.receiver.config import ReceiverConfig

REMOVE_EVERY_SECONDS = 600.0


def receive(
    config: Annotated[Path, typer.Option(help="YAML with the sources; pipelines/receiver/README.md shows one.")],
    spool: Annotated[
        Path | None, typer.Option(help="Folder of the segment files, a folder a source; not with `sink: kafka`.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8080,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for all, behind a proxy that speaks TLS.")
    ] = "127.0.0.1",
    check: Annotated[
        bool, typer.Option("--check", help="Only judge the configuration, secrets and spool, and print the addresses.")
    ] = False,
    access_log: Annotated[
        bool, typer.Option("--access-log", help="A line for each delivery: source, status and time, nothing that was sent.")
    ] = False,
    remove_ingested_hours: Annotated[
        float | None,
        typer.Option(min=0.0, help="Remove segments so long after their last record, once --lakehouse holds all of them."),
    ] = None,
    root: Root = DEFAULT_ROOT,
) -> None:
    """Receive signed webhooks and CloudEvents, and answer 2xx only when a delivery is on the disk (or in Kafka).

    POST /webhooks/SOURCE for each source of the configuration, POST /events for the source `events` (CloudEvents 1.0:
    structured, batched, binary), GET /healthz, /readyz and /metrics. What was received is read by

    rtr ingest --system stripe --path 'SPOOL/stripe/*.jsonl' --follow

    Answers: 200 kept; 401 not signed, wrong or stale; 404 no such source; 408 too slow; 413 too large; 415 not JSON;
    429 too many; 503 overloaded or the disk fails: the sender comes again. SIGTERM finishes what is on its way and ends
    with code 0.
    """
    from pipelines.receiver.config import load
    from pipelines.receiver.serve import log_to_stderr, open_sink, serve

    settings = load(config)
    if check:
        _check(settings, spool, host, port)
        return
    log_to_stderr(requests=access_log)
    sink = open_sink(settings, spool)
    _print_addresses(settings, host, port)
    stop = threading.Event()
    remover = None
    if remove_ingested_hours is not None and spool is not None:
        remover = threading.Thread(target=_remove, args=(settings, spool, root, remove_ingested_hours, stop))
        remover.start()
    try:
        serve(settings, sink, host, port)
    finally:
        stop.set()
        if remover:
            remover.join()


def _check(settings: ReceiverConfig, spool: Path | None, host: str, port: int) -> None:
    """Everything that can be known before the first delivery. Raises RtrError where something is wrong."""
    import time

    from pipelines.receiver.config import SinkKind
    from pipelines.receiver.file_sink import probe_folder
    from pipelines.systems import SYSTEMS

    for source in settings.sources.values():
        if not any(secret.holds(time.time()) for secret in source.secrets):
            raise RtrError(
                "SECRETS_EXPIRED",
                f"No secret of sources.{source.name} holds any more.",
                "Add the new one, or correct its not_after.",
            )
        for secret in source.secrets:
            if not secret.holds(time.time()):
                err.print(f"[yellow]expired[/] {source.name}: {secret.origin}", highlight=False)
        if source.system not in SYSTEMS:
            known = ", ".join(SYSTEMS)
            err.print(f"[yellow]note[/] rtr ingest reads no system {source.system!r}; it reads {known}.", highlight=False)
    if settings.sink is SinkKind.FILES:
        if spool is None:
            raise RtrError("SPOOL_UNUSABLE", "No spool is named.", "Add --spool DIR.")
        try:
            spool.mkdir(parents=True, exist_ok=True)
            probe_folder(spool)
        except OSError as error:
            raise RtrError(
                "SPOOL_UNUSABLE", f"Cannot write to {spool}: {error.strerror}.", "Check its permissions and the disk."
            ) from error
    else:
        from pipelines.receiver.kafka_sink import settings as kafka_settings

        assert settings.kafka is not None
        kafka_settings(settings.kafka, settings.limits.commit_seconds)
    _print_addresses(settings, host, port)


def _print_addresses(settings: ReceiverConfig, host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    rows = [
        (source.system, f"http://{shown}:{port}{source.path}", ", ".join(secret.origin for secret in source.secrets))
        for source in settings.sources.values()
    ]
    print_table("Receiving", ("system", "address", "secrets from"), rows, right_from=3)
    out.print(f"http://{shown}:{port}/healthz, /readyz and /metrics are for you, not for the internet.", highlight=False)


def _remove(settings: ReceiverConfig, spool: Path, root: str, hours: float, stop: threading.Event) -> None:
    from pipelines.receiver.retention import remove_ingested

    while True:
        try:
            remove_ingested(lakehouse(root), settings, spool, hours)
        except RtrError as error:
            report_error(error)
        except OSError as error:
            report_error(RtrError("STORE_FAILED", f"Segments could not be removed: {error}", "It is tried again."))
        if stop.wait(REMOVE_EVERY_SECONDS):
            return
