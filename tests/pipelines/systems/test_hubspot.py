"""HubSpot: objects, and changes of one property by webhook."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from assets.facts.state import merged
from expectations.gate import judge
from lakehouse.tables import BY_NAME
from pipelines.systems.hubspot.types import OBJECTS
from tests.pipelines.systems import hubspot_records as hs
from tests.pipelines.systems.normalising import Record, normalise, row, rows, verdict


def told(record: Record, table: str) -> Record:
    return row(record, table, "hubspot")


def state(table: str, *records: Record) -> list[Record]:
    return merged(normalise(*records, source="hubspot").facts[f"silver.{table}"]).to_dicts()


def deal(**properties: object) -> Record:
    return hs.DEAL | {"properties": hs.DEAL["properties"] | properties}


def test_every_sound_record_passes_its_gate() -> None:
    normalised = normalise(*hs.SOUND.values(), source="hubspot")
    for name, frame in normalised.facts.items():
        failed = [(name, r.expectation.name) for r in judge(BY_NAME[name], frame, {}).failures]
        # The price of a product is in the currency of the account, which it does not name.
        assert failed == ([("silver.prices", "price_has_currency")] if name == "silver.prices" else [])
        assert frame.get_column("row_key").is_unique().all()


def test_a_deal() -> None:
    found = told(hs.DEAL, "opportunities")
    assert (found["object_id"], found["customer_id"]) == ("hubspot:deal/7", "hubspot:company/11")
    assert (found["stage"], found["status"], found["probability"]) == ("contractsent", "open", Decimal("0.9"))
    assert (found["amount"], found["currency"], found["close_date"]) == (Decimal("12000.50"), "EUR", date(2025, 3, 31))
    assert found["origin"] is None
    assert found["effective_at"] == datetime(2025, 1, 2, 10, tzinfo=UTC)


def test_a_close_date_in_milliseconds_is_the_same_day() -> None:
    # 1,743,465,599,000 ms = 2025-03-31T23:59:59Z
    assert told(deal(closedate="1743465599000"), "opportunities")["close_date"] == date(2025, 3, 31)


def test_a_line_item_adds_up_and_has_its_term() -> None:
    line = told(hs.LINE_ITEM, "opportunity_lines")
    assert (line["opportunity_id"], line["product_id"]) == ("hubspot:deal/7", "hubspot:product/31")
    # 10 x 1,250 - 500 = 12,000
    assert line["quantity"] * line["unit_price"] - line["discount"] == line["amount"] == Decimal(12000)
    assert (line["billing_interval"], line["billing_interval_count"]) == ("month", 3)
    # A year and six months from 1 April 2025.
    assert (line["service_from"], line["service_to"]) == (
        datetime(2025, 4, 1, tzinfo=UTC),
        datetime(2026, 10, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("P12M", (2026, 4, 1)),
        ("P2W", (2025, 4, 15)),
        ("P10D", (2025, 4, 11)),
        (None, None),
        ("P", (2025, 4, 1)),
        ("12", None),
    ],
)
def test_terms(period: str | None, end: tuple[int, int, int] | None) -> None:
    record = hs.LINE_ITEM | {"properties": hs.LINE_ITEM["properties"] | {"hs_recurring_billing_period": period}}
    assert told(record, "opportunity_lines")["service_to"] == (datetime(*end, tzinfo=UTC) if end else None)


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ({"hs_is_closed": "true", "hs_is_closed_won": "true"}, "won"),
        ({"hs_is_closed": "true", "hs_is_closed_won": "false"}, "lost"),
        ({"hs_is_closed": None, "hs_is_closed_won": None, "dealstage": "closedwon"}, "won"),
        ({"hs_is_closed": None, "hs_is_closed_won": None, "dealstage": "closedlost"}, "lost"),
        ({"hs_is_closed": None, "hs_is_closed_won": None, "dealstage": "98", "hs_deal_stage_probability": "1"}, "won"),
        ({"hs_is_closed": None, "hs_is_closed_won": None, "dealstage": "98", "hs_deal_stage_probability": "0.0"}, "lost"),
        ({"hs_is_closed": None, "hs_is_closed_won": None, "dealstage": "98", "hs_deal_stage_probability": "0.2"}, "open"),
    ],
)
def test_whether_a_deal_is_decided(properties: Record, status: str) -> None:
    assert told(deal(**properties), "opportunities")["status"] == status


def test_a_property_change_speaks_of_one_column() -> None:
    change = told(hs.changed("amount", "13000"), "opportunities")
    assert (change["changed_columns"], change["amount"], change["stage"]) == ("amount", Decimal(13000), None)
    after = state("opportunities", hs.changed("amount", "13000"), hs.DEAL)[0]
    assert (after["amount"], after["stage"], after["customer_id"]) == (Decimal(13000), "contractsent", "hubspot:company/11")


def test_a_property_that_was_emptied_is_empty() -> None:
    assert state("opportunities", hs.DEAL, hs.changed("amount", ""))[0]["amount"] is None


def test_a_stage_that_everyone_has_decides_a_deal_and_another_does_not() -> None:
    won = told(hs.changed("dealstage", "closedwon"), "opportunities")
    assert (won["changed_columns"], won["status"]) == ("stage,status", "won")
    assert told(hs.changed("dealstage", "982734"), "opportunities")["changed_columns"] == "stage"
    flag = hs.changed("hs_is_closed_won", "true", at=hs.OCCURRED + 1)
    assert state("opportunities", hs.DEAL, hs.changed("dealstage", "982734"), flag)[0]["status"] == "won"


def test_a_deleted_and_an_archived_deal_are_retracted() -> None:
    assert state("opportunities", hs.DEAL, hs.webhook("deal.deletion", 7)) == []
    archived = hs.DEAL | {"archived": True, "updatedAt": "2025-01-03T00:00:00Z"}
    assert state("opportunities", hs.DEAL, archived) == []


def test_a_product_has_its_price() -> None:
    normalised = normalise(hs.SOUND["product"], source="hubspot")
    (product,), (price,) = rows(normalised, "products"), rows(normalised, "prices")
    assert (product["name"], price["product_id"]) == ("Seat", product["object_id"])
    assert (price["object_id"], price["unit_amount"]) == ("hubspot:product/31:price", Decimal(1250))
    assert (price["billing_interval"], price["billing_interval_count"]) == ("month", 1)
    change = normalise(hs.changed("price", "99", "product", 31), source="hubspot")
    assert [r["changed_columns"] for r in rows(change, "prices")] == ["unit_amount"]
    assert rows(change, "products") == []


def test_a_contact_leads_from_its_address_to_its_company() -> None:
    normalised = normalise(hs.SOUND["contact"], source="hubspot")
    (contact,), (reference,) = rows(normalised, "customers"), rows(normalised, "external_references")
    assert (contact["name"], contact["parent_id"]) == ("Ada Lane", "hubspot:company/11")
    assert (reference["object_id"], reference["reference_kind"], reference["reference"]) == (
        contact["object_id"],
        "email",
        "ada@acme.com",
    )


def test_a_call_touched_a_deal() -> None:
    call = told(hs.SOUND["call"], "interactions")
    assert (call["kind"], call["opportunity_id"], call["customer_id"]) == ("call", "hubspot:deal/7", "hubspot:contact/12")


@pytest.mark.parametrize(
    "record",
    [
        hs.webhook("deal.creation", 7),
        hs.webhook("deal.associationChange", 7, associationType="DEAL_TO_CONTACT", fromObjectId=7, toObjectId=12),
        hs.webhook("conversation.newMessage", 9),
        hs.changed("custom_thing", "x"),
        hs.changed("subject", "x", "object", objectTypeId="0-14"),
        hs.exported("22", hs.linked(quotes="5"), name="Seats", quantity="10"),
        {"delivery": {"topic": "quotes", "id": None, "at": None}, "body": hs.exported("5", hs_title="Offer")},
    ],
)
def test_what_carries_no_facts_is_unmapped(record: Record) -> None:
    events = normalise(record, source="hubspot").events
    assert events.select("disposition", "message").rows() == [("unmapped", None)]


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (hs.webhook("deal.merge", 7, primaryObjectId=7, mergedObjectIds=[8]), "INCOMPLETE_CHANGE", "subscriptionType"),
        (hs.webhook("deal.restore", 7), "INCOMPLETE_CHANGE", "subscriptionType"),
        (hs.changed("amount", "a lot"), "WRONG_TYPE", "propertyValue"),
        (hs.changed("closedate", "99999999999999"), "ABSURD_DATE", "propertyValue"),
        (hs.changed("deal_currency_code", "XYZ"), "UNKNOWN_CURRENCY", "propertyValue"),
        (hs.webhook("deal.propertyChange", 7), "MISSING_FIELD", "propertyName"),
        (hs.webhook("deal", 7), "WRONG_TYPE", "subscriptionType"),
        (deal(dealstage=""), "MISSING_FIELD", "properties.dealstage"),
        (deal(amount="12,000"), "WRONG_TYPE", "properties.amount"),
        (hs.exported("21", quantity="10"), "MISSING_FIELD", "associations.deals"),
        (hs.exported("1", colour="red"), "MISSING_FIELD", "objectTypeId"),
        (hs.DEAL | {"updatedAt": None, "createdAt": None}, "MISSING_FIELD", "updatedAt"),
        ({"properties": {"dealstage": "x"}, "updatedAt": "2025-01-01"}, "MISSING_FIELD", "id"),
    ],
)
def test_what_cannot_be_read_says_why(record: Record, code: str, field: str) -> None:
    found, message = verdict(record, "hubspot")
    assert found == code
    assert message is not None
    assert field in message


def test_an_event_is_known_by_what_it_says_not_by_its_id() -> None:
    one, other = hs.changed("amount", "1"), hs.changed("dealname", "x")
    assert one["eventId"] == other["eventId"]
    events = normalise(one, one | {"attemptNumber": 1}, other, source="hubspot").events
    assert events["source_event_id"].n_unique() == 2


def test_every_column_that_is_told_is_a_column_of_its_table() -> None:
    for hub_object in OBJECTS:
        for table in hub_object.tables:
            assert {*table.columns, *table.constant} <= set(table.table.column_names)


def test_objects_of_two_types_with_one_id_are_two() -> None:
    both = normalise(deal() | {"id": "11"}, hs.SOUND["company"], source="hubspot").events
    assert both["object_id"].to_list() == ["hubspot:deal/11", "hubspot:company/11"]
    assert isinstance(both, pl.DataFrame)
