"""The words in which expectations are written: what is asserted, how it is judged, and what follows from a breach.

Polars computes a control column for each expectation; Great Expectations judges that column. Nothing here imports
Great Expectations: its import takes seconds and belongs to `expectations.engine` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import polars as pl

from expectations.controls import units
from lakehouse.tables.silver import CHANGED_COLUMNS

REMEDY = (
    "Correct it in the source system: the correction comes as a new event, and this row stays out. "
    "Where the expectation was wrong, correct that and run `rtr quarantine replay`."
)
REMEDY_TABLE = "Nothing downstream is computed until it holds again: find the rows named here and what wrote them."


class Severity(StrEnum):
    """CRITICAL: money could be wrong. WARNING: somebody should look, nothing waits."""

    CRITICAL = "critical"
    WARNING = "warning"


class Level(StrEnum):
    """What a breach stops: the ROW alone, which goes to quarantine, or the TABLE, which blocks what is downstream."""

    ROW = "row"
    TABLE = "table"


class Judged(StrEnum):
    """How Great Expectations judges a control column.

    TRUE: every value is true. ZERO: every difference (int64, ten-thousandths of a major unit) is zero.
    UNIQUE: no key of a row occurs twice.
    """

    TRUE = "true"
    ZERO = "zero"
    UNIQUE = "unique"


@dataclass(frozen=True)
class Expectation:
    """One assertion about the rows of a view.

    `description` is a sentence that a controller understands; `remedy` says what to do about a failing row.
    `control` is the Polars expression that is judged, over the view's columns; never null.
    `shows` names columns whose values stand in the message of a failing row.
    """

    name: str
    description: str
    control: pl.Expr
    judged: Judged = Judged.TRUE
    severity: Severity = Severity.CRITICAL
    level: Level = Level.ROW
    remedy: str = REMEDY
    shows: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Code of a row that this expectation rejects, such as GATE_REFUND_NAMES_ITS_PAYMENT."""
        return f"GATE_{self.name.upper()}"

    @property
    def rejects(self) -> bool:
        """Whether a failing row is quarantined."""
        return self.level is Level.ROW and self.severity is Severity.CRITICAL

    @property
    def blocks(self) -> bool:
        """Whether a failing row stops what is downstream of the table."""
        return self.level is Level.TABLE and self.severity is Severity.CRITICAL


def holds(name: str, description: str, control: pl.Expr, *, shows: tuple[str, ...] = ()) -> Expectation:
    """A condition that each row meets. Where it is empty there is nothing to judge yet, and it passes."""
    return Expectation(name, description, control.fill_null(True), Judged.TRUE, shows=shows)


def zero(name: str, description: str, difference: pl.Expr, *, shows: tuple[str, ...] = ()) -> Expectation:
    """A difference that is zero in each row, to the last minor unit. Where it is empty it passes."""
    return Expectation(name, description, units(difference), Judged.ZERO, shows=shows)


def warns(expectation: Expectation) -> Expectation:
    """The same as a warning: a breach is reported and stops nothing."""
    return replace(expectation, severity=Severity.WARNING)


def of_whole_state(expectation: Expectation) -> Expectation:
    """The same for rows that tell a whole state: a change may leave out what the columns are compared with."""
    return replace(expectation, control=pl.col(CHANGED_COLUMNS).is_not_null() | expectation.control)


def of_table(expectation: Expectation) -> Expectation:
    """The same at the level of the table: a breach blocks what is downstream and quarantines no row."""
    remedy = REMEDY_TABLE if expectation.remedy == REMEDY else expectation.remedy
    return replace(expectation, level=Level.TABLE, remedy=remedy)


def remedied(expectation: Expectation, remedy: str) -> Expectation:
    """The same with its own remedy."""
    return replace(expectation, remedy=remedy)
