"""What a gate found: a result for each expectation, and the rows to be quarantined."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from expectations.expectation import Expectation, Severity
from lakehouse.table import Table

SAMPLE = 5


@dataclass(frozen=True)
class Result:
    """What one expectation found: how many rows it looked at, how many broke it, and the keys of the first."""

    expectation: Expectation
    rows_judged: int
    rows_failing: int
    sample_keys: tuple[str, ...]

    @property
    def success(self) -> bool:
        return self.rows_failing == 0


@dataclass(frozen=True)
class GateReport:
    """What the gate of one table found.

    `rejected` has the columns of quarantine.rejected, with `rejected_at` empty: when is for the caller to say.
    `table_version` and `context_versions` are the Delta versions that were read; empty where frames were given.
    """

    table: Table
    rows_judged: int
    results: tuple[Result, ...]
    rejected: pl.DataFrame
    table_version: int | None = None
    context_versions: dict[str, int] | None = None

    @property
    def failures(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if not result.success)

    @property
    def blocking(self) -> tuple[Result, ...]:
        """Breaches for which everything downstream must wait."""
        return tuple(result for result in self.failures if result.expectation.blocks)

    @property
    def warnings(self) -> tuple[Result, ...]:
        return tuple(r for r in self.failures if r.expectation.severity is Severity.WARNING)

    @property
    def rows_rejected(self) -> int:
        """Rows that wait in quarantine; one row may break several expectations."""
        return self.rejected.get_column("row_key").n_unique() if self.rejected.height else 0

    @property
    def passes(self) -> bool:
        """Whether what is downstream may go on, without the rejected rows."""
        return not self.blocking

    def failed(self, name: str) -> bool:
        """Whether the expectation of that name was broken; KeyError where the suite has none."""
        for result in self.results:
            if result.expectation.name == name:
                return not result.success
        raise KeyError(f"{self.table.qualified_name} has no expectation {name!r}")
