"""Shopify orders as invoices: the money to the cent, and what is rejected because it does not tie."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.pipelines.systems.normalising import Record, normalise, row, rows
from tests.pipelines.systems.normalising import verdict as verdict_of
from tests.pipelines.systems.shopify_records import (
    delivery,
    fulfilment,
    item,
    money,
    order,
    refund,
    shipping,
    told,
    transaction,
)


def facts(record: Record, table: str) -> list[Record]:
    normalised = normalise(record, source="shopify")
    assert normalised.events.get_column("message").to_list() == [None]
    return rows(normalised, table)


def document(**more: Any) -> Record:
    return row({"order": order(**more)}, "documents", "shopify")


def lines(**more: Any) -> dict[str, tuple[Decimal, Decimal]]:
    """Amount and tax of each line, by its description."""
    found = facts({"order": order(**more)}, "document_lines")
    return {line["description"]: (line["amount"], line["tax"]) for line in found}


def verdict(**more: Any) -> tuple[str | None, str | None]:
    return verdict_of({"order": order(**more)}, "shopify")


def test_lines_and_tax_are_the_total() -> None:
    invoice = document()
    # 2 * 30.00 - 6.00 + 40.00 + 5.00 = 99.00; 5.40 + 4.00 + 0.50 = 9.90
    assert (invoice["subtotal"], invoice["tax"], invoice["total"]) == (Decimal(99), Decimal("9.9"), Decimal("108.9"))
    assert lines() == {
        "Thing 1": (Decimal(54), Decimal("5.4")),
        "Thing 2": (Decimal(40), Decimal(4)),
        "Post": (Decimal(5), Decimal("0.5")),
    }
    assert (invoice["object_id"], invoice["number"], invoice["customer_id"]) == ("shopify:5001", "#1001", "shopify:207")
    assert (invoice["status"], invoice["currency"], invoice["amount_remaining"]) == ("open", "USD", Decimal("108.9"))


def test_prices_that_contain_tax_are_taken_apart() -> None:
    # 120.00 with 20.00 of VAT in it and 6.00 with 1.00: 126.00 in all, 105.00 net
    told_with = {
        "taxes_included": True,
        "line_items": [item(1, "120.00", 1, None, "20.00")],
        "shipping_lines": [shipping("6.00", "1.00")],
        **told("total_price", "126.00"),
        **told("total_tax", "21.00"),
    }
    invoice = document(**told_with)
    assert (invoice["subtotal"], invoice["tax"], invoice["total"]) == (Decimal(105), Decimal(21), Decimal(126))
    assert lines(**told_with) == {"Thing 1": (Decimal(100), Decimal(20)), "Post": (Decimal(5), Decimal(1))}


def test_a_cent_that_is_missing_is_not_taken_for_tax() -> None:
    code, message = verdict(**told("total_price", "108.91"))
    assert code == "AMOUNTS_DO_NOT_TIE"
    assert message == ("order.total_price does not agree with its parts: 108.91 is not 99.00 of lines and 9.90 of tax.")
    included = {"taxes_included": True, **told("total_price", "99.00")}
    code, message = verdict(**included, **told("total_tax", "9.89"))
    assert (code, message) == (
        "AMOUNTS_DO_NOT_TIE",
        "order.total_tax does not agree with its parts: 9.89 is not 9.90, the taxes of the lines.",
    )


def test_an_order_without_its_lines_is_rejected() -> None:
    assert verdict(line_items=[], shipping_lines=[])[0] == "AMOUNTS_DO_NOT_TIE"


def test_the_currency_is_the_one_in_which_the_customer_was_charged() -> None:
    thing = item(1, "0", 1) | {"price": "100.00", "price_set": money("92.00", "EUR", ("100.00", "USD"))}
    told_with = {
        "presentment_currency": "EUR",
        "line_items": [thing],
        "shipping_lines": [],
        "total_price": "100.00",
        "total_price_set": money("92.00", "EUR", ("100.00", "USD")),
        **told("total_tax", "0.00", "EUR"),
    }
    invoice = document(**told_with)
    assert (invoice["currency"], invoice["total"]) == ("EUR", Decimal(92))
    assert lines(**told_with) == {"Thing 1": (Decimal(92), Decimal(0))}
    named = facts({"order": order(**told_with)}, "external_references")
    assert [ref["reference"] for ref in named if ref["reference_kind"] == "shop_total"] == ["100.00 USD"]


def test_before_there_were_allocations_a_line_told_its_discount() -> None:
    old = {"price": "30.00", "total_discount": "6.00", "id": 1, "quantity": 2, "title": "Shirt", "tax_lines": []}
    alone = {"line_items": [old], "shipping_lines": [], "total_price": "54.00", "total_tax": None, "taxes_included": False}
    bare = {key: value for key, value in order(**alone).items() if not key.endswith("_set")}
    (line,) = facts({"order": bare}, "document_lines")
    assert (line["amount"], line["discount"], line["description"]) == (Decimal(54), Decimal(6), "Shirt")


def test_a_discount_on_shipping_is_not_in_its_line() -> None:
    post = shipping("5.00") | {"discount_allocations": [told("amount", "5.00")]}
    told_with = {
        "line_items": [item(1, "10.00")],
        "shipping_lines": [post],
        **told("total_price", "10.00"),
        **told("total_tax", "0.00"),
    }
    assert lines(**told_with)["Post"] == (Decimal(0), Decimal(0))


def test_tips_duties_and_fees_are_lines_of_their_own() -> None:
    at_terminal = item(3, "2.00", tip_payment_gateway="shopify_payments", name="Tip at the till")
    told_with = {
        "line_items": [item(1, "10.00"), at_terminal],
        "shipping_lines": [],
        **told("total_tip_received", "3.00"),  # 2.00 at the till, and 1.00 that no line tells
        "original_total_duties_set": money("4.50"),
        "original_total_additional_fees_set": money("0.28"),
        **told("total_price", "17.78"),  # 10.00 + 2.00 + 1.00 + 4.50 + 0.28
        **told("total_tax", "0.00"),
    }
    assert {name: amount for name, (amount, _) in lines(**told_with).items()} == {
        "Thing 1": Decimal(10),
        "Tip at the till": Decimal(2),
        "Tip": Decimal(1),
        "Duties": Decimal("4.5"),
        "Additional fees": Decimal("0.28"),
    }


def test_a_gift_card_that_is_sold_is_no_revenue() -> None:
    told_with = {
        "line_items": [item(1, "10.00"), item(2, "50.00", gift_card=True)],
        "shipping_lines": [],
        **told("total_price", "60.00"),
        **told("total_tax", "0.00"),
    }
    assert document(**told_with)["total"] == Decimal(10)
    assert list(lines(**told_with)) == ["Thing 1"]
    # The whole is checked all the same.
    assert verdict(**told_with | told("total_price", "10.00"))[0] == "AMOUNTS_DO_NOT_TIE"


@pytest.mark.parametrize(
    ("financial_status", "status", "paid"),
    [
        ("authorized", "open", "0"),
        ("paid", "paid", "108.9"),
        ("partially_refunded", "paid", "108.9"),
        ("refunded", "paid", "108.9"),
        ("partially_paid", "open", "60"),
        ("voided", "open", "0"),
    ],
)
def test_states(financial_status: str, status: str, paid: str) -> None:
    invoice = document(financial_status=financial_status, total_outstanding="48.90")
    assert (invoice["status"], invoice["amount_paid"]) == (status, Decimal(paid))


def test_what_is_open_of_an_order_in_another_currency_is_told_in_the_currency_of_the_shop() -> None:
    """48.90 Canadian dollars are open, and nobody says how many of the 108.90 US dollars those are."""
    abroad = money("108.90", "USD", shop=("148.00", "CAD"))
    invoice = document(financial_status="partially_paid", total_outstanding="48.90", total_price_set=abroad)
    assert (invoice["currency"], invoice["total"]) == ("USD", Decimal("108.90"))
    assert (invoice["amount_paid"], invoice["amount_remaining"]) == (None, None)


def test_an_order_cancelled_before_it_was_paid_is_void() -> None:
    cancelled = {"cancelled_at": "2025-01-11T09:00:00-05:00", "cancel_reason": "customer", "financial_status": "voided"}
    invoice = document(**cancelled)
    assert (invoice["status"], f"{invoice['voided_at']:%d %H:%M}") == ("void", "11 14:00")
    (event,) = facts({"order": order(**cancelled)}, "document_events")
    assert (event["kind"], event["document_id"], event["reason"]) == ("voided", "shopify:5001", "customer")


def test_a_cancellation_that_its_refund_tells_is_not_void_too() -> None:
    whole = refund(
        refund_line_items=[
            {"id": 1, "line_item_id": 701, "quantity": 2, **told("subtotal", "54.00"), **told("total_tax", "5.40")},
            {"id": 2, "line_item_id": 702, "quantity": 1, **told("subtotal", "40.00"), **told("total_tax", "4.00")},
        ],
        order_adjustments=[{"id": 3, "kind": "shipping_refund", **told("amount", "-5.00"), **told("tax_amount", "-0.50")}],
        transactions=[],
        processed_at="2025-01-11T09:00:00-05:00",
    )
    cancelled = {"cancelled_at": "2025-01-11T09:00:00-05:00", "financial_status": "voided"}
    invoice, note = facts({"order": order(refunds=[whole], **cancelled)}, "documents")
    assert (invoice["status"], note["total"], note["amount_paid"]) == ("open", Decimal("108.9"), Decimal(0))
    # A refund of a part leaves the rest to the void, which comes after it.
    part = whole | {"order_adjustments": []}
    invoice, note = facts({"order": order(refunds=[part], **cancelled)}, "documents")
    assert (invoice["status"], note["total"]) == ("void", Decimal("103.4"))
    assert invoice["voided_at"] > note["issued_at"]


def test_the_state_of_one_second_goes_by_what_follows_from_what() -> None:
    sequences = [
        document(financial_status="pending")["source_sequence"],
        document(financial_status="paid")["source_sequence"],
        document(financial_status="partially_refunded")["source_sequence"],
        document(financial_status="voided", cancelled_at="2025-01-10T09:00:00-05:00")["source_sequence"],
    ]
    assert sequences == sorted(set(sequences))


def test_references_of_an_order() -> None:
    told_with = {
        "po_number": "PO 77",
        "source_name": "amazon",
        "source_identifier": "113-9876543",
        "note_attributes": [
            {"name": "deal", "value": "D-204"},
            {"name": "wish", "value": "with love"},
            {"name": "stars", "value": 5},
            {"name": None, "value": "X-1"},
        ],
        "metafields": [{"namespace": "erp", "key": "order", "value": "SO-1001"}],
    }
    found = facts({"order": order(**told_with)}, "external_references")
    stated = {
        (ref["relation"], ref["reference_system"], ref["reference_kind"], ref["reference"])
        for ref in found
        if ref["object_kind"] == "document"
    }
    assert stated == {
        ("same_as", "shopify", "order_id", "5001"),
        ("same_as", "shopify", "order_number", "1001"),
        ("same_as", "shopify", "order_name", "#1001"),
        ("same_as", "amazon", "order_id", "113-9876543"),
        ("derives_from", "shopify", "checkout_id", "31001"),
        ("derives_from", "shopify", "checkout_token", "ct31001"),
        ("names", None, "email", "ann@example.com"),
        ("names", None, "po_number", "PO 77"),
        ("names", None, "deal", "D-204"),
        ("names", None, "erp.order", "SO-1001"),
    }


def test_an_order_tells_its_shipments_and_payments_too() -> None:
    record = delivery("orders/updated", order(fulfillments=[fulfilment()], transactions=[transaction()]))
    (shipped,) = facts(record, "performance")
    assert (shipped["kind"], shipped["quantity"], shipped["document_line_id"]) == ("delivery", 1, "shopify:5001:701")
    (paid,) = facts(record, "cash")
    assert (paid["object_id"], paid["customer_id"]) == ("shopify:4001", "shopify:207")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"financial_status": "odd"}, "NOT_ALLOWED"),
        ({"line_items": "none"}, "WRONG_TYPE"),
        ({"line_items": [item(1, "-1.00")]}, "NOT_ALLOWED"),
        ({"line_items": [item(1, "1.00", -1)]}, "NOT_ALLOWED"),
        ({"line_items": [item(1, "1.00", 10**18)]}, "NOT_ALLOWED"),
        ({"total_price": "a lot", "total_price_set": None}, "WRONG_TYPE"),
        ({"currency": "ZZZ", "total_price_set": None}, "UNKNOWN_CURRENCY"),
        ({"updated_at": "soon"}, "WRONG_TYPE"),
        ({"updated_at": "1899-01-01T00:00:00Z"}, "ABSURD_DATE"),
        ({"id": None}, "MISSING_FIELD"),
    ],
)
def test_what_is_wrong_is_said(more: Record, expected: str) -> None:
    assert verdict(**more)[0] == expected
