"""Which recognition method holds for each line: the policy in force when its invoice was issued.

A policy is a fact with a scope. The narrowest one that is in force decides: the contract's, then the product's, then the
entity's, then the one for everything (`*`), then the default, straight line by day. A policy reaches invoices issued from
`effective_from` on and is pinned there (adoption for new contracts). A value that names no method is left aside.
"""

from __future__ import annotations

import polars as pl

from assets.recognition.methods import DEFAULT_METHOD, METHODS

POLICY_NAME = "recognition_method"
DEFAULT_POLICY = "default"
EVERYTHING = "*"
# Narrowest first. The last is the scope of everything, for which each line carries the same literal.
_SCOPES = ("contract_id", "product_id", "legal_entity_id", "everything")


def with_recognition_method(lines: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Lines with `recognition_method` and `policy`, the object id of the policy that chose it.

    `lines` have contract_id, product_id, legal_entity_id and issued_at; `policies` are the states of policy facts.
    """
    chosen = policies.filter((pl.col("name") == POLICY_NAME) & pl.col("value").is_in(METHODS))
    if chosen.is_empty():
        return lines.with_columns(recognition_method=pl.lit(DEFAULT_METHOD.value), policy=pl.lit(DEFAULT_POLICY))
    in_order = chosen.sort("effective_from", "effective_at", "source_sequence", "known_at", "row_key", nulls_last=False)
    in_force = in_order.select("scope", "effective_from", choice=pl.struct(method="value", policy="object_id"))
    found = lines.with_columns(everything=pl.lit(EVERYTHING)).with_row_index("line").sort("issued_at")
    for scope in _SCOPES:
        found = found.join_asof(
            in_force.rename({"choice": f"choice_of_{scope}"}),
            left_on="issued_at",
            right_on="effective_from",
            by_left=scope,
            by_right="scope",
            strategy="backward",
            check_sortedness=False,
        ).drop("effective_from", strict=False)
    decided = found.with_columns(choice=pl.coalesce(f"choice_of_{scope}" for scope in _SCOPES))
    return (
        decided.sort("line")
        .with_columns(
            recognition_method=pl.col("choice").struct.field("method").fill_null(DEFAULT_METHOD.value),
            policy=pl.col("choice").struct.field("policy").fill_null(DEFAULT_POLICY),
        )
        .drop("line", "everything", "choice", *(f"choice_of_{scope}" for scope in _SCOPES))
    )
