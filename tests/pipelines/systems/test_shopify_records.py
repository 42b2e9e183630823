"""What a Shopify record is, wherever it stands; and customers, products, stock, gift cards, offers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.pipelines.systems import shopify_records as shopify
from tests.pipelines.systems.normalising import Record, normalise, normalise_bytes, row, rows
from tests.pipelines.systems.normalising import verdict as verdict_of

RESOURCES = {
    "order": shopify.order,
    "refund": shopify.refund,
    "transaction": shopify.transaction,
    "fulfillment": shopify.fulfilment,
    "dispute": shopify.dispute,
    "payout": shopify.payout,
    "tender_transaction": shopify.tender,
    "customer": shopify.customer,
    "product": shopify.product,
    "inventory_item": shopify.inventory_item,
    "inventory_level": shopify.inventory_level,
    "gift_card": shopify.gift_card,
    "draft_order": shopify.draft_order,
}


def event(record: Record) -> Record:
    return normalise(record, source="shopify").events.to_dicts()[0]


def without_global_id(record: Record) -> Record:
    return {key: value for key, value in record.items() if key != "admin_graphql_api_id"}


@pytest.mark.parametrize("name", RESOURCES)
def test_an_object_is_the_same_bare_and_under_its_name(name: str) -> None:
    record = RESOURCES[name]()
    wrapped, bare, old = event({name: record}), event(record), event(without_global_id(record))
    assert wrapped["disposition"] == "mapped"
    assert wrapped == bare == old
    assert wrapped["event_type"] == name
    assert wrapped["source_event_id"].startswith(f"{name}:{wrapped['object_id']}:")


def test_a_movement_of_the_balance_is_no_transaction_of_an_order() -> None:
    record = shopify.balance_transaction()
    assert event({"transaction": record})["event_type"] == event(record)["event_type"] == "balance_transaction"


def test_every_sound_record_is_accepted() -> None:
    normalised = normalise(*shopify.SOUND.values(), source="shopify")
    assert normalised.events.get_column("disposition").to_list() == ["mapped"] * len(shopify.SOUND)


def test_a_webhook_has_its_own_id_and_topic() -> None:
    found = event(shopify.delivery("orders/paid", shopify.order(), "b54557e4"))
    assert (found["source_event_id"], found["event_type"], found["object_id"]) == (
        "b54557e4",
        "orders/paid",
        "shopify:5001",
    )
    assert f"{found['known_at']:%H:%M}" == "14:00"  # the order's updated_at, in UTC


def test_a_delivery_without_id_or_topic_is_known_by_its_body() -> None:
    found = event({"delivery": {"topic": None, "id": None, "at": None, "account": None}, "body": shopify.order()})
    assert (found["event_type"], found["disposition"]) == ("order", "mapped")
    assert found["source_event_id"] == event(shopify.order())["source_event_id"]


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (shopify.delivery("app/uninstalled", {"id": 1}), "app/uninstalled"),
        (shopify.delivery("orders/delete", {"id": 5001}), "orders/delete"),
        (shopify.delivery("orders/edited", {"order_edit": {"id": 1, "order_id": 5001}}), "orders/edited"),
        (shopify.delivery("orders/create", shopify.order(test=True)), "orders/create"),
        ({"transaction": shopify.transaction(test=True)}, "transaction"),
        ({"refund": shopify.refund(transactions=[shopify.transaction("refund", test=True)])}, "refund"),
        ({"shop": {"id": 1, "created_at": "2020-01-01T00:00:00Z"}}, "shop"),
        ({"articles": [{"id": 1}]}, "article"),
        ({"id": 1, "admin_graphql_api_id": "gid://shopify/OnlineStoreTheme/1"}, "online_store_theme"),
    ],
)
def test_what_carries_no_revenue_is_unmapped(record: Record, kind: str) -> None:
    found = event(record)
    assert (found["disposition"], found["event_type"], found["fact_count"]) == ("unmapped", kind, 0)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"count": 2}, "UNKNOWN_TYPE"),
        ({"id": 1, "name": "who knows"}, "UNKNOWN_TYPE"),
        ({}, "UNKNOWN_TYPE"),
        ({"orders": [{"id": 1}]}, "LIST_OF_RECORDS"),
        ({"transactions": []}, "LIST_OF_RECORDS"),
        ({"order": {"name": "#1"}}, "MISSING_FIELD"),
    ],
)
def test_what_cannot_be_told_is_rejected(record: Record, code: str) -> None:
    assert verdict_of(record, "shopify")[0] == code


def test_a_byte_order_mark_and_a_neighbour_that_is_garbage_change_nothing() -> None:
    payload = json.dumps({"order": shopify.order()}).encode()
    events = normalise_bytes([b"\xff\xfe", b"\xef\xbb\xbf" + payload, b"{", payload], "shopify").events
    assert events["disposition"].to_list() == ["rejected", "mapped", "rejected", "mapped"]
    assert events["content_hash"][1] == events["content_hash"][3]


def facts(topic: str, body: Record, table: str, **more: Any) -> list[Record]:
    normalised = normalise(shopify.delivery(topic, body, **more), source="shopify")
    assert normalised.events.get_column("message").to_list() == [None]
    return rows(normalised, table)


def test_customers() -> None:
    (found,) = facts("customers/update", shopify.customer(), "customers")
    assert (found["name"], found["email"], found["country"]) == ("Ann Lee", "ann@example.com", "US")
    (gone,) = (
        normalise(
            {"delivery": {"topic": "customers/delete", "id": "w", "at": "2025-02-01T00:00:00Z"}, "body": {"id": 207}},
            source="shopify",
        )
        .facts["silver.customers"]
        .to_dicts()
    )
    assert (gone["object_id"], gone["operation"]) == ("shopify:207", "retract")


def test_products_variants_and_their_prices() -> None:
    product, variant = facts("products/update", shopify.product(), "products")
    assert (product["object_id"], product["name"], product["active"]) == ("shopify:601", "Shirt", True)
    assert (variant["object_id"], variant["name"], variant["category"]) == ("shopify:variant:801", "Shirt - S", "Clothes")
    (foreign,) = facts("products/update", shopify.product(), "prices")
    assert (foreign["unit_amount"], foreign["currency"]) == (Decimal(28), "EUR")
    own, _ = facts("products/update", shopify.product(), "prices", currency="USD")
    assert (own["unit_amount"], own["currency"], own["product_id"]) == (Decimal(30), "USD", "shopify:variant:801")


def test_a_cost_needs_a_currency_and_is_tied_to_its_variant() -> None:
    (told,) = facts("inventory_items/update", shopify.inventory_item(), "products", currency="USD")
    assert (told["unit_cost"], told["cost_currency"]) == (Decimal("12.5"), "USD")
    (untold,) = facts("inventory_items/update", shopify.inventory_item(), "products")
    assert (untold["unit_cost"], untold["cost_currency"]) == (None, None)

    def ties(topic: str, body: Record) -> set[tuple[str, str]]:
        found = facts(topic, body, "external_references")
        return {(ref["reference_kind"], ref["reference"]) for ref in found if ref["relation"] == "same_as"}

    item = ties("inventory_items/update", shopify.inventory_item())
    assert item & ties("products/update", shopify.product()) == {("inventory_item_id", "1101")}


def test_stock() -> None:
    (level,) = facts("inventory_levels/update", shopify.inventory_level(), "stock")
    assert (level["product_id"], level["location"], level["quantity"]) == ("shopify:inventory_item:1101", "9", Decimal(17))
    (gone,) = facts("inventory_levels/disconnect", shopify.inventory_level(available=None), "stock")
    assert gone["operation"] == "retract"


def test_fulfilments_deliver_when_they_succeed() -> None:
    for status, operation in (("success", "assert"), ("pending", "retract"), ("cancelled", "retract")):
        (line,) = facts("fulfillments/update", shopify.fulfilment(status=status), "performance")
        assert (line["operation"], line["quantity"]) == (operation, Decimal(1))
    sequence = [
        facts("fulfillments/update", shopify.fulfilment(status=status), "performance")[0]["source_sequence"]
        for status in ("pending", "success", "cancelled")
    ]
    assert sequence == sorted(set(sequence))


def test_gift_cards() -> None:
    sold = row({"gift_card": shopify.gift_card()}, "credit_grants", "shopify")
    assert (sold["paid"], sold["amount"], sold["document_id"]) == (True, Decimal(50), "shopify:5001")
    assert f"{sold['expires_at']:%Y-%m-%d}" == "2027-01-11"  # usable throughout 10 January
    given = row({"gift_card": shopify.gift_card(order_id=None)}, "credit_grants", "shopify")
    assert given["paid"] is False
    off = row({"gift_card": shopify.gift_card(disabled_at="2025-02-01T00:00:00Z")}, "credit_grants", "shopify")
    assert off["operation"] == "retract"


def test_draft_orders_are_offers() -> None:
    (quote,) = facts("draft_orders/update", shopify.draft_order(), "quotes")
    # 59.00 of lines less 3.00 off the whole, and 5.60 of tax
    assert (quote["subtotal"], quote["discount"], quote["tax"], quote["total"]) == (
        Decimal(59),
        Decimal(3),
        Decimal("5.6"),
        Decimal("61.6"),
    )
    lines = facts("draft_orders/update", shopify.draft_order(), "quote_lines")
    assert [(line["description"], line["amount"]) for line in lines] == [("Shirt", Decimal(54)), ("Post", Decimal(5))]


def test_an_offer_that_was_accepted_names_its_order() -> None:
    record = shopify.draft_order(status="completed", order_id=5001)
    (quote,) = facts("draft_orders/update", record, "quotes")
    assert quote["status"] == "accepted"
    found = facts("draft_orders/update", record, "external_references")
    (link,) = [ref for ref in found if ref["relation"] == "derives_from"]
    assert (link["object_id"], link["reference_kind"], link["reference"]) == ("shopify:5001", "draft_order_id", "1301")
    (gone,) = facts("draft_orders/delete", {"id": 1301, "updated_at": "2025-01-03T00:00:00Z"}, "quotes")
    assert gone["operation"] == "retract"
