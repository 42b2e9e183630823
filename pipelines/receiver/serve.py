"""The receiver as a server: in this process until SIGTERM, or in a process of its own beside others."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import sys
from multiprocessing.context import SpawnProcess
from pathlib import Path

import uvicorn

from lakehouse.errors import RtrError
from pipelines.receiver.app import Receiver, access, log
from pipelines.receiver.config import ReceiverConfig, SinkKind, load
from pipelines.receiver.protocol import bounded
from pipelines.receiver.sink import Sink

# How long SIGTERM waits for deliveries on their way; orchestrators kill after thirty seconds.
GRACE_SECONDS = 25
KEEP_ALIVE_SECONDS = 30
BACKLOG = 2048


def open_sink(config: ReceiverConfig, spool: Path | None) -> Sink:
    """Where the configuration says that records go. Raises RtrError SPOOL_UNUSABLE, RECEIVER_CONFIG or KAFKA_OPTION."""
    if config.sink is SinkKind.KAFKA and config.kafka is not None:
        from pipelines.receiver.kafka_sink import KafkaSink

        return KafkaSink(config.kafka, config.limits.commit_seconds)
    from pipelines.receiver.file_sink import FileSink

    if spool is None:
        raise RtrError("SPOOL_UNUSABLE", "No spool is named.", "Add --spool DIR, or `sink: kafka` to the configuration.")
    try:
        sink = FileSink(spool, config.sources, config.segments)
    except OSError as error:
        raise RtrError(
            "SPOOL_UNUSABLE", f"Cannot use {spool}: {error.strerror}.", "Check the folder, its permissions and the disk."
        ) from error
    if sink.cut_bytes:
        log.warning("Cut %d bytes of lines that were never acknowledged from the segments of a killed run.", sink.cut_bytes)
    return sink


def server(config: ReceiverConfig, sink: Sink, host: str, port: int) -> uvicorn.Server:
    """A server that is not started yet."""
    return uvicorn.Server(
        uvicorn.Config(
            Receiver(config, sink).app(),
            host=host,
            port=port,
            http=bounded(config.limits),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


def serve(config: ReceiverConfig, sink: Sink, host: str, port: int) -> None:
    """Answer until SIGTERM or SIGINT; then what is on its way is finished and durable, and this returns."""
    running = server(config, sink, host, port)
    # uvicorn raises the signal again when it has finished: the end is clean, so that nothing may come of it.
    before = {number: signal.signal(number, _nothing) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        running.run()
    except SystemExit as error:
        raise RtrError(
            "ADDRESS_UNUSABLE", f"Cannot listen on {host}:{port}.", "Choose another --port or --host."
        ) from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _nothing(*_: object) -> None:
    return None


def log_to_stderr(*, requests: bool) -> None:
    """Messages, and with `requests` a line for each delivery: source, status and time, and nothing that was sent."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for logger in (log, logging.getLogger("uvicorn.error")):
        logger.addHandler(handler)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
    access.setLevel(logging.INFO if requests else logging.WARNING)


def run(config_file: Path, spool: Path | None, host: str, port: int, *, requests: bool = False) -> None:
    """Load, open and serve. Raises RtrError where one of these cannot be."""
    log_to_stderr(requests=requests)
    config = load(config_file)
    serve(config, open_sink(config, spool), host, port)


def beside(config_file: Path, spool: Path | None, host: str, port: int) -> SpawnProcess:
    """The receiver in a process of its own, started; `terminate()` and `join()` end it cleanly."""
    process = multiprocessing.get_context("spawn").Process(
        target=run, args=(config_file, spool, host, port), name="rtr-receive"
    )
    process.start()
    return process
