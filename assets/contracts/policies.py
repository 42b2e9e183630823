"""Which choice of treatment holds for each row: the policy in force when it was pinned.

A policy is a fact with a scope. The narrowest one that is in force decides: the contract's, then the product's, then the
entity's, then the one for everything (`*`), then the default. A policy reaches what begins from `effective_from` on (an
invoice that is issued, a contract at its inception) and is pinned there (adoption for new contracts). A value that the
rules do not know is left aside.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.recognition.methods import DEFAULT_METHOD, METHODS
from assets.recognition.rounding import CUMULATIVE, ROUNDINGS

POLICY_NAME = "recognition_method"
ROUNDING_POLICY = "schedule_rounding"
CATCH_UP_POLICY = "catch_up"
DEFAULT_POLICY = "default"
EVERYTHING = "*"
# Narrowest first. The last is the scope of everything, for which each line carries the same literal.
_SCOPES = ("contract_id", "product_id", "legal_entity_id", "everything")
SCOPES_OF_CONTRACT = ("contract_id", "legal_entity_id", "everything")
SCOPES_OF_LINE = ("obligation_id", *_SCOPES)


def with_recognition_method(lines: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Lines with `recognition_method`, `policy` (the object id of the policy that chose it), `rounding` and `catch_up`.

    `lines` have contract_id, product_id, legal_entity_id and issued_at; `policies` are the states of policy facts.
    """
    by_method = with_choice(
        lines, policies, POLICY_NAME, METHODS, DEFAULT_METHOD.value, into="recognition_method", named="policy"
    )
    rounded = with_choice(by_method, policies, ROUNDING_POLICY, ROUNDINGS, CUMULATIVE, into="rounding")
    switched = with_choice(rounded, policies, CATCH_UP_POLICY, ("on", "off"), "on", into="catch_up")
    return switched.with_columns(catch_up=pl.col("catch_up") == "on")


def with_choice(
    rows: pl.DataFrame,
    policies: pl.DataFrame,
    name: str,
    values: Sequence[str],
    default: str,
    *,
    into: str,
    named: str | None = None,
    at: str = "issued_at",
    scopes: tuple[str, ...] = _SCOPES,
) -> pl.DataFrame:
    """Rows with the choice of one policy in the column `into`, and in `named` the object id of the policy that made it.

    `at` is the moment at which the choice is pinned; `scopes` are the columns that a policy may name, narrowest first.
    """
    chosen = policies.filter((pl.col("name") == name) & pl.col("value").is_in(values))
    if chosen.is_empty():
        plain = rows.with_columns(pl.lit(default).alias(into))
        return plain if named is None else plain.with_columns(pl.lit(DEFAULT_POLICY).alias(named))
    in_order = chosen.sort("effective_from", "effective_at", "source_sequence", "known_at", "row_key", nulls_last=False)
    in_force = in_order.select("scope", "effective_from", choice=pl.struct(value="value", policy="object_id"))
    found = rows.with_columns(everything=pl.lit(EVERYTHING)).with_row_index("_line").sort(at)
    for scope in scopes:
        found = found.join_asof(
            in_force.rename({"choice": f"choice_of_{scope}"}),
            left_on=at,
            right_on="effective_from",
            by_left=scope,
            by_right="scope",
            strategy="backward",
            check_sortedness=False,
        ).drop("effective_from", strict=False)
    decided = found.sort("_line").with_columns(_choice=pl.coalesce(f"choice_of_{scope}" for scope in scopes))
    told = decided.with_columns(pl.col("_choice").struct.field("value").fill_null(default).alias(into))
    if named is not None:
        told = told.with_columns(pl.col("_choice").struct.field("policy").fill_null(DEFAULT_POLICY).alias(named))
    return told.drop("_line", "everything", "_choice", *(f"choice_of_{scope}" for scope in scopes))
