"""Choices among the treatments that the standards allow: a policy that no rule knows would be silently ignored."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

# What time alone performs. An obligation of a contract may also be performed by what is done: CONTRACT_METHODS.
TIME_METHODS = (
    "straight_line_daily",
    "straight_line_monthly",
    "point_in_time",
    "straight_line_exact",
    "straight_line_monthly_prorated",
    "monthly_prorata_temporis",
    "straight_line_30_360",
    "monthly_to_a_tenth",
)
CONTRACT_METHODS = ("usage", "delivery", "milestones", "output_units", "hours", "cost_to_cost", "redemption")
RECOGNITION_METHODS = (*TIME_METHODS, *CONTRACT_METHODS)

# The values that each policy may take.
KNOWN: dict[str, tuple[str, ...]] = {
    "recognition_method": TIME_METHODS,
    "schedule_rounding": ("cumulative", "last_month", "first_month", "last_full_month"),
    "catch_up": ("on", "off"),
    "posting_grain": ("month", "day"),
    "fx_remeasurement": ("receivables", "none"),
    "gl_export": ("summary", "detail"),
}

# Policies whose value is a name of the company's own: a publisher of rates, an account of its general ledger.
OPEN = r"^(fx_rate_source|gl_account\.\w+)$"

SUITE = silver_suite(
    silver.POLICIES,
    holds(
        "policy_is_known",
        f"A policy is one that the rules read: {', '.join(KNOWN)}, fx_rate_source or gl_account.<account>.",
        pl.col("name").is_in(list(KNOWN)) | pl.col("name").str.contains(OPEN),
        shows=("scope", "name"),
    ),
    holds(
        "policy_value_is_known",
        "A policy chooses a treatment that the rules can compute.",
        pl.any_horizontal(
            ~pl.col("name").is_in(list(KNOWN)),
            *((pl.col("name") == name) & pl.col("value").is_in(values) for name, values in KNOWN.items()),
        ),
        shows=("scope", "name", "value"),
    ),
    holds(
        "scope_is_everything_or_one",
        "A policy governs everything ('*') or one entity, product or contract by its id.",
        pl.col("scope").str.contains(r"^\S+$"),
        shows=("scope",),
    ),
    warns(
        holds(
            "policy_is_approved",
            "Somebody approved the policy.",
            pl.col("approver").is_not_null(),
            shows=("scope", "name", "value"),
        )
    ),
)
