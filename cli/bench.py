"""`rtr bench`: measure, as ratios against alternatives in the same run."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Name(StrEnum):
    INGEST = "ingest"


def bench(
    name: Annotated[Name, typer.Argument(help="What to measure.")],
    megabytes: Annotated[int, typer.Option(min=10, help="Size of the input.")] = 500,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of each way; the best counts.")] = 3,
) -> None:
    """Measure against plain Polars + delta-rs on this machine; needs some minutes and three times the size on disk."""
    from bench.ingest import run

    run(megabytes, rounds)
