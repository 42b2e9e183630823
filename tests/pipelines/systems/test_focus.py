"""FOCUS charges: usage and costs finer than any amount of money."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from cli.laws.derivation import silver_follows_from_bronze
from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from tests.pipelines.systems.focus_records import CHARGE, SOUND
from tests.pipelines.systems.normalising import Record, normalise, rows, verdict


def usage(record: Record) -> dict[str, Record]:
    """Usage of a charge by meter."""
    normalised = normalise(record, source="focus")
    assert normalised.events["message"].to_list() == [None]
    return {row["meter"]: row for row in rows(normalised, "usage")}


def test_a_charge_is_what_was_consumed_billed_and_cost() -> None:
    found = usage(CHARGE)
    assert {meter: (row["quantity"], row["unit"]) for meter, row in found.items()} == {
        "billed_cost": (Decimal("0.0000008"), "USD"),
        "effective_cost": (Decimal("0.00000075"), "USD"),
        "G95": (Decimal("2.000000000000"), "Requests"),  # 2.0000000000005 at twelve decimals, the tie to the even digit
    }
    assert {row["customer_id"] for row in found.values()} == {"focus:customer/5173"}
    assert found["G95"]["effective_at"].isoformat() == "2024-09-18T22:00:00+00:00"
    assert found["G95"]["known_at"].isoformat() == "2024-09-18T23:00:00+00:00"


def test_versions_and_shapes() -> None:
    assert set(usage(SOUND["1.1"])) == {"billed_cost", "effective_cost", "Requests tier 1"}
    purchase = usage(SOUND["1.2"])
    assert {meter: row["quantity"] for meter, row in purchase.items()} == {
        "billed_cost": Decimal("12.5"),
        "effective_cost": 0,
    }
    assert '"InvoiceId":"INV-7"' in purchase["billed_cost"]["dimensions"]
    assert '"ServiceProviderName":"AWS"' in usage(SOUND["1.3"])["billed_cost"]["dimensions"]


def test_a_correction_stands_in_the_period_it_corrects_and_is_known_when_it_is_billed() -> None:
    found = usage(SOUND["correction"])["billed_cost"]
    assert found["quantity"] == Decimal("-0.5")
    assert found["effective_at"].isoformat() == "2024-09-18T22:00:00+00:00"
    assert found["known_at"].isoformat() == "2024-10-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"BilledCost": "NULL"}, "MISSING_FIELD"),
        ({"BilledCost": "0.0000000000001"}, "WRONG_TYPE"),  # thirteen decimals: a cost is never rounded
        ({"BillingCurrency": "Dollar"}, "UNKNOWN_CURRENCY"),
        ({"ChargeClass": "Correct"}, "NOT_ALLOWED"),
        ({"ChargeCategory": "Gift"}, "NOT_ALLOWED"),
        ({"ChargePeriodStart": "18 September"}, "WRONG_TYPE"),
        ({"ConsumedQuantity": "two"}, "WRONG_TYPE"),
    ],
)
def test_what_is_refused(changes: Record, code: str) -> None:
    assert verdict(CHARGE | changes, source="focus")[0] == code


def test_the_sample_sums_exactly_and_twice_the_same(lake: Lakehouse, shared: Path, tmp_path: Path) -> None:
    file = shared / "data/focus_usage/focus_sample.csv"
    summary = ingest(lake, [Feed("focus", str(file))])
    assert (summary.accepted, summary.quarantined) == (1000, 0)
    pl.read_csv(file, infer_schema=False).write_parquet(tmp_path / "again.parquet")
    assert ingest(lake, [Feed("focus", str(tmp_path / "again.parquet"))]).duplicate == 1000
    sums = dict(lake.scan(silver.USAGE).group_by("meter").agg(pl.col("quantity").sum()).collect().iter_rows())
    billed, effective = sums["billed_cost"], sums["effective_cost"]
    assert (billed, effective) == (Decimal("20.52022672899"), Decimal("14.97651418586"))
    assert (round(billed, 6), round(effective, 6)) == (Decimal("20.520227"), Decimal("14.976514"))
    assert lake.open(silver.USAGE).count() == 2 * 1000 + 999  # one charge has no quantity
    assert silver_follows_from_bronze(lake).breaches == ()
