"""Shopify refunds: the note, the money, and the rule by which one return is taken back once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.pipelines.systems.normalising import Record, normalise, row, rows
from tests.pipelines.systems.normalising import verdict as verdict_of
from tests.pipelines.systems.shopify_records import delivery, item, money, order, refund, told, transaction


def note(**more: Any) -> Record:
    return row(delivery("refunds/create", refund(**more)), "documents", "shopify")


def figures(document: Record) -> tuple[str, str, str]:
    """Total, tax in it, and money that went with it."""
    return f"{document['total']:.2f}", f"{document['tax']:.2f}", f"{document['amount_paid']:.2f}"


def back(amount: str = "44.00", **more: Any) -> Record:
    return transaction("refund", amount, **{"id": 4002, "parent_id": 4001, **more})


def test_goods_that_came_back_and_were_paid_out() -> None:
    credited = note()
    assert figures(credited) == ("44.00", "4.00", "44.00")
    assert (credited["kind"], credited["corrects_document_id"]) == ("credit_note", "shopify:5001")
    normalised = normalise(delivery("refunds/create", refund()), source="shopify")
    (line,) = rows(normalised, "document_lines")
    assert (line["amount"], line["tax"], line["product_id"]) == (Decimal(40), Decimal(4), "shopify:variant:802")
    (money_back,) = rows(normalised, "cash")
    assert (money_back["kind"], money_back["direction"], money_back["amount"]) == ("refund", "out", Decimal(44))
    assert money_back["payment_id"] == "shopify:4001"
    (returned,) = rows(normalised, "performance")
    assert (returned["kind"], returned["quantity"]) == ("return", Decimal(-1))


@pytest.mark.parametrize(
    ("money_back", "paid"),
    [
        ([back()], "44.00"),
        ([back(status="pending")], "44.00"),  # counted when it succeeds, by whatever record tells that
        ([back(status="failure", error_code="expired_card")], "0.00"),  # owed again: the note counts on account
        ([], "0.00"),
        ([back(gateway="gift_card")], "0.00"),  # no money: it stays owed to the customer
        ([back(), back(id=4003)], "44.00"),  # never more than the note
        ([transaction("void", "44.00", id=4004)], "0.00"),
    ],
)
def test_which_part_of_a_note_the_cash_takes_back(money_back: list[Record], paid: str) -> None:
    assert figures(note(transactions=money_back)) == ("44.00", "4.00", paid)


def test_items_only_count_as_returned_when_they_came_back() -> None:
    for restock, returned in (("return", 1), ("cancel", 0), ("no_restock", 0), ("legacy_restock", 0)):
        goods = [refund()["refund_line_items"][0] | {"restock_type": restock}]
        normalised = normalise(delivery("refunds/create", refund(refund_line_items=goods)), source="shopify")
        assert len(rows(normalised, "performance")) == returned


def test_adjustments_give_more_back_or_less() -> None:
    # 44.00 of goods, 5.00 + 0.50 of shipping, less 10.00 for restocking: 39.50
    adjusted = [
        {"id": 1, "kind": "shipping_refund", "reason": "Shipping refund"}
        | told("amount", "-5.00")
        | told("tax_amount", "-0.50"),
        {"id": 2, "kind": "refund_discrepancy", "reason": "Refund discrepancy"}
        | told("amount", "10.00")
        | told("tax_amount", "0.00"),
    ]
    assert figures(note(order_adjustments=adjusted, transactions=[back(amount="39.50")])) == ("39.50", "4.50", "39.50")


def test_shipping_has_lines_of_its_own_since_2024_10() -> None:
    lines = [{"id": 1, "subtotal_amount_set": money("5.00"), "tax_amount_set": money("0.50")}]
    adjusted = [{"id": 1, "kind": "shipping_refund", **told("amount", "-5.00"), **told("tax_amount", "-0.50")}]
    assert figures(note(refund_shipping_lines=lines))[0] == "49.50"
    assert figures(note(refund_shipping_lines=lines, order_adjustments=adjusted))[0] == "49.50"


def test_duties_are_given_back() -> None:
    assert figures(note(total_duties_set=money("3.00")))[0] == "47.00"


def test_a_refund_of_money_alone() -> None:
    goodwill = [{"id": 1, "kind": "refund_discrepancy", **told("amount", "-7.00"), **told("tax_amount", "0.00")}]
    assert figures(note(refund_line_items=[], order_adjustments=goodwill, transactions=[back(amount="7.00")])) == (
        "7.00",
        "0.00",
        "7.00",
    )


def test_whether_a_subtotal_contains_its_tax() -> None:
    """44.00 with 4.00 in it: the money says so; the order says so where there is no money."""
    goods = [refund()["refund_line_items"][0] | told("subtotal", "44.00")]
    assert figures(note(refund_line_items=goods)) == ("44.00", "4.00", "44.00")
    unpaid = refund(refund_line_items=goods, transactions=[])
    assert figures(note(refund_line_items=goods, transactions=[]))[0] == "48.00"
    told_with = {
        "taxes_included": True,
        "line_items": [item(2, "44.00", 1, None, "4.00")],
        "shipping_lines": [],
        **told("total_price", "44.00"),
        **told("total_tax", "4.00"),
    }
    record = {"order": order(refunds=[unpaid], **told_with)}
    _, credited = rows(normalise(record, source="shopify"), "documents")
    assert figures(credited) == ("44.00", "4.00", "0.00")


def test_shipping_may_contain_its_tax_as_goods_do() -> None:
    """44.00 with 4.00 in it, and 5.50 of shipping with 0.50 in it: 49.50 given back, 45.00 net. Beside it: 50.00."""
    goods = [refund()["refund_line_items"][0] | told("subtotal", "44.00")]
    lines = [{"id": 1, "subtotal_amount_set": money("5.50"), "tax_amount_set": money("0.50")}]
    inside = note(refund_line_items=goods, refund_shipping_lines=lines, transactions=[back("49.50")])
    assert figures(inside) == ("49.50", "4.50", "49.50")
    beside = note(refund_line_items=goods, refund_shipping_lines=lines, transactions=[back("50.00")])
    assert figures(beside) == ("50.00", "4.50", "50.00")
    onto_card = [back("49.50", gateway="gift_card")]
    assert figures(note(refund_line_items=goods, refund_shipping_lines=lines, transactions=onto_card))[0] == "49.50"


def test_a_gift_card_that_is_taken_back_is_not_in_the_note() -> None:
    goods = refund()["refund_line_items"]
    card = goods[0] | {"id": 9, "line_item": item(3, "50.00", gift_card=True), **told("subtotal", "50.00")}
    assert figures(note(refund_line_items=[*goods, card | told("total_tax", "0.00")]))[0] == "44.00"


def test_the_order_and_the_refund_tell_the_same_note() -> None:
    alone = normalise(delivery("refunds/create", refund()), source="shopify")
    nested = normalise(delivery("orders/updated", order(refunds=[refund()])), source="shopify")
    (first,) = rows(alone, "documents")
    _, second = rows(nested, "documents")
    for column in ("object_id", "total", "tax", "amount_paid", "issued_at", "corrects_document_id", "currency"):
        assert first[column] == second[column]
    assert [cash["object_id"] for cash in rows(alone, "cash")] == [cash["object_id"] for cash in rows(nested, "cash")]


def test_before_2017_a_refund_did_not_say_what_it_gave_back() -> None:
    goods = [{"id": 1, "line_item_id": 702, "quantity": 1}]
    code, message = verdict_of({"refund": refund(refund_line_items=goods)}, "shopify")
    assert (code, message) == ("MISSING_FIELD", "refund.refund_line_items[].subtotal is missing or empty.")


def test_a_refund_of_less_than_nothing_is_rejected() -> None:
    adjusted = [{"id": 1, "kind": "refund_discrepancy", **told("amount", "50.00"), **told("tax_amount", "0.00")}]
    code, message = verdict_of(delivery("refunds/create", refund(order_adjustments=adjusted)), "shopify")
    assert code == "AMOUNTS_DO_NOT_TIE"
    assert message == "body.order_adjustments does not agree with its parts: the refund comes to -6.00."
