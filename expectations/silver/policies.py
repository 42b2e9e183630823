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
    "equal_months",
)
CONTRACT_METHODS = ("usage", "delivery", "milestones", "output_units", "hours", "cost_to_cost", "redemption")
RECOGNITION_METHODS = (*TIME_METHODS, *CONTRACT_METHODS)

# The values that each policy may take.
KNOWN: dict[str, tuple[str, ...]] = {
    "recognition_method": TIME_METHODS,
    "schedule_rounding": ("cumulative", "last_month", "first_month", "last_full_month"),
    "catch_up": ("on", "off"),
    "revenue_basis": ("invoice", "contract"),
    "ssp_range": ("midpoint", "nearest_bound"),
    "ssp_method": ("observable", "residual"),
    "variable_consideration_method": ("expected_value", "most_likely_amount"),
    "variable_allocation": ("by_objective", "entirely", "relative"),
    "financing_expedient": ("on", "off"),
    "contract_cost_expedient": ("on", "off"),
    "contract_cost_reversal": ("on", "off"),
    "usage_aggregation": ("sum", "last", "max"),
    "progress_precision": ("exact", "percent", "per_mille", "basis_point"),
    "posting_grain": ("month", "day"),
    "fx_remeasurement": ("receivables", "none"),
    "commission_tiers": ("volume", "graduated"),
    "unbilled_items": ("prorations", "all", "none"),
    "gl_export": ("summary", "detail"),
}

# A policy whose value is a list of systems, for all kinds of objects or for one.
PRECEDENCE = r"^system_precedence(_document|_cash|_contract|_customer|_product|_opportunity|_quote)?$"
SYSTEMS = r"^[a-z][a-z0-9_-]*( *, *[a-z][a-z0-9_-]*)*$"
_RANKS_SYSTEMS = pl.col("name").str.contains(PRECEDENCE)

# What a credit note does, for each reason code that a company uses.
OF_REASON = r"^credit_note_treatment\.\S.*$"
TREATMENTS = ("cumulative", "prospective", "stop", "tax_only")
_OF_REASON = pl.col("name").str.contains(OF_REASON)

# Policies whose value is a name of the company's own: a publisher of rates, an account of its general ledger.
OPEN = r"^(fx_rate_source|gl_account\.\w+)$"

SUITE = silver_suite(
    silver.POLICIES,
    holds(
        "policy_is_known",
        f"A policy is one the rules read: {', '.join(KNOWN)}, system_precedence, fx_rate_source, gl_account.<account>, "
        "credit_note_treatment.<reason>.",
        pl.col("name").is_in(list(KNOWN)) | pl.col("name").str.contains(OPEN) | _RANKS_SYSTEMS | _OF_REASON,
        shows=("scope", "name"),
    ),
    holds(
        "policy_value_is_known",
        "A policy chooses a treatment that the rules can compute.",
        pl.any_horizontal(
            ~pl.col("name").is_in(list(KNOWN)) & ~_RANKS_SYSTEMS & ~_OF_REASON,
            _OF_REASON & pl.col("value").is_in(TREATMENTS),
            _RANKS_SYSTEMS & pl.col("value").str.contains(SYSTEMS),
            *((pl.col("name") == name) & pl.col("value").is_in(values) for name, values in KNOWN.items()),
        ),
        shows=("scope", "name", "value"),
    ),
    holds(
        "scope_is_everything_or_one",
        "A policy governs everything ('*') or one entity, product, contract or line by its id.",
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
