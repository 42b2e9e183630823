"""Exported objects are told apart by what they are, hold from the last moment that they name, and say what events say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from pipelines.systems.codes import Code
from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems import stripe_objects as objects
from tests.pipelines.systems.normalising import Record, normalise, normalise_bytes, rows, verdict
from tests.pipelines.systems.stripe_events import FEBRUARY, JANUARY
from tests.pipelines.systems.ties import documents_tie_out, held_back

OF_EVENT = ("row_key", "source_event_id", "source_sequence", "effective_at", "known_at", "content_hash", "event_month")


@pytest.mark.parametrize("name", sorted({**stripe.SOUND, **objects.EVENTS}))
def test_an_object_says_the_same_exported_as_in_an_event(name: str) -> None:
    record = {**stripe.SOUND, **objects.EVENTS}[name]
    by_event, exported = normalise(record), normalise({"created": JANUARY, **record["data"]["object"]})
    assert exported.events["event_type"].to_list() == [record["data"]["object"]["object"]]
    # What only the event says: that something happened, or that the state had been another.
    changes = {"silver.contract_events"}
    assert by_event.facts.keys() - exported.facts.keys() <= changes
    for table in exported.facts.keys() - changes:
        told, same = by_event.facts[table].drop(OF_EVENT), exported.facts[table].drop(OF_EVENT)
        kept = [row for row in told.to_dicts() if row.get("kind") != "dispute_reversal"]
        assert [row for row in same.to_dicts() if row.get("kind") != "dispute_reversal"] == kept, table


@pytest.mark.parametrize(
    ("record", "at"),
    [
        (stripe.product(created=JANUARY), JANUARY),
        (stripe.product(created=JANUARY, updated=FEBRUARY), FEBRUARY),
        (stripe.invoice(), JANUARY + 50),  # paid_at
        (stripe.subscription(), JANUARY),
        (stripe.subscription(status="canceled", ended_at=FEBRUARY), FEBRUARY),
        (objects.invoice_item(), JANUARY),  # `date`
        (objects.meter_event(), JANUARY + 10),
    ],
)
def test_an_exported_object_holds_from_the_last_moment_that_it_names(record: Record, at: int) -> None:
    assert int(normalise(record).events["effective_at"][0].timestamp()) == at


def test_an_export_read_twice_is_a_repeat_and_another_state_is_another_event() -> None:
    first, again, paid = stripe.invoice(status="open"), stripe.invoice(status="open"), stripe.invoice()
    ids = normalise(first, again, paid).events["source_event_id"].to_list()
    assert ids[0] == ids[1] != ids[2]


def test_a_deleted_object_is_retracted() -> None:
    record = {"id": "cus_1", "object": "customer", "deleted": True, "created": JANUARY}
    (customer,) = rows(normalise(record), "customers")
    assert customer["operation"] == "retract"


def test_a_reported_use_counts_once_by_its_identifier() -> None:
    same, other = objects.meter_event(), objects.meter_event(payload={"stripe_customer_id": "cus_1", "value": "26"})
    events = normalise(same, other).events
    assert events["source_event_id"].to_list() == ["billing.meter_event:req-1"] * 2
    assert events["content_hash"].n_unique() == 2


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        ({"object": "list", "data": [stripe.invoice()], "has_more": False}, Code.LIST_OF_RECORDS, "data"),
        ({"object": stripe.charge()}, Code.WRONG_TYPE, "object"),
        ({"object": "charge"}, Code.MISSING_FIELD, "id"),
        (stripe.charge(created=None), Code.MISSING_FIELD, "created"),
        (stripe.charge(created="soon"), Code.WRONG_TYPE, "created"),
        (stripe.charge(amount="ten"), Code.WRONG_TYPE, "amount"),
        (stripe.invoice(lines=None), Code.MISSING_FIELD, "lines.data"),
        (objects.meter_event(payload={"stripe_customer_id": "cus_1", "value": "many"}), Code.WRONG_TYPE, "payload.value"),
        (objects.meter_event(payload={"value": "1"}), Code.MISSING_FIELD, "payload.stripe_customer_id"),
        (objects.meter_event(identifier=None), Code.MISSING_FIELD, "id"),
        (objects.credit_grant(category="lost"), Code.NOT_ALLOWED, "category"),
    ],
)
def test_what_is_wrong_is_told(record: Record, code: Code, field: str) -> None:
    found, message = verdict(record)
    assert (found, message is not None and message.startswith(field + " ")) == (code, True), message


def test_objects_that_carry_no_facts_need_neither_name_nor_date() -> None:
    records = [{"object": "balance"}, {"object": "card", "id": "card_1"}, {"object": "tax_code", "id": "t", "created": -1}]
    assert normalise(*records).events["disposition"].to_list() == ["unmapped"] * 3


# What becomes of the samples, by folder.
ACCOUNT = {
    ("linked_objects", "mapped", None): 23,
    ("linked_objects", "unmapped", None): 34,
    ("linked_objects", "rejected", "WRONG_TYPE"): 3,  # amounts such as "10.00", as a library stores them
    ("linked_objects", "rejected", "MISSING_FIELD"): 1,  # a final invoice without its lines
    ("linked_objects", "rejected", "LIST_OF_RECORDS"): 1,
    ("stripe", "mapped", None): 1,
    ("stripe", "unmapped", None): 1,
    ("stripe", "rejected", "WRONG_TYPE"): 18,  # `data` of an event without its envelope
    ("payment_methods", "unmapped", None): 1,
}


def test_every_sample_is_accounted_for(shared: Path) -> None:
    paths = sorted((shared / "data/stripe/linked_objects").glob("*.json"))
    paths += sorted((shared / "data/other_billing/stripe").glob("**/*.json"))
    normalised = normalise_bytes([path.read_bytes() for path in paths])
    verdicts = normalised.events.select("disposition", "code").iter_rows()
    assert Counter((path.parent.name, *told) for path, told in zip(paths, verdicts, strict=True)) == ACCOUNT
    documents_tie_out(normalised)
    assert held_back(normalised) == {}


def test_the_fixtures_of_the_api_are_accounted_for(shared: Path) -> None:
    """What is not read is unmapped whatever it holds. Values are placeholders (`currency` for a currency, seconds of 1971).

    Seven deleted objects have no date: when they were deleted cannot be told."""
    for name, mapped, rejected in (("fixtures3.json", 19, 7 + 3), ("fixtures3.beta.json", 18, 7 + 4)):
        resources = json.loads((shared / "data/stripe/objects" / name).read_text())["resources"]
        normalised = normalise(*resources.values())
        counts = Counter(normalised.events["disposition"])
        assert counts == {"mapped": mapped, "rejected": rejected, "unmapped": len(resources) - mapped - rejected}
        assert set(normalised.events["code"].drop_nulls()) <= {"UNKNOWN_CURRENCY", "ABSURD_DATE", "MISSING_FIELD"}
