"""A shop's stories from its webhooks to the books: ingested, gated, recognised, and checked to the cent."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.cut import current_cut, facts_at
from assets.pipeline import compute
from expectations.gate import run_gate
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops, silver
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import ingest
from tests.assets.revenue_facts import changes
from tests.pipelines.events import write_lines
from tests.pipelines.systems import shopify_records as shopify
from tests.pipelines.systems import woocommerce_records as woo
from tests.pipelines.systems.shopify_records import delivery, item, order, refund, told, transaction

Record = dict[str, Any]

NOW = datetime(2030, 1, 1, tzinfo=UTC)
# Small batches, so that a story comes in several.
SMALL = IngestOptions(batch_bytes=6000, range_bytes=3000)


def books(lake: Lakehouse, tmp_path: Path, records: list[Record], source: str = "shopify") -> dict[str, pl.DataFrame]:
    """Gold after an ingest of the records, every one of which must be accepted and pass its gates."""
    summary = ingest(lake, [Feed(source, str(write_lines(tmp_path / "in" / "shop.jsonl", records)))], SMALL)
    assert (summary.received, summary.quarantined) == (len(records), 0)
    for table in silver.TABLES:
        if lake.exists(table):
            report = run_gate(lake, table, run_id="run", now=NOW, after_version=None)
            assert report.rejected.select("code", "message").rows() == []
    facts = facts_at(lake, current_cut(lake))
    return compute(facts, ops.PERIOD_LOG.empty(), gold.JOURNAL.empty(), date(2025, 12, 31), NOW)


def balances(journal: pl.DataFrame) -> dict[str, str]:
    """What each account moved by in all, in its own natural direction, zeros left out."""
    totals = {account: sum(Decimal(amount) for amount in months.values()) for account, months in changes(journal).items()}
    return {account: f"{amount:.2f}" for account, amount in totals.items() if amount}


def story() -> list[Record]:
    """An order of 108.90 is paid and shipped in part; a mug comes back; the bank takes back 22.00."""
    paid = {"financial_status": "paid", "updated_at": "2025-01-10T09:01:00-05:00"}
    shipped = paid | {"fulfillments": [shopify.fulfilment()], "updated_at": "2025-01-12T12:00:00-05:00"}
    returned = shipped | {
        "financial_status": "partially_refunded",
        "refunds": [refund()],
        "updated_at": "2025-02-03T10:00:02-05:00",
    }
    return [
        delivery("orders/create", order(), "w-1"),
        delivery("order_transactions/create", transaction(), "w-2"),
        delivery("orders/paid", order(**paid), "w-3"),
        delivery("fulfillments/create", shopify.fulfilment(), "w-4"),
        delivery("orders/updated", order(**shipped), "w-5"),
        # The return is told by the refund, by its transaction, and by the order.
        delivery("refunds/create", refund(), "w-6"),
        delivery("order_transactions/create", refund()["transactions"][0], "w-7"),
        delivery("orders/updated", order(**returned), "w-8"),
        delivery("tender_transactions/create", shopify.tender(), "w-9"),
        delivery("disputes/create", shopify.dispute(amount="22.00"), "w-10"),
        {"payout": shopify.payout()},
        {"transaction": shopify.balance_transaction()},
    ]


# Lines 54.00, 40.00 and 5.00, tax 9.90. The refund is 44.00 / 108.90 of them: 40.00, and 4.00 of tax; the dispute
# 22.00 / 108.90: 20.00, and 2.00 of tax. Of the payment Shopify keeps 3.46: Cash 108.90 - 3.46 = 105.44. The dispute began
# on 6 March in UTC.
EXPECTED = {
    # The receivable is paid within the month: no change of it is left.
    "Cash": {"2025-01": "105.44", "2025-02": "-44.00", "2025-03": "-22.00"},
    "Disputes": {"2025-03": "20.00"},
    "Fees": {"2025-01": "3.46"},
    "Refunds": {"2025-02": "40.00"},
    "Revenue": {"2025-01": "99.00"},
    "TaxLiability": {"2025-01": "9.90", "2025-02": "-4.00", "2025-03": "-2.00"},
}


def test_an_order_from_checkout_to_chargeback(lake: Lakehouse, tmp_path: Path) -> None:
    found = books(lake, tmp_path, story())
    assert changes(found["journal"]) == EXPECTED
    assert found["pending_facts"].height == 0
    (contract,) = found["contracts"].to_dicts()
    assert f"{contract['transaction_price']:.2f}" == "39.00"  # 99.00 - 40.00 - 20.00
    moved = lake.scan(silver.PERFORMANCE).sort("effective_at").collect()
    assert moved.select("kind", "document_line_id", "quantity").unique(maintain_order=True).rows() == [
        ("delivery", "shopify:5001:701", 1),
        ("return", "shopify:5001:702", -1),
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_in_any_order_and_twice_it_is_the_same(lake: Lakehouse, tmp_path: Path, seed: int) -> None:
    records = story()
    random.Random(seed).shuffle(records)
    ingest(lake, [Feed("shopify", str(write_lines(tmp_path / "first.jsonl", records[:7])))], SMALL)
    found = books(lake, tmp_path, records)
    assert changes(found["journal"]) == EXPECTED


@pytest.mark.parametrize("dropped", ["w-6", "w-7", "w-8"])
def test_a_return_is_taken_back_once_by_whoever_tells_it(lake: Lakehouse, tmp_path: Path, dropped: str) -> None:
    records = [record for record in story() if record.get("delivery", {}).get("id") != dropped]
    found = books(lake, tmp_path, records)
    assert changes(found["journal"]) == EXPECTED


def test_a_pending_refund_counts_when_its_transaction_alone_says_it_succeeded(lake: Lakehouse, tmp_path: Path) -> None:
    success = refund()["transactions"][0]
    pending = refund(transactions=[success | {"status": "pending"}])
    records = [
        delivery("orders/paid", order(financial_status="paid"), "w-1"),
        delivery("order_transactions/create", transaction(), "w-2"),
        delivery("refunds/create", pending, "w-3"),
    ]
    before = books(lake, tmp_path / "a", records)
    assert balances(before["journal"]) == {"Cash": "108.90", "Revenue": "99.00", "TaxLiability": "9.90"}
    later = books(lake, tmp_path / "b", [delivery("order_transactions/create", success, "w-4")])
    assert balances(later["journal"]) == {
        "Cash": "64.90",
        "Refunds": "40.00",
        "Revenue": "99.00",
        "TaxLiability": "5.90",
    }


def test_a_return_without_money_is_owed_to_the_customer(lake: Lakehouse, tmp_path: Path) -> None:
    records = [
        delivery("orders/paid", order(financial_status="paid"), "w-1"),
        delivery("order_transactions/create", transaction(), "w-2"),
        delivery("refunds/create", refund(transactions=[]), "w-3"),
    ]
    assert balances(books(lake, tmp_path, records)["journal"]) == {
        "Cash": "108.90",
        "CreditNotes": "40.00",
        "CustomerBalance": "44.00",
        "Revenue": "99.00",
        "TaxLiability": "5.90",
    }


def whole_refund(**more: Any) -> Record:
    goods = [
        {"id": 1, "line_item_id": 701, "quantity": 2, **told("subtotal", "54.00"), **told("total_tax", "5.40")},
        {"id": 2, "line_item_id": 702, "quantity": 1, **told("subtotal", "40.00"), **told("total_tax", "4.00")},
    ]
    shipping = {"id": 3, "kind": "shipping_refund", **told("amount", "-5.00"), **told("tax_amount", "-0.50")}
    return refund(refund_line_items=goods, order_adjustments=[shipping], **more)


@pytest.mark.parametrize("refunds", [[], [whole_refund(transactions=[], processed_at="2025-01-11T09:00:00-05:00")]])
def test_an_order_cancelled_before_payment_leaves_nothing(lake: Lakehouse, tmp_path: Path, refunds: list[Record]) -> None:
    """With a refund of its lines or without: what was sold is taken back once, and nothing is owed."""
    cancelled = order(
        financial_status="voided",
        cancelled_at="2025-01-11T09:00:00-05:00",
        updated_at="2025-01-11T09:00:01-05:00",
        refunds=refunds,
    )
    void = transaction("void", id=4005, parent_id=4001, processed_at="2025-01-11T09:00:00-05:00")
    records = [
        delivery("orders/create", order(financial_status="authorized"), "w-1"),
        delivery("order_transactions/create", transaction("authorization"), "w-2"),
        delivery("order_transactions/create", void, "w-3"),
        delivery("orders/cancelled", cancelled, "w-4"),
    ]
    taken_back = "CreditNotes" if refunds else "Voids"
    assert balances(books(lake, tmp_path, records)["journal"]) == {taken_back: "99.00", "Revenue": "99.00"}


def test_a_gift_card_is_a_liability_until_it_is_used(lake: Lakehouse, tmp_path: Path) -> None:
    """A shirt of 10.00 and a card of 50.00 are paid with 60.00; the card then pays for a coat of 50.00."""
    untaxed = {"shipping_lines": [], **told("total_tax", "0.00")}
    sold = order(
        financial_status="paid",
        line_items=[item(1, "10.00"), item(2, "50.00", gift_card=True)],
        **told("total_price", "60.00"),
        **untaxed,
    )
    used = order(
        id=5002,
        admin_graphql_api_id="gid://shopify/Order/5002",
        financial_status="paid",
        line_items=[item(3, "50.00")],
        **told("total_price", "50.00"),
        **untaxed,
    )
    card = transaction("sale", "50.00", id=4010, order_id=5002, gateway="gift_card", receipt={"gift_card_id": 1201})
    records = [
        delivery("orders/paid", sold, "w-1"),
        delivery("order_transactions/create", transaction("sale", "60.00"), "w-2"),
        {"gift_card": shopify.gift_card()},
    ]
    before = books(lake, tmp_path / "a", records)
    # What was paid for the card stands as a credit on the receivable.
    assert balances(before["journal"]) == {"AccountsReceivable": "-50.00", "Cash": "60.00", "Revenue": "10.00"}
    later = [delivery("orders/paid", used, "w-3"), delivery("order_transactions/create", card, "w-4")]
    assert balances(books(lake, tmp_path / "b", later)["journal"]) == {"Cash": "60.00", "Revenue": "60.00"}


def test_an_order_in_a_foreign_currency_is_kept_and_settled_in_it(lake: Lakehouse, tmp_path: Path) -> None:
    """A shop in USD sells for 92.00 EUR: transactions are in EUR, and so are the receivable and the revenue."""
    in_euro = shopify.money("92.00", "EUR", ("100.00", "USD"))
    abroad = order(
        presentment_currency="EUR",
        financial_status="paid",
        line_items=[item(1, "100.00") | {"price_set": in_euro}],
        shipping_lines=[],
        total_price="100.00",
        total_price_set=in_euro,
        **told("total_tax", "0.00", "EUR"),
    )
    records = [
        delivery("orders/paid", abroad, "w-1"),
        delivery("order_transactions/create", transaction("sale", "92.00", currency="EUR"), "w-2"),
    ]
    journal = books(lake, tmp_path, records)["journal"]
    assert changes(journal, "EUR") == {"Cash": {"2025-01": "92.00"}, "Revenue": {"2025-01": "92.00"}}
    assert changes(journal, "USD") == {}


def woo_story(*told_by: str) -> list[Record]:
    """An order of 108.90 is placed and paid in January, and 44.00 of it go back on 3 February."""
    summary = [{"id": 780, "reason": "broken", "total": "-44.00"}]
    returned = woo.order(refunds=summary, date_modified_gmt="2025-02-03T15:00:01", status="completed")
    unpaid = woo.order(status="on-hold", date_paid_gmt=None, date_modified_gmt="2025-01-10T14:00:00")
    records = {
        "order": woo.delivery("order.updated", returned, "d-3"),
        "again": woo.delivery("order.updated", returned | {"date_modified_gmt": "2025-04-01T10:00:00"}, "d-4"),
        "refund": woo.refund(),
    }
    return [
        woo.delivery("order.created", unpaid, "d-1"),
        woo.delivery("order.updated", woo.order(), "d-2"),
        *(records[name] for name in told_by),
    ]


@pytest.mark.parametrize("told_by", [("order", "again"), ("refund",), ("order", "refund"), ("refund", "again", "order")])
def test_a_refund_in_woocommerce_is_taken_back_once_and_when_it_happened(
    lake: Lakehouse, tmp_path: Path, told_by: tuple[str, ...]
) -> None:
    """Told by the order, which has no date of it, by the refund, or by both; a later change of the order moves nothing."""
    found = books(lake, tmp_path, woo_story(*told_by), "woocommerce")
    assert changes(found["journal"]) == {
        "Cash": {"2025-01": "108.90", "2025-02": "-44.00"},
        "Refunds": {"2025-02": "40.00"},
        "Revenue": {"2025-01": "99.00"},
        "TaxLiability": {"2025-01": "9.90", "2025-02": "-4.00"},
    }


def test_orders_that_came_to_nothing_leave_nothing(lake: Lakehouse, tmp_path: Path) -> None:
    unpaid = {"date_paid_gmt": None}
    records = [
        woo.delivery("order.created", woo.order(status="pending", **unpaid), "d-1"),
        woo.delivery("order.updated", woo.order(status="failed", **unpaid, date_modified_gmt="2025-01-10T15:00:00"), "d-2"),
        woo.delivery("order.created", woo.order(id=728, status="on-hold", **unpaid), "d-3"),
        woo.delivery(
            "order.updated", woo.order(id=728, status="cancelled", **unpaid, date_modified_gmt="2025-01-20T00:00:00"), "d-4"
        ),
        woo.delivery("order.created", woo.order(id=729), "d-5"),
        woo.delivery("order.updated", woo.order(id=729, status="trash", date_modified_gmt="2025-01-20T00:00:00"), "d-6"),
    ]
    found = books(lake, tmp_path, records, "woocommerce")
    assert balances(found["journal"]) == {"Revenue": "99.00", "Voids": "99.00"}  # the one that was accepted and cancelled
