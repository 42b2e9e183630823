"""Which parts of a record are dropped or hashed."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from lakehouse.errors import RtrError
from pipelines.privacy import Action, Privacy, Secret
from pipelines.sources.kafka.messages import SCHEMA
from pipelines.sources.ranges import Block
from pipelines.sources.records import from_payloads

SECRET = "a secret of thirty-two characters"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PRIVACY_SECRET", SECRET)


def scrub(record: Any, **fields: str) -> Any:
    payload = record if isinstance(record, bytes) else json.dumps(record).encode()
    rules = tuple((path.replace("_DOT_", "."), Action(action)) for path, action in fields.items())
    return scrubbed(payload, rules)


def scrubbed(payload: bytes, rules: tuple[tuple[str, Action], ...]) -> Any:
    privacy = Privacy(rules, Secret(environment="TEST_PRIVACY_SECRET"))
    found = privacy.applied(Block(from_payloads([payload], 0, "file"), 1)).records.item(0, "payload")
    try:
        return json.loads(found)
    except ValueError:
        return found


def test_a_field_is_dropped_or_hashed_and_equal_values_have_equal_hashes() -> None:
    record = {"name": "Alice", "email": "a@x.org", "other": {"email": "a@x.org"}, "n": 1}
    found = scrub(record, name="drop", email="hash", other_DOT_email="hash")
    assert set(found) == {"email", "other", "n"}
    assert found["email"] == found["other"]["email"]
    assert found["email"].startswith("hash:")
    assert "a@x.org" not in json.dumps(found)


@pytest.mark.parametrize("path", ["lines_DOT_name", "lines[]_DOT_name"])
def test_elements_of_lists_are_gone_through(path: str) -> None:
    found = scrub({"lines": [{"name": "x", "sku": 1}, {"sku": 2}, [{"name": "y"}]]}, **{path: "drop"})
    assert found == {"lines": [{"sku": 1}, {"sku": 2}, [{}]]}


def test_every_field_of_a_name_however_deep() -> None:
    record = {"email": "a", "a": [{"b": {"email": ["x", "y"]}}], "emails": "kept"}
    found = scrub(record, **{"**_DOT_email": "drop"})
    assert found == {"a": [{"b": {}}], "emails": "kept"}


def test_what_stands_in_the_place_of_an_object_is_treated_in_its_place() -> None:
    assert scrub({"customer": "a@x.org", "id": 1}, customer_DOT_email="drop") == {"id": 1}
    assert scrub({"customer": "a@x.org"}, customer_DOT_email="hash")["customer"].startswith("hash:")
    assert scrub({"customer": None}, customer_DOT_email="hash") == {"customer": None}


def test_a_column_whose_name_has_dots() -> None:
    assert scrub({"customer.email": "a@x.org", "id": 1}, customer_DOT_email="drop") == {"id": 1}


def test_a_name_spelled_with_escapes_or_given_twice_is_found() -> None:
    assert scrub(b'{"\\u0065mail": "a", "id": 1}', email="drop") == {"id": 1}
    assert scrub(b'{"email": "a", "email": "b", "id": 1}', email="drop") == {"id": 1}
    assert scrub(b'\xef\xbb\xbf{"email": "a", "id": 1}', email="drop") == {"id": 1}


def test_numbers_keep_their_digits_and_what_is_not_concerned_its_bytes() -> None:
    rules = (("email", Action.DROP),)
    privacy = Privacy(rules, Secret(environment="TEST_PRIVACY_SECRET"))
    payloads = [b'{"email":"a", "n": 12345678901234567.890123, "e": 1e-400}', b'{ "n" : 1.10 }']
    found = privacy.applied(Block(from_payloads(payloads, 0, "file"), 2)).records["payload"].to_list()
    assert found == [b'{"n":12345678901234567.890123,"e":1e-400}', b'{ "n" : 1.10 }']


@pytest.mark.parametrize(
    "payload",
    [
        b'{"email": "a@x.org"',
        b'["a@x.org"]',
        b'"a@x.org"',
        b"a@x.org",
        b"\xff a@x.org",
        b'{"id;email": "1;a@x.org"}',  # a table that was cut at another delimiter
        b'{"email": "a@x.org", "deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_nothing_is_kept_of_a_record_whose_fields_cannot_be_found(payload: bytes) -> None:
    found = scrub(payload, email="hash")
    assert found.startswith(f"withheld: {len(payload)} bytes, hash:".encode())
    assert len(found) < 80
    assert scrub(payload, email="hash") == found  # it can be recognised


def test_what_is_beside_the_payload_is_left_out() -> None:
    message = {"split": "t/0", "position": 0, "payload": b"{}", "message_key": b"a@x.org", "headers": "a", "sent_at": None}
    privacy = Privacy((("email", Action.HASH),), Secret(environment="TEST_PRIVACY_SECRET"))
    kept = privacy.applied(Block(pl.DataFrame([message], schema=SCHEMA), 1)).records
    assert kept.select("message_key", "headers").row(0) == (None, None)


def test_the_secret_is_required_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RtrError, match="SECRET_MISSING"):
        Secret(environment="NOT_SET_ANYWHERE").require()
    monkeypatch.setenv("TEST_SHORT", "hunter2")
    with pytest.raises(RtrError) as caught:
        Secret(environment="TEST_SHORT").require()
    assert "TEST_SHORT has fewer than 16 bytes" in caught.value.message
    assert "hunter2" not in str(caught.value)
    assert SECRET not in repr(Privacy((), Secret(environment="TEST_PRIVACY_SECRET")))
