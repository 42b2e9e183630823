"""What a simulation is asked for: how long, how big, from which seed, and how disorderly its delivery."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipelines.simulator.moments import month_start

OLD_API, NEW_API = "2020-08-27", "2025-03-31.basil"


@dataclass(frozen=True)
class Parameters:
    """One simulation. Equal parameters give equal bytes.

    `start` is the first day of a month; `duplicates`, `late` and `malformed` are shares of the distinct
    events, from 0 to 1.
    Raises ValueError where a value is out of its range.
    """

    months: int = 18
    customers: int = 500
    seed: int = 7
    start: date = date(2025, 1, 1)
    duplicates: float = 0.0
    late: float = 0.0
    shuffle: bool = False
    malformed: float = 0.0

    def __post_init__(self) -> None:
        if self.months < 1 or self.customers < 0:
            raise ValueError("months must be at least 1 and customers at least 0")
        if self.start.day != 1:
            raise ValueError(f"start must be the first day of a month, not {self.start}")
        for name in ("duplicates", "late", "malformed"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1, not {getattr(self, name)}")

    @property
    def month_starts(self) -> list[int]:
        """First second of every month and, last, of the month after: months + 1 moments."""
        return [month_start(self.start, index) for index in range(self.months + 1)]

    @property
    def month_names(self) -> list[str]:
        """ISO months such as 2025-01."""
        return [datetime.fromtimestamp(moment, UTC).strftime("%Y-%m") for moment in self.month_starts[:-1]]

    @property
    def api_cut(self) -> int:
        """From this moment on events have the shape of the newer API version: the middle of the months."""
        return month_start(self.start, self.months // 2)

    @property
    def as_of(self) -> date:
        """Last day of the last month."""
        return datetime.fromtimestamp(self.month_starts[-1], UTC).date() - timedelta(days=1)

    def as_json(self) -> dict[str, Any]:
        """The parameters as truth.json shows them."""
        return asdict(self) | {
            "start": self.start.isoformat(),
            "api_cut": datetime.fromtimestamp(self.api_cut, UTC).date().isoformat(),
        }
