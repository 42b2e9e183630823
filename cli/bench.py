"""`rtr bench`: measure, as ratios against alternatives in the same run."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Name(StrEnum):
    INGEST = "ingest"
    FRESHNESS = "freshness"
    FLAT = "flat"
    RECEIVE = "receive"
    RECOGNISE = "recognise"


def bench(
    name: Annotated[Name, typer.Argument(help="What to measure.")],
    megabytes: Annotated[int, typer.Option(min=10, help="ingest: size of the input.")] = 1024,
    rounds: Annotated[int, typer.Option(min=1, help="ingest: rounds of each way; the best counts.")] = 3,
    peers: Annotated[
        bool, typer.Option("--peers", help="ingest: also Spark and dlt, each installed into an environment of its own.")
    ] = False,
    rate: Annotated[int, typer.Option(min=10, help="freshness: events a second.")] = 20_000,
    obligations: Annotated[int, typer.Option(min=1_000, help="recognise: how many.")] = 1_000_000,
    seconds: Annotated[int, typer.Option(min=5, help="freshness: how long.")] = 300,
    connections: Annotated[int, typer.Option(min=1, help="receive: connections of the sender.")] = 64,
) -> None:
    """Measure here: ingest against plain Polars + delta-rs, freshness at a sustained rate, cost by size of the table,
    webhooks received with and without fsync, recognition."""
    if name is Name.INGEST:
        from bench.ingest import run as run_ingest

        run_ingest(megabytes, rounds, peers=peers)
    elif name is Name.FRESHNESS:
        from bench.freshness import run as run_freshness

        run_freshness(rate, seconds)
    elif name is Name.RECEIVE:
        from bench.receive import run as run_receive

        run_receive(connections=connections, rounds=rounds)
    elif name is Name.RECOGNISE:
        from bench.recognise import run as run_recognise

        run_recognise(obligations)
    else:
        from bench.flat import run as run_flat

        run_flat()
