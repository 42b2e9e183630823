"""Estimates, decisions and choices of treatment, with their author."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table
from lakehouse.types import Kind

S, R, T = Kind.STRING, Kind.RATE, Kind.TIMESTAMP

ESTIMATES = fact_table(
    "estimates",
    "Estimates with their author: variable consideration, returns, breakage, total cost, rates.",
    Column("scope", S, "Line, contract or portfolio it is about.", required=True),
    Column("kind", S, "What is estimated.", required=True),
    Column("value", R, "The value."),
    Column("currency", S, "ISO 4217 code, where the value is money."),
    Column("scenarios", S, "Scenarios with probabilities, as JSON."),
    Column("constrained_value", R, "The value after the constraint."),
    Column("book", S, "Book it holds for; empty for all."),
    Column("author", S, "Who made it.", required=True),
)

JUDGEMENTS = fact_table(
    "judgements",
    "Decisions that a rule cannot take, with reason and approver.",
    Column("scope", S, "What it is about.", required=True),
    Column(
        "decision",
        S,
        "Kind of decision: distinct, modification treatment, constraint, collectability, transfer of control ...",
        required=True,
    ),
    Column("value", S, "What was decided.", required=True),
    Column("reason", S, "Why.", required=True),
    Column("book", S, "Book it holds for; empty for all."),
    Column("author", S, "Who decided.", required=True),
    Column("approver", S, "Who approved."),
)

POLICIES = fact_table(
    "policies",
    "Choices among the treatments the standards allow.",
    Column("scope", S, "What it governs: '*', or an entity, product or contract.", required=True),
    Column("name", S, "Name of the policy, such as recognition_method.", required=True),
    Column("value", S, "The choice.", required=True),
    Column("effective_from", T, "From when it holds.", required=True),
    Column("book", S, "Book it holds for; empty for all."),
    Column(
        "adoption",
        S,
        "Which contracts it reaches.",
        required=True,
        allowed=("new_contracts", "prospective", "cumulative_catch_up"),
    ),
    Column("approver", S, "Who approved."),
)
