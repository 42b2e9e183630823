"""Shopify: webhooks of the Admin API as the receiver keeps them, in the envelope of a delivery.

https://shopify.dev/docs/api/admin-rest/latest/resources/order, /transaction and /customer. The shop's clock is New York's
winter; prices are told without tax, in one currency.
"""

from __future__ import annotations

from datetime import date, timedelta, timezone
from uuid import NAMESPACE_DNS, uuid5

from pipelines.simulator.group.ids import local
from pipelines.simulator.group.model import Buyer, Copy, Payment, Sale
from pipelines.simulator.group.shape import NINE, Record, Shape, Told, major, moment

DOMAIN = "northern-goods.myshopify.com"
_CLOCK = timezone(timedelta(hours=-5))


class Shopify(Shape):
    """The shop: orders and what was paid for them."""

    feed = "shopify"

    def __init__(self) -> None:
        self._delivered = 0
        self._orders: dict[str, Record] = {}

    def _delivery(self, topic: str, day: date, body: Record) -> tuple[date, Record]:
        self._delivered += 1
        webhook = str(uuid5(NAMESPACE_DNS, f"{DOMAIN}/{self._delivered}"))
        told_at = moment(day, NINE + timedelta(seconds=2)).isoformat().replace("+00:00", "Z")
        return day, {"delivery": {"topic": topic, "id": webhook, "at": told_at, "account": DOMAIN}, "body": body}

    def customer(self, buyer: Buyer, day: date) -> Told:
        """Who orders."""
        yield self._delivery("customers/create", day, _customer(buyer, day))

    def bill(self, copy: Copy, sale: Sale) -> Told:
        """The order, not yet paid."""
        net = copy.amount - sale.tax
        tax = [{"title": "VAT", "rate": 0.1, **_amount("price", sale.tax, copy.currency)}] if sale.tax else []
        number = int(local(copy.id))
        item = {
            "id": number + 9_000_000_000_000,
            "name": sale.product,
            "title": sale.product,
            "quantity": 1,
            "gift_card": False,
            **_amount("price", net, copy.currency),
            "discount_allocations": [],
            "tax_lines": tax,
        }
        order = {
            "id": number,
            "admin_graphql_api_id": f"gid://shopify/Order/{number}",
            "name": copy.number,
            "order_number": int(copy.number.removeprefix("#")),
            "test": False,
            "currency": copy.currency,
            "presentment_currency": copy.currency,
            "taxes_included": False,
            "financial_status": "pending",
            "created_at": _clock(copy.day),
            "processed_at": _clock(copy.day),
            "updated_at": _clock(copy.day),
            "cancelled_at": None,
            "email": sale.buyer.email,
            "source_name": "web",
            "note_attributes": [],
            **_amount("total_price", copy.amount, copy.currency),
            **_amount("total_tax", sale.tax, copy.currency),
            **_amount("total_discounts", 0, copy.currency),
            "customer": _customer(sale.buyer, copy.day),
            "line_items": [item],
            "shipping_lines": [],
            "fulfillments": [],
            "refunds": [],
        }
        self._orders[copy.id] = order
        yield self._delivery("orders/create", copy.day, order)

    def payment(self, payment: Payment) -> Told:
        """The transaction, and the order that it paid. How the gateway calls it, this gateway does not say."""
        (order,) = (self._orders[document] for document in payment.documents)
        number = int(local(payment.id))
        transaction = {
            "id": number,
            "admin_graphql_api_id": f"gid://shopify/OrderTransaction/{number}",
            "order_id": order["id"],
            "parent_id": None,
            "kind": "sale",
            "gateway": "card_terminal",
            "status": "success",
            "test": False,
            **_amount("amount", payment.amount, payment.currency),
            "currency": payment.currency,
            "authorization": None,
            "created_at": _clock(payment.day),
            "processed_at": _clock(payment.day),
            "receipt": {},
        }
        yield self._delivery("order_transactions/create", payment.day, transaction)
        paid = {"financial_status": "paid", "updated_at": _clock(payment.day, NINE + timedelta(seconds=1))}
        yield self._delivery("orders/paid", payment.day, order | paid)


def _customer(buyer: Buyer, day: date) -> Record:
    first, _, last = buyer.name.partition(" ")
    return {
        "id": int(local(buyer.id_in(Shopify.feed))),
        "email": buyer.email,
        "first_name": first,
        "last_name": last,
        "verified_email": True,
        "currency": buyer.currency,
        "created_at": _clock(day),
        "updated_at": _clock(day),
    }


def _amount(name: str, amount: int, currency: str) -> Record:
    """An amount plainly, and as a set: for the customer and for the shop."""
    money = {"amount": major(amount), "currency_code": currency}
    return {name: major(amount), f"{name}_set": {"shop_money": money, "presentment_money": money}}


def _clock(day: date, after: timedelta = NINE) -> str:
    return moment(day, after).astimezone(_CLOCK).isoformat()
