"""What is written of a body: the bytes that came, on one line; and what cannot be a record is kept in one that shows it."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.receiver import lines
from pipelines.receiver.cloud_events import Mode, mode_of, to_lines
from pipelines.receiver.deliveries import dialect_of
from pipelines.sources.reading import is_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_numbers_and_doubled_keys_are_kept_as_they_were_written() -> None:
    body = b'\xef\xbb\xbf {\r\n  "amount": 10.10,\n\t"big": 12345678901234567890.00,\r"amount": 1e2,  "t": "a\\nb"\n}\n'
    (line,) = lines.bare(body)
    assert line == b'{    "amount": 10.10, \t"big": 12345678901234567890.00, "amount": 1e2,  "t": "a\\nb" }\n'


@given(VALUES.map(lambda value: {"value": value}), st.sampled_from([None, 0, 2, "\n", "\r\n"]))
def test_any_object_comes_out_equal_and_on_one_line(value: object, indent: int | str | None) -> None:
    body = json.dumps(value, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    (line,) = lines.bare(body)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert b"\r" not in line
    record = json.loads(line)
    if "body_base64" in record:  # a lone surrogate is no UTF-8
        assert base64.b64decode(record["body_base64"]) == body
    else:
        assert record == value


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_came_is_one_json_object_a_line(body: bytes) -> None:
    for line in (*lines.bare(body), lines.enveloped(lines.NO_DELIVERY, body)):
        assert line.count(b"\n") == 1
        assert line.endswith(b"\n")
        assert isinstance(json.loads(line), dict)


@settings(max_examples=25)
@given(st.dictionaries(st.text(), VALUES))
def test_no_beginning_of_a_line_is_a_whole_record(value: dict[str, object]) -> None:
    """The file source takes a last line without a newline for a record if it is whole JSON."""
    (line,) = lines.bare(json.dumps(value).encode())
    assert not any(is_json(line[:cut]) for cut in range(1, len(line) - 1))


def test_an_array_of_events_is_a_line_each() -> None:
    """As HubSpot sends them; the elements are not written anew."""
    body = b'[ {"a": 1.0,\n "b": [2]} ,{"a": "]"}\n]'
    assert lines.bare(body) == [b'{"a": 1.0,  "b": [2]}\n', b'{"a": "]"}\n']
    assert lines.bare(b" [ ] ") == []


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b'{"a": ', {"body_text": '{"a": '}),
        (b"", {"body_text": ""}),
        (b'{"a":1}{"a":2}', {"body_text": '{"a":1}{"a":2}'}),
        (b'{"a": "x\ny"}', {"body_text": '{"a": "x\ny"}'}),  # a raw newline within a string is no JSON
        (b"12", {"body": 12}),
        (b'[{"a":1}, 2]', {"body": [{"a": 1}, 2]}),
        (b'[{"a":1},]', {"body_text": '[{"a":1},]'}),
        (b'[{"a":1}] x', {"body_text": '[{"a":1}] x'}),
        (b"\xff\xfe", {"body_base64": "//4="}),
        (b"[" * 100_000, {"body_text": "[" * 100_000}),
    ],
)
def test_what_is_no_object_is_kept_in_a_record_that_says_so(body: bytes, kept: dict[str, object]) -> None:
    (line,) = lines.bare(body)
    assert json.loads(line) == {"delivery": {"topic": None, "id": None, "at": None, "account": None}, **kept}


def test_shopify_has_its_headers_beside_the_body() -> None:
    headers = {
        "x-shopify-topic": "orders/paid",
        "x-shopify-webhook-id": "b54557e4",
        "x-shopify-triggered-at": "2026-11-26T02:00:00.1Z",
        "x-shopify-shop-domain": "shop.myshopify.com",
    }
    (line,) = dialect_of("shopify").to_lines(headers, b'{"total": 10.10,\n"id":1}')
    at = '"at": "2026-11-26T02:00:00.1Z", "account": "shop.myshopify.com"'
    delivery = f'{{"topic": "orders/paid", "id": "b54557e4", {at}}}'
    assert line.decode() == f'{{"delivery":{delivery},"body":{{"total": 10.10, "id":1}}}}\n'


def test_woocommerce_has_no_id_that_names_a_delivery() -> None:
    headers = {
        "x-wc-webhook-topic": "order.updated",
        "x-wc-webhook-source": "https://shop.example/",
        "x-wc-webhook-delivery-id": "the same for all of one second",
    }
    (line,) = dialect_of("woocommerce").to_lines(headers, b'{"id": 5}')
    expected = {"topic": "order.updated", "id": None, "at": None, "account": "https://shop.example/"}
    assert json.loads(line) == {"delivery": expected, "body": {"id": 5}}


def test_a_structured_event_is_kept_and_a_batch_is_a_line_each() -> None:
    event = b'{"specversion":"1.0","id":"1","source":"/erp","type":"invoice.paid","data":{"amount":1.10}}'
    assert to_lines({"content-type": "application/cloudevents+json; charset=UTF-8"}, event) == [event + b"\n"]
    batch = b"[" + event + b",\n" + event + b"]"
    assert to_lines({"content-type": "application/cloudevents-batch+json"}, batch) == [event + b"\n"] * 2


@pytest.mark.parametrize(
    ("content_type", "body", "data"),
    [
        ("application/json", b'{"amount":1.10,\n"amount":2}', '"data":{"amount":1.10, "amount":2}'),
        ("application/json", b'{"amount":', '"data_base64":"eyJhbW91bnQiOg=="'),
        ("text/plain", "zwölf".encode(), '"data":"zw\\u00f6lf"'),
        ("application/pdf", b"\x00\x01", '"data_base64":"AAE="'),
    ],
)
def test_the_headers_of_a_binary_event_become_its_attributes(content_type: str, body: bytes, data: str) -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "1",
        "ce-source": "/erp",
        "ce-type": "invoice.paid",
        "ce-customer": "Euro%20%E2%82%AC",
        "content-type": content_type,
        "authorization": "Bearer secret",
    }
    (line,) = to_lines(headers, body)
    attributes = '"specversion":"1.0","id":"1","source":"/erp","type":"invoice.paid","customer":"Euro \\u20ac"'
    assert line.decode() == f'{{{attributes},"datacontenttype":"{content_type}",{data}}}\n'


@pytest.mark.parametrize(
    ("headers", "mode"),
    [
        ({"content-type": "application/cloudevents+json"}, Mode.STRUCTURED),
        ({"content-type": "application/cloudevents-batch+json"}, Mode.BATCHED),
        ({"content-type": "application/json", "ce-specversion": "1.0"}, Mode.BINARY),
        ({"content-type": "application/json"}, None),
        ({"content-type": "application/cloudevents+avro"}, None),
    ],
)
def test_how_an_event_was_sent(headers: dict[str, str], mode: Mode | None) -> None:
    assert mode_of(headers) is mode
