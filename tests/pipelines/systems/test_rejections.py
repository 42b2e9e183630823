"""Every code has a planted case, and every message says what is wrong, where, and with which value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.systems.codes import WORDINGS, Code
from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.normalising import Record, normalise, normalise_bytes, rows, verdict


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"\xff\xfe\x00binary", Code.NOT_UTF8),
        (b'{"id": "caf\xe9"}', Code.NOT_UTF8),
        (b'{"id": "evt_1", "type": "charge.suc', Code.MALFORMED_JSON),
        (b'{"id": "evt_1"} {"id": "evt_2"}', Code.MALFORMED_JSON),
        (b'{"id": "evt_1"}\x00', Code.MALFORMED_JSON),
        (b'{"id": "lone \\ud800 surrogate"}', Code.MALFORMED_JSON),
        (b"not json", Code.MALFORMED_JSON),
        (b"[]", Code.NOT_AN_OBJECT),
        (b'[{"id": "evt_1"}]', Code.NOT_AN_OBJECT),
        (b"null", Code.NOT_AN_OBJECT),
        (b"42", Code.NOT_AN_OBJECT),
        (b'"text"', Code.NOT_AN_OBJECT),
        (b"{}", Code.MISSING_FIELD),
    ],
)
def test_records_that_cannot_be_read(payload: bytes, code: Code) -> None:
    """Between sound records, which go on as if nothing were."""
    sound = json.dumps(stripe.event("charge.succeeded", stripe.charge())).encode()
    normalised = normalise_bytes([sound, payload, sound])
    assert normalised.events.get_column("code").to_list() == [None, code, None]
    assert len(rows(normalised, "cash")) == 2


CHARGE, INVOICE, SUBSCRIPTION = "charge.succeeded", "invoice.finalized", "customer.subscription.updated"


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (stripe.event(CHARGE, stripe.charge(), id=None), Code.MISSING_FIELD, "id"),
        (stripe.event(CHARGE, stripe.charge(), id=""), Code.MISSING_FIELD, "id"),
        (stripe.event(CHARGE, stripe.charge(), id={"a": 1}), Code.WRONG_TYPE, "id"),
        (stripe.event(CHARGE, stripe.charge(), type=None), Code.MISSING_FIELD, "type"),
        (stripe.event(CHARGE, stripe.charge(), object="charge"), Code.WRONG_TYPE, "object"),
        (stripe.event(CHARGE, stripe.charge(), created=None), Code.MISSING_FIELD, "created"),
        (stripe.event(CHARGE, stripe.charge(), created="yesterday"), Code.WRONG_TYPE, "created"),
        (stripe.event(CHARGE, stripe.charge(), created=1.5), Code.WRONG_TYPE, "created"),
        (stripe.event(CHARGE, stripe.charge(), created=-1), Code.ABSURD_DATE, "created"),
        (stripe.event(CHARGE, stripe.charge(), created=stripe.JANUARY * 1000), Code.ABSURD_DATE, "created"),
        (stripe.event(CHARGE, stripe.charge(), created=10**30), Code.ABSURD_DATE, "created"),
        (stripe.event(CHARGE, stripe.charge(), data=None), Code.MISSING_FIELD, "data.object.id"),
        (stripe.event(CHARGE, stripe.charge(), data=[1]), Code.WRONG_TYPE, "data"),
        (stripe.event(CHARGE, stripe.charge(), data={"object": "ch_1"}), Code.WRONG_TYPE, "data.object"),
        (stripe.event(CHARGE, stripe.refund()), Code.WRONG_TYPE, "data.object.object"),
        (stripe.event(CHARGE, stripe.charge(amount="abc")), Code.WRONG_TYPE, "data.object.amount"),
        (stripe.event(CHARGE, stripe.charge(amount={"a": 1})), Code.WRONG_TYPE, "data.object.amount"),
        (stripe.event(CHARGE, stripe.charge(amount=12.5)), Code.WRONG_TYPE, "data.object.amount"),
        (stripe.event(CHARGE, stripe.charge(amount=True)), Code.WRONG_TYPE, "data.object.amount"),
        (stripe.event(CHARGE, stripe.charge(amount=None)), Code.MISSING_FIELD, "data.object.amount"),
        (stripe.event(CHARGE, stripe.charge(amount=-5)), Code.NOT_ALLOWED, "data.object.amount"),
        (stripe.event(CHARGE, stripe.charge(captured="yes")), Code.WRONG_TYPE, "data.object.captured"),
        (stripe.event(CHARGE, stripe.charge(currency="zzz")), Code.UNKNOWN_CURRENCY, "data.object.currency"),
        (stripe.event(CHARGE, stripe.charge(currency=None)), Code.MISSING_FIELD, "data.object.currency"),
        (stripe.event(CHARGE, stripe.charge(status="odd")), Code.NOT_ALLOWED, "data.object.status"),
        (stripe.event(CHARGE, stripe.charge(customer=["cus_1"])), Code.WRONG_TYPE, "data.object.customer"),
        (stripe.event(CHARGE, stripe.charge(customer={"name": "x"})), Code.WRONG_TYPE, "data.object.customer"),
        (stripe.event(CHARGE, stripe.charge(payment_method_details="card")), Code.WRONG_TYPE, "payment_method_details"),
        (stripe.event("charge.refunded", stripe.charge(refunds=[])), Code.WRONG_TYPE, "data.object.refunds"),
        (stripe.event("charge.refunded", stripe.charge(refunds={"data": {}})), Code.WRONG_TYPE, "data.object.refunds.data"),
        (stripe.event("refund.created", stripe.refund(charge=None, payment_intent=None)), Code.MISSING_FIELD, "charge"),
        (
            stripe.event(INVOICE, stripe.invoice(total=None, amount_due=5, status="open") | {"total": None}),
            Code.MISSING_FIELD,
            "total",
        ),
        (stripe.event(INVOICE, stripe.invoice(status="lost")), Code.NOT_ALLOWED, "data.object.status"),
        (stripe.event(INVOICE, stripe.invoice(lines={})), Code.MISSING_FIELD, "data.object.lines.data"),
        (stripe.event(INVOICE, stripe.invoice(lines=[stripe.line()])), Code.WRONG_TYPE, "data.object.lines"),
        (
            stripe.event(INVOICE, stripe.invoice(lines={"data": {"0": stripe.line()}})),
            Code.WRONG_TYPE,
            "data.object.lines.data",
        ),
        (
            stripe.event(INVOICE, stripe.invoice(lines={"data": [stripe.line(), 5]})),
            Code.WRONG_TYPE,
            "data.object.lines.data[1]",
        ),
        (
            stripe.event(INVOICE, stripe.invoice(lines={"data": [stripe.line()], "has_more": True})),
            Code.INCOMPLETE_LIST,
            "has_more",
        ),
        (stripe.event(INVOICE, stripe.invoice(stripe.line(period=None))), Code.MISSING_FIELD, "lines.data[].period.start"),
        (stripe.event(INVOICE, stripe.invoice(stripe.line(period="May"))), Code.WRONG_TYPE, "lines.data[0].period"),
        (stripe.event(INVOICE, stripe.invoice(stripe.line(price="price_1"))), Code.WRONG_TYPE, "lines.data[0].price"),
        (stripe.event(INVOICE, stripe.invoice(stripe.line(tax_amounts={"amount": 5}))), Code.WRONG_TYPE, "tax_amounts"),
        (stripe.event(INVOICE, stripe.invoice(stripe.line(tax_amounts=[{"amount": 5}]))), Code.MISSING_FIELD, "inclusive"),
        (stripe.event(INVOICE, stripe.invoice(stripe.line(discount_amounts=[5]))), Code.WRONG_TYPE, "discount_amounts[0]"),
        (stripe.event(INVOICE, stripe.invoice(stripe.line(description=["x"]))), Code.WRONG_TYPE, "description"),
        (
            stripe.event(INVOICE, stripe.invoice(status_transitions="none")),
            Code.WRONG_TYPE,
            "data.object.status_transitions",
        ),
        (
            stripe.event(INVOICE, stripe.invoice(stripe.line(modern=True), modern=True, parent=[])),
            Code.WRONG_TYPE,
            "parent",
        ),
        (stripe.event(SUBSCRIPTION, stripe.subscription(items=[])), Code.WRONG_TYPE, "data.object.items"),
        (stripe.event(SUBSCRIPTION, stripe.subscription(items=None, plan=None)), Code.MISSING_FIELD, "items.data"),
        (stripe.event(SUBSCRIPTION, stripe.subscription(status="asleep")), Code.NOT_ALLOWED, "status"),
        (stripe.event(SUBSCRIPTION, stripe.subscription(customer=None)), Code.MISSING_FIELD, "customer"),
        (stripe.event("price.created", stripe.price(unit_amount_decimal="1,5")), Code.WRONG_TYPE, "unit_amount_decimal"),
        (stripe.event("customer.created", stripe.customer(currency="x1")), Code.UNKNOWN_CURRENCY, "currency"),
        (stripe.event("invoice_payment.paid", stripe.invoice_payment(payment={})), Code.MISSING_FIELD, "payment.charge"),
        (stripe.event("credit_note.created", stripe.credit_note(refunds={"data": []})), Code.WRONG_TYPE, "refunds"),
    ],
)
def test_what_is_wrong_is_told(record: Record, code: Code, field: str) -> None:
    found, message = verdict(record)
    assert found == code, message
    assert message is not None
    assert field in message.split(" ")[0]


def test_no_fact_of_a_rejected_event_is_kept() -> None:
    """One line of two is wrong: nothing of the invoice is accepted."""
    broken = stripe.invoice(stripe.line(), stripe.line(number=2, amount="abc"), total=3_000)
    sound = stripe.event("invoice.paid", stripe.invoice(), id="evt_2")
    normalised = normalise(stripe.event("invoice.paid", broken), sound)
    assert normalised.events.get_column("code").to_list() == [Code.WRONG_TYPE, None]
    assert normalised.events.get_column("fact_count").to_list() == [0, 4]
    for frame in normalised.facts.values():
        assert set(frame.get_column("source_event_id")) == {"evt_2"}


def test_what_looks_odd_and_is_not_passes() -> None:
    """Metadata with the names of containers, text that looks like JSON, absent and empty parts."""
    odd: dict[str, Any] = {
        "metadata": {"price": "gold", "lines": "two", "period": 5, "items": [1], "data": "x", "plan": "pro"}
    }
    events = [
        stripe.event("invoice.paid", stripe.invoice(stripe.line(description='{"not": "an object"}'), **odd)),
        stripe.event("invoice.paid", stripe.invoice(stripe.line(modern=True), modern=True, **odd)),
        stripe.event(SUBSCRIPTION, stripe.subscription(**odd), {"items": {"data": []}, "plan": None}),
        stripe.event("charge.refunded", stripe.charge(refunds={}, **odd)),
        stripe.event("customer.updated", stripe.customer(name="[a]", address={}, **odd)),
    ]
    assert normalise(*events).events.get_column("message").to_list() == [None] * len(events)


def test_a_byte_order_mark_is_no_fault() -> None:
    payload = b"\xef\xbb\xbf" + json.dumps(stripe.event("charge.succeeded", stripe.charge())).encode()
    assert normalise_bytes([payload]).events.get_column("disposition").to_list() == ["mapped"]


def test_a_value_is_shortened() -> None:
    _, message = verdict(stripe.event("charge.succeeded", stripe.charge(amount="x" * 10_000)))
    assert message is not None
    assert len(message) < 200
    assert message.endswith("x....")


def test_every_code_has_its_words() -> None:
    assert set(WORDINGS) == set(Code)
    for code in Code:
        assert code.message("a.field", "a value")
        assert code.remedy.endswith(".")
