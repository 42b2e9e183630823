"""The webhook receiver as a part of `rtr up`: a process beside it, and the feeds that read what was received."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lakehouse.errors import RtrError

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from pipelines.feeds import Feed
    from pipelines.receiver.config import ReceiverConfig


@dataclass(frozen=True)
class Receiving:
    """A receiver that is to run: its configuration, judged already, where it keeps what comes, and where it listens.

    `spool` is None where the configuration says that records go to Kafka.
    """

    config: Path
    settings: ReceiverConfig
    spool: Path | None
    host: str
    port: int

    def feeds(self) -> list[Feed]:
        """What reads the spool: a feed for each source of a system that is known; Kafka is read by `--config`."""
        from pipelines.feeds import Feed
        from pipelines.systems import SYSTEMS

        known = [source for source in self.settings.sources.values() if self.spool and source.system in SYSTEMS]
        return [Feed(source.system, f"{self.spool}/{source.name}/*.jsonl") for source in known]

    @contextmanager
    def running(self) -> Iterator[SpawnProcess]:
        """The process, until the block ends: then what is on its way is finished and durable."""
        from pipelines.receiver.serve import beside

        process = beside(self.config, self.spool, self.host, self.port)
        try:
            yield process
        finally:
            process.terminate()
            process.join()


def receiving(config: Path, spool: Path | None, host: str, port: int, lakehouse_root: str) -> Receiving:
    """Raises RtrError RECEIVER_CONFIG where the file is wrong, typer.BadParameter where a spool must be named."""
    from pipelines.receiver.config import SinkKind, load

    settings = load(config)
    if settings.sink is SinkKind.KAFKA:
        return Receiving(config, settings, None, host, port)
    if spool is None and "://" in lakehouse_root:
        raise typer.BadParameter("The lakehouse is an object store: name a folder of this machine with --spool.")
    return Receiving(config, settings, spool or Path(f"{lakehouse_root.rstrip('/')}-spool"), host, port)


def ended(process: SpawnProcess) -> RtrError:
    """What to say of a receiver that ended by itself."""
    return RtrError(
        "RECEIVER_ENDED",
        f"The webhook receiver ended with code {process.exitcode}.",
        "Its last lines say why; try it with `rtr receive --check`, or choose another --receive-port.",
    )
