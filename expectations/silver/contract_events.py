"""Changes of a contract's state."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.CONTRACT_EVENTS,
    holds(
        "state_is_known",
        "A contract changes to a state that contracts can have.",
        pl.col("state_to").is_in(silver.CONTRACT_STATUSES),
        shows=("state_to",),
    ),
    warns(
        holds(
            "state_changes",
            "A change of state leads to another state.",
            pl.col("state_from") != pl.col("state_to"),
            shows=("state_from", "state_to"),
        )
    ),
)
