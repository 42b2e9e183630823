"""Decisions that a rule cannot take."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, warns
from expectations.silver.legal_entities import BOOKS
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
    holds(
        "constraint_is_an_amount",
        "A constraint says how much of an estimate may count, or none where all of it may (ASC 606-10-32-11, IFRS 15.56).",
        (pl.col("decision") != "constraint")
        | (pl.col("value") == "none")
        | pl.col("value").str.contains(r"^[+-]?\d{1,16}(\.\d{1,12})?$"),
        shows=("scope", "value"),
    ),
    holds("book_is_known", f"A book is {' or '.join(BOOKS)}.", pl.col("book").is_in(BOOKS), shows=("scope", "book")),
    warns(
        holds(
            "approver_is_not_author",
            "Who approves a judgement is not who made it.",
            pl.col("approver") != pl.col("author"),
            shows=("author", "approver"),
        )
    ),
)
