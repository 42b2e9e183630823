"""Decisions that a rule cannot take."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

DECISIONS = (
    *("distinct", "modification_treatment", "constraint", "collectability", "not_a_copy"),
    *("transfer_of_control", "economic_incentive"),
)

SUITE = silver_suite(
    silver.JUDGEMENTS,
    holds(
        "decision_is_known",
        f"A judgement is about {', '.join(DECISIONS)}.",
        pl.col("decision").is_in(DECISIONS),
        shows=("scope", "decision"),
    ),
    holds(
        "reason_is_given",
        "A judgement gives its reason in words.",
        pl.col("reason").str.strip_chars().str.len_chars() > 0,
        shows=("scope",),
    ),
    warns(
        holds(
            "approver_is_not_author",
            "Who approves a judgement is not who made it.",
            pl.col("approver") != pl.col("author"),
            shows=("author", "approver"),
        )
    ),
)
