"""WooCommerce to facts: money to the cent, states, refunds, and what a record is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.pipelines.systems import woocommerce_records as woo
from tests.pipelines.systems.normalising import Record, normalise, rows
from tests.pipelines.systems.normalising import verdict as verdict_of
from tests.pipelines.systems.woocommerce_records import delivery, fee, item, order, product, refund, shipping


def facts(record: Record, table: str) -> list[Record]:
    normalised = normalise(record, source="woocommerce")
    assert normalised.events.get_column("message").to_list() == [None]
    return rows(normalised, table)


def event(record: Record) -> Record:
    return normalise(record, source="woocommerce").events.to_dicts()[0]


def verdict(record: Record) -> tuple[str | None, str | None]:
    return verdict_of(record, "woocommerce")


def document(**more: Any) -> Record:
    (found,) = facts(order(**more), "documents")
    return found


def lines(**more: Any) -> dict[str, tuple[str, str]]:
    """Amount and tax of each line, by its description."""
    found = facts(order(**more), "document_lines")
    return {line["description"]: (f"{line['amount']:.2f}", f"{line['tax']:.2f}") for line in found}


def test_lines_and_tax_are_the_total() -> None:
    invoice = document()
    assert (invoice["subtotal"], invoice["tax"], invoice["total"]) == (Decimal(99), Decimal("9.9"), Decimal("108.9"))
    assert lines() == {"Thing 1": ("54.00", "5.40"), "Thing 2": ("40.00", "4.00"), "Flat rate": ("5.00", "0.50")}
    assert facts(order(), "document_lines")[0]["discount"] == Decimal(6)
    # Dates are UTC where the site does not write an offset.
    assert f"{invoice['issued_at']:%Y-%m-%dT%H:%M%z}" == "2025-01-10T14:00+0000"
    assert (invoice["status"], invoice["customer_id"]) == ("paid", "woocommerce:26")


def test_fees_count_and_may_be_negative() -> None:
    more = {"fee_lines": [fee("-10.00", "-1.00")], "total": "97.90", "total_tax": "8.90"}
    assert lines(**more)["Gift wrap"] == ("-10.00", "-1.00")


def test_what_does_not_tie_is_rejected() -> None:
    assert verdict(order(total="108.91")) == (
        "AMOUNTS_DO_NOT_TIE",
        "total does not agree with its parts: 108.91 is not 99.00 of lines and 9.90 of tax.",
    )
    message = verdict(delivery("order.updated", order(line_items=[])))[1] or ""
    assert message.startswith("body.total does not agree")


def test_figures_of_prices_that_contain_tax_may_be_shown_rounded() -> None:
    """Two things of 1.00 with 13 % in them: 0.884956 net each, shown as 0.88, and 0.23 of tax: 1.99 of 2.00."""
    shown = {
        "prices_include_tax": True,
        "line_items": [item(1, "0.88", "0.12"), item(2, "0.88", "0.12")],
        "shipping_lines": [],
        "total": "2.00",
        "total_tax": "0.23",
    }
    assert lines(**shown)["Rounding of prices that contain tax"] == ("0.01", "0.00")
    # With six decimals (dp=6) nothing is missing: 0.88, and 1.77 - 0.88 = 0.89.
    exact = [item(1, "0.884956", "0.115044"), item(2, "0.884956", "0.115044")]
    assert lines(**shown | {"line_items": exact}) == {"Thing 1": ("0.88", "0.12"), "Thing 2": ("0.89", "0.11")}
    # Half a cent for each of three figures explains one cent, not two; and nothing where prices contain no tax.
    assert verdict(order(**shown | {"total": "2.01"}))[0] == "AMOUNTS_DO_NOT_TIE"
    assert verdict(order(**shown | {"prices_include_tax": False}))[0] == "AMOUNTS_DO_NOT_TIE"


def test_a_currency_without_minor_units() -> None:
    more = {"currency": "JPY", "line_items": [item(1, "1000", "100")], "shipping_lines": []}
    assert lines(**more, total="1100", total_tax="100") == {"Thing 1": ("1000.00", "100.00")}


@pytest.mark.parametrize(
    ("status", "paid", "expected"),
    [
        ("pending", None, "draft"),
        ("failed", None, "draft"),
        ("checkout-draft", None, "draft"),
        ("on-hold", None, "open"),
        ("processing", None, "open"),
        ("processing", "2025-01-10T14:00:05", "paid"),
        ("completed", "2025-01-10T14:00:05", "paid"),
        ("refunded", "2025-01-10T14:00:05", "paid"),
        ("refunded", None, "void"),
        ("cancelled", None, "void"),
        ("packed-by-plugin", None, "open"),
    ],
)
def test_states(status: str, paid: str | None, expected: str) -> None:
    invoice = document(status=status, date_paid_gmt=paid)
    assert invoice["status"] == expected
    assert (invoice["issued_at"] is None) == (expected == "draft")
    assert (invoice["voided_at"] is None) == (expected != "void")


def test_an_order_in_the_trash_is_retracted() -> None:
    assert document(status="trash")["operation"] == "retract"
    assert {line["operation"] for line in facts(order(status="trash"), "document_lines")} == {"retract"}


def test_the_payment_settles_the_order_and_knows_what_was_refunded() -> None:
    summary = [{"id": 780, "reason": "", "total": "-44.00"}, {"id": 781, "reason": "", "total": "-1.10"}]
    (cash,) = facts(order(refunds=summary), "cash")
    assert (cash["object_id"], cash["kind"], cash["amount"]) == ("woocommerce:727:payment", "payment", Decimal("108.9"))
    assert (cash["amount_refunded"], f"{cash['effective_at']:%H:%M:%S}") == (Decimal("45.1"), "14:00:05")
    (applied,) = facts(order(), "cash_applications")
    assert (applied["cash_id"], applied["document_id"]) == ("woocommerce:727:payment", "woocommerce:727")
    assert facts(order(date_paid_gmt=None), "cash") == []


def test_a_completed_order_is_delivered() -> None:
    done = facts(order(date_completed_gmt="2025-01-12T17:00:00"), "performance")
    assert [(step["document_line_id"], step["quantity"]) for step in done] == [
        ("woocommerce:727:301", Decimal(2)),
        ("woocommerce:727:302", Decimal(1)),
    ]
    assert facts(order(), "performance") == []


def test_references_of_an_order() -> None:
    stated = {
        (ref["object_kind"], ref["relation"], ref["reference_system"], ref["reference_kind"], ref["reference"])
        for ref in facts(order(), "external_references")
    }
    assert stated == {
        ("document", "same_as", "woocommerce", "order_id", "727"),
        ("document", "same_as", "woocommerce", "order_number", "727"),
        ("document", "same_as", "woocommerce", "order_key", "wc_order_58d2d042d1d"),
        ("document", "names", None, "email", "ann@example.com"),
        ("document", "names", "woocommerce", "coupon_code", "six-off"),
        ("document", "names", None, "erp_order", "SO-1001"),
        ("cash", "same_as", "stripe", "object_id", "ch_3Qa"),
    }
    other = facts(order(payment_method="paypal", transaction_id="8AC12345", meta_data=[]), "external_references")
    (named,) = [ref for ref in other if ref["object_kind"] == "cash"]
    assert (named["reference_system"], named["reference_kind"]) == ("paypal", "transaction_id")


def test_meta_data_of_plugins_may_be_anything() -> None:
    odd = [{"key": "a", "value": {"deep": [1]}}, {"key": "b", "value": [1, 2]}, {"key": "c", "value": 1}, {"key": None}]
    assert verdict(order(meta_data=odd)) == (None, None)


def test_a_refund_is_a_note_that_was_paid() -> None:
    (note,) = facts(refund(), "documents")
    assert (note["kind"], note["corrects_document_id"]) == ("credit_note", "woocommerce:727")
    assert (note["total"], note["tax"], note["amount_paid"]) == (Decimal(44), Decimal(4), Decimal(44))
    (line,) = facts(refund(), "document_lines")
    assert (line["amount"], line["tax"], line["quantity"]) == (Decimal(40), Decimal(4), Decimal(1))
    (cash,) = facts(refund(), "cash")
    assert (cash["kind"], cash["direction"], cash["payment_id"]) == ("refund", "out", "woocommerce:727:payment")
    assert f"{cash['effective_at']:%m-%d}" == "02-03"


def test_the_amount_of_a_refund_counts_whatever_its_lines_come_to() -> None:
    (note,) = facts(refund(amount="50.00"), "documents")
    assert (note["total"], note["tax"], note["subtotal"]) == (Decimal(50), Decimal(4), Decimal(46))
    found = facts(refund(amount="50.00", shipping_lines=[shipping("-5.00", "-0.50")]), "document_lines")
    assert [(line["description"], line["amount"]) for line in found] == [
        ("Thing 2", Decimal(40)),
        ("Flat rate", Decimal(5)),
        ("Refund", Decimal("0.5")),  # 50.00 - 44.00 - 5.50
    ]


def test_a_refund_needs_a_currency_and_the_receiver_may_know_it() -> None:
    bare = refund(currency=None)
    assert verdict(bare) == ("MISSING_FIELD", "currency is missing or empty.")
    (note,) = facts(delivery("refund.created", bare, currency="EUR"), "documents")
    assert note["currency"] == "EUR"


def test_customers() -> None:
    (found,) = facts(delivery("customer.updated", woo.customer()), "customers")
    assert (found["name"], found["email"], found["country"]) == ("Ann Lee", "ann@example.com", "US")
    (company,) = facts(
        woo.customer(first_name="", last_name="", billing={"first_name": "", "last_name": "", "company": "Nettles"}),
        "customers",
    )
    assert company["name"] == "Nettles"
    (gone,) = facts(
        {"delivery": {"topic": "customer.deleted", "id": "d", "at": "2025-02-01T00:00:00Z"}, "body": {"id": 26}},
        "customers",
    )
    assert gone["operation"] == "retract"


def test_products_with_price_cost_and_stock() -> None:
    record = delivery("product.updated", product(), currency="USD")
    (told,) = facts(record, "products")
    assert (told["name"], told["category"], told["active"]) == ("Thing 1", "Clothes", True)
    assert (told["unit_cost"], told["cost_currency"]) == (Decimal("12.5"), "USD")
    (price,) = facts(record, "prices")
    assert (price["unit_amount"], price["currency"]) == (Decimal(30), "USD")
    (stock,) = facts(record, "stock")
    assert (stock["product_id"], stock["quantity"]) == ("woocommerce:91", Decimal(17))
    unstated = normalise(product(manage_stock=False), source="woocommerce")
    assert set(unstated.facts) == {"silver.products", "silver.external_references"}


def test_a_variation_is_what_was_sold() -> None:
    (line,) = facts(
        order(line_items=[item(1, "10.00", variation_id=95)], shipping_lines=[], total="10.00", total_tax="0.00"),
        "document_lines",
    )
    assert line["product_id"] == "woocommerce:95"


def test_every_sound_record_is_accepted() -> None:
    normalised = normalise(*woo.SOUND.values(), source="woocommerce")
    assert normalised.events.get_column("disposition").to_list() == ["mapped"] * len(woo.SOUND)


def test_identity() -> None:
    found = event(delivery("order.updated", order(), "0f1a"))
    assert (found["source_event_id"], found["event_type"], found["object_id"]) == (
        "0f1a",
        "order.updated",
        "woocommerce:727",
    )
    bare = event(order())
    assert bare["event_type"] == "order"
    assert bare["source_event_id"] == f"order:woocommerce:727:{bare['content_hash']}"
    assert event({"delivery": {"topic": None}, "body": order()})["source_event_id"] == bare["source_event_id"]


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (delivery("coupon.created", {"id": 5, "code": "six-off"}), "coupon.created"),
        ({"id": 5, "code": "six-off", "discount_type": "percent", "date_created_gmt": "2025-01-01T00:00:00"}, "coupon"),
        (delivery("order.deleted", {"id": 727}), "order.deleted"),
        (delivery("action.woocommerce_add_to_cart", {"action": "x", "arg": "y"}), "action.woocommerce_add_to_cart"),
        ({"delivery": {"topic": None}, "body": {"webhook_id": 5}}, "webhook.ping"),
    ],
)
def test_what_carries_no_revenue_is_unmapped(record: Record, kind: str) -> None:
    found = event(record)
    assert (found["disposition"], found["event_type"]) == ("unmapped", kind)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"id": 1}, "UNKNOWN_TYPE"),
        ({}, "UNKNOWN_TYPE"),
        (order(id=None), "MISSING_FIELD"),
        (order(date_modified_gmt="soon"), "WRONG_TYPE"),
        (order(date_created_gmt="1850-01-01T00:00:00"), "ABSURD_DATE"),
        (order(total="much"), "WRONG_TYPE"),
        (order(currency="ZZZ"), "UNKNOWN_CURRENCY"),
        (refund(amount="-5.00"), "NOT_ALLOWED"),
        (refund(parent_id=None), "MISSING_FIELD"),
    ],
)
def test_what_is_wrong_is_said(record: Record, code: str) -> None:
    assert verdict(record)[0] == code
