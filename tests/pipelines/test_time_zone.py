"""Calendar days of systems that leave their time zone out: an invoice of the first of a month is one of that month."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from assets.facts.entities import with_accounting_days
from cli.laws.derivation import silver_follows_from_bronze
from cli.main import app
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from pipelines.care import Care
from pipelines.feeds import Feed
from pipelines.ingest import Summary, ingest
from pipelines.systems import SYSTEMS
from pipelines.systems.interface import MOMENT
from pipelines.systems.json_system import JsonSystem
from pipelines.systems.moments import in_zone
from tests.pipelines.systems import netsuite_records as netsuite
from tests.pipelines.systems import quickbooks_records as quickbooks
from tests.pipelines.systems import salesforce_records as salesforce
from tests.pipelines.systems import xero_records as xero
from tests.pipelines.systems.normalising import Record, block

NEW_YORK = "America/New_York"


def take_in(lake: Lakehouse, folder: Path, *records: Record, time_zone: str | None = NEW_YORK) -> Summary:
    path = folder / f"{len(list(folder.iterdir()))}.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return ingest(lake, [Feed("quickbooks", str(path), Care(time_zone=time_zone))])


def invoice(day: str, **more: object) -> Record:
    return quickbooks.one("Invoice", quickbooks.invoice(TxnDate=day, **more))


def test_an_invoice_of_the_first_is_booked_in_its_month(lake: Lakehouse, tmp_path: Path) -> None:
    take_in(lake, tmp_path, invoice("2026-04-01"))
    documents = lake.scan(silver.DOCUMENTS).collect()
    # New York is four hours behind UTC in April.
    assert documents["issued_at"].to_list() == [datetime(2026, 4, 1, 4, tzinfo=UTC)]
    zones = pl.DataFrame({"legal_entity_id": ["default"], "time_zone": [NEW_YORK]})
    booked = with_accounting_days(documents, zones, {"day": "issued_at"})
    assert booked["day"].to_list() == [date(2026, 4, 1)]


def test_what_is_replayed_or_proved_is_read_in_the_same_zone(lake: Lakehouse, tmp_path: Path) -> None:
    take_in(lake, tmp_path, invoice("2026-04-01"))
    # Nothing said: as before.
    assert take_in(lake, tmp_path, invoice("2026-04-01"), time_zone=None).duplicate == 1
    assert silver_follows_from_bronze(lake).breaches == ()


def test_the_zone_of_days_that_were_taken_in_is_not_changed(lake: Lakehouse, tmp_path: Path) -> None:
    take_in(lake, tmp_path, invoice("2026-04-01"), time_zone=None)
    with pytest.raises(RtrError, match="were taken in as days of UTC") as changed:
        take_in(lake, tmp_path, invoice("2026-05-01"))
    assert changed.value.code == "TIME_ZONE_CHANGED"


def test_a_system_that_dates_by_moments_needs_no_zone(lake: Lakehouse, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    with pytest.raises(RtrError) as unused:
        ingest(lake, [Feed("stripe", str(tmp_path / "a.jsonl"), Care(time_zone=NEW_YORK))])
    assert unused.value.code == "TIME_ZONE_UNUSED"


def test_the_command_and_the_file_of_sources_name_the_zone(lake: Lakehouse, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps(invoice("2026-01-01")))
    source = f"system: quickbooks, path: {tmp_path / 'in.jsonl'}, time_zone: {NEW_YORK}"
    (tmp_path / "sources.yaml").write_text(f"sources:\n  - {{{source}}}\n")
    config = ["--config", str(tmp_path / "sources.yaml")]
    options = ["--system", "quickbooks", "--path", str(tmp_path / "in.jsonl"), "--time-zone", NEW_YORK]
    for given in (config, options):
        result = CliRunner().invoke(app, ["ingest", *given, "--no-live", "--lakehouse", lake.root])
        assert result.exit_code == 0, result.output
    assert lake.scan(silver.DOCUMENTS).select("issued_at").collect().item() == datetime(2026, 1, 1, 5, tzinfo=UTC)
    wrong = CliRunner().invoke(app, ["ingest", *options[:-1], "New York", "--lakehouse", lake.root], env={"COLUMNS": "300"})
    assert wrong.exit_code == 2
    assert "is no time zone" in wrong.output


DAYS: tuple[tuple[str, Record, str, str, Record], ...] = (
    # 2025-02-01, eight hours behind UTC
    (
        "quickbooks",
        quickbooks.SOUND["payment"],
        "cash",
        "America/Los_Angeles",
        {"effective_at": datetime(2025, 2, 1, 8, tzinfo=UTC)},
    ),
    # A ledger has days and no moments.
    ("quickbooks", quickbooks.SOUND["entry"], "ledger_entries", "Pacific/Auckland", {"posted_on": date(2025, 1, 31)}),
    # 2025-01-15, thirteen hours before UTC
    ("xero", xero.invoice(), "documents", "Pacific/Auckland", {"issued_at": datetime(2025, 1, 14, 11, tzinfo=UTC)}),
    (
        "salesforce",
        salesforce.SOUND["order"],  # from 2025-01-01 to 2025-12-31
        "contracts",
        NEW_YORK,
        {"start_at": datetime(2025, 1, 1, 5, tzinfo=UTC), "end_at": datetime(2026, 1, 1, 5, tzinfo=UTC)},
    ),
)


@pytest.mark.parametrize(("source", "record", "table", "zone", "expected"), DAYS)
def test_days_begin_in_the_zone(source: str, record: Record, table: str, zone: str, expected: Record) -> None:
    told = placed(source, zone, record, table)
    assert {name: told[name] for name in expected} == expected


def placed(source: str, zone: str, record: Record, table: str) -> Record:
    system = SYSTEMS[source]
    assert isinstance(system, JsonSystem)
    normalised = system.in_zone(zone).normalise(block([json.dumps(record).encode()], source))
    assert normalised.events["message"].to_list() == [None]
    return normalised.facts[f"silver.{table}"].row(0, named=True)


def test_a_service_lasts_to_the_end_of_its_last_day_whatever_the_clocks_do() -> None:
    """From the 1st to the 9th of March 2025 in New York, where clocks go forward on the 9th."""
    sold = netsuite.item(1, 100.0, revRecStartDate="2025-03-01", revRecEndDate="2025-03-09")
    record = netsuite.invoice(item={"items": [sold]})
    line = placed("netsuite", NEW_YORK, record, "document_lines")
    assert line["service_from"] == datetime(2025, 3, 1, 5, tzinfo=UTC)
    # The 9th ends at the midnight of the 10th, which is in summer time.
    assert line["service_to"] == datetime(2025, 3, 10, 4, tzinfo=UTC)


def test_a_midnight_that_clocks_leave_out_is_an_hour_later() -> None:
    """On 9 March 2025 the clocks of Havana went from 0:00 to 1:00."""
    midnight = pl.DataFrame({"day": [datetime(2025, 3, 9, tzinfo=UTC)]}, schema={"day": MOMENT})
    assert midnight.select(in_zone(pl.col("day"), "America/Havana")).item() == datetime(2025, 3, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize("source", ["quickbooks", "xero", "netsuite", "salesforce", "shopify"])
def test_systems_that_date_by_days_say_so(source: str) -> None:
    system = SYSTEMS[source]
    assert isinstance(system, JsonSystem)
    assert system.has_days
