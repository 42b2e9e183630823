"""Policies of the ledger: one choice for each entity, by name, with its default; stored with every journal line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

EVERYTHING = "*"

POSTING_GRAIN = "posting_grain"
REMEASUREMENT = "fx_remeasurement"
RATE_SOURCE = "fx_rate_source"
GL_EXPORT = "gl_export"

DEFAULTS: dict[str, str | None] = {
    POSTING_GRAIN: "month",
    REMEASUREMENT: "receivables",
    RATE_SOURCE: None,
    GL_EXPORT: "summary",
}
"""Time alone posts by the month; open receivables are remeasured at the end of a period; rates of any source count; the
general ledger gets sums."""

GL_ACCOUNT = "gl_account."
"""Policies `gl_account.<our account>` name an account of the company's general ledger."""


@dataclass(frozen=True)
class Choices:
    """What each scope (an entity, or everything) chose: name of the policy, then scope, then value."""

    by_name: dict[str, dict[str, str]]

    def of_entity(self, name: str) -> pl.Expr:
        """The choice of each row's entity."""
        chosen = self.by_name.get(name, {})
        default = pl.lit(chosen.get(EVERYTHING, DEFAULTS[name]), pl.String)
        if not chosen:
            return default
        return pl.col("legal_entity_id").replace_strict(chosen, default=default, return_dtype=pl.String)

    def told(self) -> pl.Expr:
        """What is not the default of each row's entity, as name=value, `;` between."""
        parts = [
            pl.when(self.of_entity(name).ne_missing(pl.lit(default, pl.String)))
            .then(pl.concat_str(pl.lit(f"{name}="), self.of_entity(name)))
            .otherwise(None)
            for name, default in DEFAULTS.items()
            if name in self.by_name
        ]
        return pl.concat_str(parts, separator=";", ignore_nulls=True) if parts else pl.lit("")


def choices(policies: pl.DataFrame, as_of: date) -> Choices:
    """The policies of the ledger in force at the end of `as_of`; `policies` are states of policy facts."""
    in_force = policies.filter(pl.col("name").is_in(list(DEFAULTS)), pl.col("effective_from").dt.date() <= as_of)
    found: dict[str, dict[str, str]] = {}
    ordered = in_force.sort("effective_from", "effective_at", "source_sequence", "known_at", "row_key", nulls_last=False)
    for name, scope, value in ordered.select("name", "scope", "value").iter_rows():
        found.setdefault(name, {})[scope] = value
    return Choices(found)
