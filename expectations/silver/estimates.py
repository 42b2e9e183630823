"""Estimates with their author."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, warns
from expectations.silver.legal_entities import BOOKS
from expectations.suite import silver_suite
from lakehouse.tables import silver

KINDS = (
    *("variable_consideration", "price_concession", "consideration_payable", "returns", "kept", "return_rate"),
    *("total_cost", "uninstalled_cost", "expected_units", "volume", "discount_rate"),
    *("amortisation_months", "recoverable_cost"),
    *("purchase_amount", "option_discount", "general_discount", "redemption_probability"),
    *("market_value", "noncash_consideration"),
)

SUITE = silver_suite(
    silver.ESTIMATES,
    holds(
        "estimate_says_something",
        "An estimate is a value, a constrained value or scenarios.",
        pl.any_horizontal(pl.col(c).is_not_null() for c in ("value", "constrained_value", "scenarios")),
        shows=("scope", "kind"),
    ),
    holds(
        "constraint_lowers_variable_consideration",
        "Variable consideration after the constraint is not above the estimate (ASC 606-10-32-11, IFRS 15.56).",
        (pl.col("kind") != "variable_consideration") | (pl.col("constrained_value") <= pl.col("value")),
        shows=("scope", "value", "constrained_value"),
    ),
    holds(
        "scenarios_are_json",
        "Scenarios are written as a JSON list or object.",
        pl.col("scenarios").str.strip_chars().str.contains(r"(?s)^(\[.*\]|\{.*\})$"),
        shows=("scope", "scenarios"),
    ),
    warns(
        holds(
            "kind_is_known",
            f"An estimate is one that the rules read: {', '.join(KINDS)}.",
            pl.col("kind").is_in(KINDS),
            shows=("scope", "kind"),
        )
    ),
    holds("book_is_known", f"A book is {' or '.join(BOOKS)}.", pl.col("book").is_in(BOOKS), shows=("scope", "book")),
)
