"""Reference rates of the European Central Bank."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from tests.pipelines.systems.ecb_records import DAY, SOUND
from tests.pipelines.systems.normalising import Record, normalise, rows, verdict


def test_a_day_is_a_rate_for_each_currency_that_had_one() -> None:
    found = rows(normalise(DAY, source="ecb"), "fx_rates")
    assert [(row["quote_currency"], row["rate"]) for row in found] == [
        ("JPY", Decimal("163.06")),
        ("USD", Decimal("1.0389")),
    ]
    assert {(row["base_currency"], row["day"], row["kind"]) for row in found} == {("EUR", date(2024, 12, 31), "reference")}


def test_the_file_of_the_last_day_has_other_dates_and_spaces() -> None:
    assert rows(normalise(SOUND["last_day"], source="ecb"), "fx_rates")[0]["day"] == date(2025, 1, 2)


def test_a_column_that_appears_later_changes_no_day_before_it() -> None:
    events = normalise(DAY, DAY | {"TRY": "N/A"}, DAY | {"USD": "1.04"}, source="ecb").events
    assert events["source_event_id"].unique().to_list() == ["2024-12-31"]
    hashes = events["content_hash"].to_list()
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_holiday_without_rates_is_known_and_says_nothing() -> None:
    assert normalise(SOUND["holiday"], source="ecb").events["disposition"].to_list() == ["unmapped"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Date": None}, "MISSING_FIELD"),
        ({"Date": "31/12/2024"}, "ABSURD_DATE"),
        ({"Date": "1024-12-31"}, "ABSURD_DATE"),
        ({"USD": "one"}, "WRONG_TYPE"),
        ({"USD": "0"}, "NOT_ALLOWED"),
        ({"USD": "-1.2"}, "NOT_ALLOWED"),
    ],
)
def test_what_is_refused(changes: Record, code: str) -> None:
    assert verdict(DAY | changes, source="ecb")[0] == code


def test_all_days_of_the_bank(lake: Lakehouse, shared: Path) -> None:
    summary = ingest(lake, [Feed("ecb", str(shared / "data/fx/eurofxref-hist.csv"))])
    assert (summary.accepted, summary.quarantined) == (6_983, 0)
    rates = lake.scan(silver.FX_RATES).collect()
    assert rates["day"].n_unique() == 6_983
    last = rates.filter(pl.col("day") == date(2024, 12, 31))
    found = dict(last.select("quote_currency", "rate").iter_rows())
    assert [found[code] for code in ("USD", "GBP", "JPY")] == [Decimal("1.0389"), Decimal("0.82918"), Decimal("163.06")]
