"""Salesforce: whole records and changes, from exports and change events."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.facts.state import merged
from expectations.gate import judge
from lakehouse.tables import BY_NAME
from pipelines.systems.salesforce.types import ENTITIES
from tests.pipelines.systems import salesforce_records as sf
from tests.pipelines.systems.normalising import Record, normalise, normalise_bytes, row, rows, verdict

BILLING = {"City": "San Francisco", "State": "CA", "CountryCode": None}


def told(record: Record, table: str) -> Record:
    return row(record, table, "salesforce")


def state(table: str, *records: Record) -> list[Record]:
    return merged(normalise(*records, source="salesforce").facts[f"silver.{table}"]).to_dicts()


def test_every_sound_record_is_mapped_and_passes_its_gate() -> None:
    normalised = normalise(*sf.SOUND.values(), source="salesforce")
    assert normalised.events.filter(pl.col("disposition") != "mapped").select("event_type", "message").rows() == []
    for name, frame in normalised.facts.items():
        report = judge(BY_NAME[name], frame, {})
        assert [(name, result.expectation.name) for result in report.failures] == []
        assert frame.get_column("row_key").is_unique().all()


def test_an_exported_deal() -> None:
    deal = told(sf.DEAL, "opportunities")
    assert (deal["object_id"], deal["customer_id"], deal["owner"]) == ("salesforce:006A", "salesforce:001A", "005A")
    assert (deal["stage"], deal["status"], deal["close_date"]) == ("Negotiation", "open", date(2025, 3, 31))
    assert (deal["amount"], deal["currency"], deal["probability"]) == (Decimal("12000.5"), "USD", Decimal("0.75"))
    assert deal["effective_at"] == datetime(2025, 1, 2, 10, tzinfo=UTC)
    assert deal["changed_columns"] is None


def test_a_line_of_a_deal_adds_up() -> None:
    line = told(sf.DEAL_LINE, "opportunity_lines")
    # 10 x 1,250.00 = 12,500.00, less 4 % = 12,000.00
    assert (line["quantity"], line["unit_price"]) == (Decimal(10), Decimal(1250))
    assert (line["discount"], line["amount"]) == (Decimal(500), Decimal(12000))


def test_a_quote_adds_up() -> None:
    quote = told(sf.SOUND["quote"], "quotes")
    # (12,500.00 + 50.00 shipping) - 500.00 + 960.00 tax = 13,010.00
    assert (quote["subtotal"], quote["discount"], quote["tax"], quote["total"]) == (12550, 500, 960, 13010)
    assert quote["valid_until"] == datetime(2025, 3, 1, tzinfo=UTC)


def test_an_agreement_ends_after_its_last_day_and_is_then_no_longer_in_force() -> None:
    contract = told(sf.SOUND["contract"], "contracts")
    assert (contract["status"], contract["end_at"]) == ("active", datetime(2026, 1, 1, tzinfo=UTC))
    over = sf.SOUND["contract"] | {"EndDate": "2025-01-01"}  # its end is before the export of 2025-01-02
    assert told(over, "contracts")["status"] == "canceled"


def test_an_order_names_what_it_follows_from_and_how_it_is_called() -> None:
    found = rows(normalise(sf.SOUND["order"], source="salesforce"), "external_references")
    assert {(r["reference_kind"], r["relation"], r["reference"]) for r in found} == {
        ("order_number", "names", "00000100"),
        ("po_number", "names", "PO-7"),
        ("object_id", "derives_from", "salesforce:0Q0A"),
    }
    assert told(sf.SOUND["order"], "contracts")["contract_group"] == "salesforce:800A"


def test_an_update_names_the_columns_it_speaks_of_and_fills_no_other() -> None:
    change = told(sf.WON, "opportunities")
    assert change["changed_columns"] == "probability,stage,status"
    assert (change["stage"], change["status"], change["probability"]) == ("Closed Won", "won", Decimal(1))
    assert (change["amount"], change["close_date"], change["customer_id"]) == (None, None, None)


@pytest.mark.parametrize("records", [(sf.DEAL, sf.WON), (sf.WON, sf.DEAL), (sf.DEAL, sf.cometd(sf.WON))])
def test_an_update_does_not_wipe_the_record(records: tuple[Record, ...]) -> None:
    (deal,) = state("opportunities", *records)
    assert (deal["status"], deal["amount"], deal["customer_id"]) == ("won", Decimal("12000.5"), "salesforce:001A")
    assert deal["close_date"] == date(2025, 3, 31)


def test_a_field_that_was_emptied_is_empty() -> None:
    emptied = sf.change("Opportunity", "UPDATE", "006A", changed=["Amount"], Amount=None)
    assert state("opportunities", sf.DEAL, emptied)[0]["amount"] is None


def test_one_event_of_several_records_changes_each() -> None:
    changes = rows(normalise(sf.SOUND["together"], source="salesforce"), "opportunity_lines")
    assert [(line["object_id"], line["quantity"]) for line in changes] == [("salesforce:00kA", 3), ("salesforce:00kB", 3)]
    # 3 of them now; the net amount is told by its own change.
    assert state("opportunity_lines", sf.DEAL_LINE, sf.SOUND["together"])[0]["amount"] == Decimal(12000)


def test_a_deleted_record_is_retracted_and_an_undeleted_one_is_there_again() -> None:
    deleted = sf.SOUND["deleted"]
    back = {name: value for name, value in sf.DEAL.items() if name not in ("attributes", "Id", "IsDeleted")}
    undeleted = sf.change("Opportunity", "UNDELETE", "006A", at=sf.COMMIT + 60_000, number=4, **back)
    assert state("opportunities", sf.DEAL, deleted) == []
    assert state("opportunities", undeleted, deleted, sf.DEAL)[0]["amount"] == Decimal("12000.5")


def test_a_record_in_the_recycle_bin_is_retracted() -> None:
    assert state("opportunities", sf.DEAL, sf.DEAL | {"IsDeleted": True, "SystemModstamp": "2025-01-03T00:00:00Z"}) == []


def test_changes_of_one_moment_are_ordered_by_their_commit() -> None:
    first = sf.change("Opportunity", "UPDATE", "006A", changed=["StageName"], StageName="Proposal", number=1)
    second = sf.change("Opportunity", "UPDATE", "006A", changed=["StageName"], StageName="Review", number=2)
    assert state("opportunities", second, first, sf.DEAL)[0]["stage"] == "Review"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"IsClosed": True, "IsWon": True}, "won"),
        ({"IsClosed": True, "IsWon": False}, "lost"),
        ({"IsClosed": False, "IsWon": False}, "open"),
        ({"IsClosed": None, "IsWon": None, "ForecastCategory": "Closed"}, "won"),
        ({"IsClosed": None, "IsWon": None, "ForecastCategory": "Omitted", "Probability": 0}, "lost"),
        ({"IsClosed": None, "IsWon": None, "ForecastCategory": "Omitted", "Probability": 40}, "open"),
        ({"IsClosed": None, "IsWon": None, "ForecastCategory": None, "ForecastCategoryName": "Commit"}, "open"),
    ],
)
def test_whether_a_deal_is_decided(fields: Record, status: str) -> None:
    assert told(sf.DEAL | fields, "opportunities")["status"] == status


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"IsClosed": True}, "lost"),
        ({"IsWon": True}, "won"),
        ({"IsWon": False}, "lost"),
        ({"IsClosed": False, "IsWon": False}, "open"),
    ],
)
def test_whether_a_change_decides_a_deal(changed: Record, status: str) -> None:
    record = sf.change("Opportunity", "UPDATE", "006A", changed=sorted(changed), **changed)
    assert told(record, "opportunities")["status"] == status


def test_a_change_of_half_a_name_is_not_taken_for_the_name() -> None:
    half = sf.change("Contact", "UPDATE", "003A", changed=["Name.LastName", "Email"], Name={"LastName": "B"}, Email="a@b.c")
    assert told(half, "customers")["changed_columns"] == "email"
    only = sf.change("Contact", "UPDATE", "003A", changed=["Name.LastName"], Name={"LastName": "B"})
    assert normalise(only, source="salesforce").events["disposition"].to_list() == ["unmapped"]
    both = sf.change(
        "Contact", "UPDATE", "003A", changed=["Name.FirstName", "Name.LastName"], Name={"FirstName": "A", "LastName": "B"}
    )
    assert told(both, "customers")["name"] == "A B"


def test_a_change_of_what_is_not_read_is_unmapped() -> None:
    record = sf.change("Account", "UPDATE", "001A", changed=["Phone", "LastModifiedDate"], Phone="1", number=9)
    assert normalise(record, source="salesforce").events["disposition"].to_list() == ["unmapped"]


def test_other_objects_are_unmapped() -> None:
    records = [
        sf.exported("Lead", "00QA"),
        sf.change("Employee__c", "CREATE", "a00A"),
        sf.change("Lead", "GAP_UPDATE", "00QA"),
    ]
    assert set(normalise(*records, source="salesforce").events["disposition"]) == {"unmapped"}


def _with_header(**changes: Any) -> Record:
    event: Record = json.loads(json.dumps(sf.WON))
    event["payload"]["ChangeEventHeader"] |= changes
    return event


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (sf.change("Opportunity", "GAP_UPDATE", "006A"), "INCOMPLETE_CHANGE", "changeType"),
        (sf.change("Opportunity", "GAP_OVERFLOW", "000000000000000AAA"), "INCOMPLETE_CHANGE", "changeType"),
        (_with_header(changedFields=["0x400018"]), "NOT_ALLOWED", "changedFields"),
        (_with_header(changedFields=None), "MISSING_FIELD", "changedFields"),
        (_with_header(changeType="UPSERT"), "NOT_ALLOWED", "changeType"),
        (_with_header(recordIds=[]), "MISSING_FIELD", "recordIds"),
        (_with_header(recordIds="006A"), "WRONG_TYPE", "recordIds"),
        (_with_header(commitTimestamp=None), "MISSING_FIELD", "commitTimestamp"),
        (_with_header(commitTimestamp=17_000_000_000_000), "ABSURD_DATE", "commitTimestamp"),
        (sf.DEAL | {"StageName": None}, "MISSING_FIELD", "StageName"),
        (sf.DEAL | {"SystemModstamp": None}, "MISSING_FIELD", "SystemModstamp"),
        (sf.DEAL | {"Amount": "12,000"}, "WRONG_TYPE", "Amount"),
        (sf.DEAL | {"CurrencyIsoCode": "XYZ"}, "UNKNOWN_CURRENCY", "CurrencyIsoCode"),
        (sf.SOUND["quote"] | {"Status": "Maybe"}, "NOT_ALLOWED", "Status"),
        (sf.SOUND["contract"] | {"StatusCode": "Odd"}, "NOT_ALLOWED", "StatusCode"),
        ({"Id": "006A", "Name": "?"}, "MISSING_FIELD", "attributes.type"),
    ],
)
def test_what_cannot_be_read_says_why(record: Record, code: str, field: str) -> None:
    found, message = verdict(record, "salesforce")
    assert found == code
    assert message is not None
    assert field in message


def test_a_gap_of_a_deleted_record_retracts_it() -> None:
    assert told(sf.change("Opportunity", "GAP_DELETE", "006A"), "opportunities")["operation"] == "retract"


def test_an_event_that_comes_twice_is_known_again() -> None:
    events = normalise(sf.WON, sf.WON, sf.cometd(sf.WON), sf.cometd(sf.WON), source="salesforce").events
    assert events["source_event_id"].n_unique() == 2  # CometD knows no id: the place in its transaction is it
    assert events["content_hash"].n_unique() == 1


def test_an_export_read_twice_is_known_again_and_another_state_is_not() -> None:
    later = sf.DEAL | {"Amount": 1, "SystemModstamp": "2025-01-03T00:00:00Z"}
    assert normalise(sf.DEAL, sf.DEAL, later, source="salesforce").events["source_event_id"].n_unique() == 2


def test_every_column_that_is_told_is_a_column_of_its_table() -> None:
    for entity in ENTITIES.values():
        assert {*entity.columns, *entity.constant} <= set(entity.table.column_names)


def test_the_real_change_event_is_accounted_for(shared: Path) -> None:
    """It changed a city and a state, which no column holds: nothing of the account may change."""
    payload = (shared / "data/salesforce_cdc/AccountChangeEvent_update_pubsub.json").read_bytes()
    (event,) = normalise_bytes([payload], "salesforce").events.to_dicts()
    assert (event["disposition"], event["event_type"]) == ("unmapped", "Account.UPDATE")
    assert event["object_id"] == "salesforce:0014H00002LbR7QQAV"
    assert event["effective_at"] == datetime(2023, 10, 4, 18, 35, 13, tzinfo=UTC)


def test_the_real_change_event_with_a_name_changes_the_name_only(shared: Path) -> None:
    event = json.loads((shared / "data/salesforce_cdc/AccountChangeEvent_update_pubsub.json").read_bytes())
    event["payload"]["ChangeEventHeader"]["changedFields"].append("Name")
    event["payload"]["Name"] = "Renamed"
    before = sf.ACCOUNT | {"Id": "0014H00002LbR7QQAV", "SystemModstamp": "2023-01-01T00:00:00Z"}
    (account,) = state("customers", event, before)
    assert (account["name"], account["country"], account["parent_id"]) == ("Renamed", "US", "salesforce:001P")
