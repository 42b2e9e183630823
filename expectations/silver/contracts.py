"""Agreements with a customer: their dates and their state must not contradict each other."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, of_whole_state, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

# States in which the contract is in force, so that it counts in MRR or may again.
IN_FORCE = ("trialing", "active", "past_due", "paused")

SUITE = silver_suite(
    silver.CONTRACTS,
    holds(
        "contract_in_force_has_not_ended",
        "A contract that has ended is not in force.",
        ~pl.col("status").is_in(IN_FORCE) | (pl.col("end_at") > pl.col("effective_at")),
        shows=("status", "end_at", "effective_at"),
    ),
    holds(
        "end_not_before_start",
        "A contract ends no earlier than it starts.",
        pl.col("end_at") >= pl.col("start_at"),
        shows=("start_at", "end_at"),
    ),
    holds(
        "trial_end_not_before_trial_start",
        "A trial ends no earlier than it starts.",
        pl.col("trial_end") >= pl.col("trial_start"),
        shows=("trial_start", "trial_end"),
    ),
    of_whole_state(
        holds(
            "trialing_contract_has_trial_end",
            "A contract on trial says when the trial ends.",
            (pl.col("status") != "trialing") | pl.col("trial_end").is_not_null(),
            shows=("status",),
        )
    ),
    warns(
        holds(
            "contract_in_force_has_customer",
            "A contract in force names its customer.",
            ~pl.col("status").is_in(IN_FORCE) | pl.col("customer_id").is_not_null(),
            shows=("object_id", "status"),
        )
    ),
    warns(
        holds(
            "canceled_contract_has_end",
            "A canceled contract says when it ended.",
            (pl.col("status") != "canceled") | pl.col("end_at").is_not_null() | (pl.col("operation") == "retract"),
            shows=("status",),
        )
    ),
)
