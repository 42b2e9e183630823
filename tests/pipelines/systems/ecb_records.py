"""Rows of the files of the European Central Bank."""

from __future__ import annotations

from tests.pipelines.systems.normalising import Record

DAY: Record = {"Date": "2024-12-31", "USD": "1.0389", "JPY": "163.06", "CYP": "N/A", "ISK": "N/A"}

SOUND: dict[str, Record] = {
    "day": DAY,
    "last_day": {"Date": "02 January 2025", " USD": " 1.0321", " JPY": " 162.56", " ": " "},
    "holiday": {"Date": "2025-01-01", "USD": "N/A"},
}
