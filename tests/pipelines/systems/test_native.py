"""Native lines are judged by the declared tables, and numbers are read exactly."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakehouse.tables.silver import SOURCE_EVENTS, TABLES
from lakehouse.types import Kind
from pipelines.systems.codes import Code
from pipelines.systems.native import ENGINE_COLUMNS
from tests.pipelines.systems.normalising import Record, normalise, normalise_bytes, row, rows, verdict

FACT_TABLES = [table for table in TABLES if table is not SOURCE_EVENTS]
VALUES = {
    Kind.STRING: "text",
    Kind.MONEY: "12.3456",
    Kind.RATE: "0.000000000001",
    Kind.TIMESTAMP: "2025-01-31T12:00:00+01:00",
    Kind.INTEGER: 7,
    Kind.DATE: "2025-01-31",
    Kind.BOOLEAN: True,
}


def policy(**more: Any) -> Record:
    return {
        "table": "policies",
        "source_event_id": "p1",
        "object_id": "policy-1",
        "effective_at": "2025-01-01",
        "scope": "*",
        "name": "recognition_method",
        "value": "straight_line_daily",
        "effective_from": "2025-01-01T00:00:00Z",
        "adoption": "prospective",
        **more,
    }


def invoice(**more: Any) -> Record:
    return {
        "table": "documents",
        "source_event_id": "d1",
        "object_id": "invoice-1",
        "effective_at": "2025-01-01T12:00:00Z",
        "kind": "invoice",
        "status": "open",
        "currency": "USD",
        "total": "10.00",
        **more,
    }


@pytest.mark.parametrize("table", FACT_TABLES, ids=lambda table: table.name)
def test_every_column_of_every_table_can_be_given(table: Any) -> None:
    record: Record = {"table": table.name, "source_event_id": "e1"}
    for column in table.columns:
        if column.name in ENGINE_COLUMNS or column.name == "source_event_id":
            continue
        record[column.name] = column.allowed[0] if column.allowed else VALUES[column.kind]
        if column.name.endswith("currency"):
            record[column.name] = "EUR"
    found = row(record, table.name, "native")
    assert all(found[column.name] is not None for column in table.columns)


def test_what_is_not_given_has_its_default() -> None:
    found = row(policy(), "policies", "native")
    assert found["row_key"] == "native|p1|policies"
    assert found["object_id"] == "native:policy-1"
    assert found["effective_at"] == found["known_at"] == datetime(2025, 1, 1, tzinfo=UTC)
    assert (found["operation"], found["legal_entity_id"], found["channel"]) == ("assert", "default", "file")


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [("c-1", "native:c-1"), ("stripe:in_1", "stripe:in_1"), ("native:c-1", "native:c-1"), ("2024:1", "native:2024:1")],
)
def test_object_ids_carry_their_source(given_id: str, expected: str) -> None:
    found = row(invoice(object_id=given_id, customer_id=given_id), "documents", "native")
    assert (found["object_id"], found["customer_id"]) == (expected, expected)


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (policy(table="plans"), Code.UNKNOWN_TABLE, "table"),
        (policy(table="source_events"), Code.UNKNOWN_TABLE, "table"),
        ({"source_event_id": "e1"}, Code.MISSING_FIELD, "table"),
        (policy(source_event_id=None), Code.MISSING_FIELD, "source_event_id"),
        (policy(object_id=""), Code.MISSING_FIELD, "object_id"),
        (policy(adoption=None), Code.MISSING_FIELD, "adoption"),
        (policy(adoption="sometimes"), Code.NOT_ALLOWED, "adoption"),
        (policy(operation="delete"), Code.NOT_ALLOWED, "operation"),
        (policy(colour="red"), Code.UNKNOWN_FIELD, "colour"),
        (policy(content_hash="x"), Code.UNKNOWN_FIELD, "content_hash"),
        (policy(value={"method": "x"}), Code.WRONG_TYPE, "value"),
        (policy(part=["x"]), Code.WRONG_TYPE, "part"),
        (policy(source_sequence="first"), Code.WRONG_TYPE, "source_sequence"),
        (policy(effective_at="2025-01-01T00:00:00"), Code.WRONG_TYPE, "effective_at"),
        (policy(effective_at="soon"), Code.WRONG_TYPE, "effective_at"),
        (policy(effective_at=1_735_689_600), Code.WRONG_TYPE, "effective_at"),
        (policy(effective_at="2025-02-30"), Code.ABSURD_DATE, "effective_at"),
        (policy(effective_at="1875-05-20"), Code.ABSURD_DATE, "effective_at"),
        (policy(known_at="2200-01-01T00:00:00Z"), Code.ABSURD_DATE, "known_at"),
        (invoice(currency="XYZ"), Code.UNKNOWN_CURRENCY, "currency"),
        (invoice(total="10.00001"), Code.WRONG_TYPE, "total"),
        (invoice(total="1e30"), Code.WRONG_TYPE, "total"),
        (invoice(total="ten"), Code.WRONG_TYPE, "total"),
        (invoice(total=[10]), Code.WRONG_TYPE, "total"),
        (invoice(paid_out_of_band="yes"), Code.WRONG_TYPE, "paid_out_of_band"),
    ],
)
def test_what_is_wrong_is_told(record: Record, code: Code, field: str) -> None:
    found, message = verdict(record, "native")
    assert (found, message is not None and message.split(" ")[0]) == (code, field)


def test_a_moment_without_offset_is_told_to_have_none() -> None:
    assert "no offset" in str(verdict(policy(effective_at="2025-01-01T00:00:00"), "native")[1])


@given(st.decimals(min_value="-9999999999999999", max_value="9999999999999999", places=4))
def test_numbers_are_exact(amount: Decimal) -> None:
    """As text and as a JSON number, which a binary float could not hold."""
    spelled = format(amount, "f")
    as_text = b'{"table":"documents","source_event_id":"1","object_id":"1","effective_at":"2025-01-01","kind":"invoice",'
    as_text += b'"status":"open","currency":"USD","total":"%s"}' % spelled.encode()
    as_number = as_text.replace(b'"%s"' % spelled.encode(), spelled.encode())
    totals = [found["total"] for found in rows(normalise_bytes([as_text, as_number], "native"), "documents")]
    assert totals == [amount, amount]


def test_text_and_number_have_one_hash() -> None:
    hashes = normalise(invoice(total="10.00"), invoice(total=10), invoice(total="10.01"), source="native").events[
        "content_hash"
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_an_entity_that_is_stated_is_content_and_a_default_is_not() -> None:
    stated = row(policy(legal_entity_id="default"), "policies", "native")
    silent = row(policy(), "policies", "native")
    assert stated["legal_entity_id"] == silent["legal_entity_id"]
    assert stated["content_hash"] != silent["content_hash"]


def test_scenarios_may_be_given_as_json() -> None:
    estimate: Record = {"table": "estimates", "source_event_id": "e", "object_id": "o", "effective_at": "2025-01-01"}
    estimate |= {"scope": "c-1", "kind": "returns", "author": "ada", "scenarios": [{"p": "0.5", "value": "1"}]}
    assert row(estimate, "estimates", "native")["scenarios"] == '[{"p":"0.5","value":"1"}]'


def test_a_block_of_many_tables_keeps_its_order() -> None:
    records = [
        policy(source_event_id="1"),
        invoice(source_event_id="2"),
        policy(source_event_id="3", adoption="x"),
        invoice(source_event_id="4"),
    ]
    events = normalise(*records, source="native").events
    assert events["source_event_id"].to_list() == ["1", "2", "3", "4"]
    assert events["event_type"].to_list() == ["policies", "documents", "policies", "documents"]
    assert events["disposition"].to_list() == ["mapped", "mapped", "rejected", "mapped"]


def test_a_change_names_its_columns_and_need_not_be_whole() -> None:
    line = {"table": "contracts", "source_event_id": "c2", "object_id": "c", "effective_at": "2025-02-01"}
    change = line | {"changed_columns": "end_at", "end_at": "2025-06-30"}
    assert verdict(change, "native") == (None, None)
    assert verdict(line | {"operation": "retract"}, "native") == (None, None)
    assert verdict(line, "native")[0] == "MISSING_FIELD"
