"""Stripe: events of API version 2025-03-31.basil, with the keys that integrations write into metadata.

https://docs.stripe.com/api/events/object, /invoices/object, /invoice-payment/object, /charges/object, /refunds/object,
/subscriptions/object. An invoice learns the ids that the sale has elsewhere when that system has it, by `invoice.updated`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from pipelines.simulator.envelope import envelope
from pipelines.simulator.group.ids import local
from pipelines.simulator.group.model import ERP, SHOP, Buyer, Copy, Payment, Refund, Sale, Subscription
from pipelines.simulator.group.shape import NINE, Record, Shape, Told, moment, others_named
from pipelines.simulator.identifiers import Identifiers
from pipelines.simulator.parameters import NEW_API

EVENING = timedelta(hours=18)
# How the connectors of each system call its ids in Stripe's metadata, by what they hold.
_KEYS = {
    (ERP, "id"): "netsuite_invoice_id",
    (ERP, "number"): "netsuite_invoice_number",
    (SHOP, "id"): "shopify_order_id",
    (SHOP, "number"): "shopify_order_number",
}


class Stripe(Shape):
    """The billing system and the payment provider, which also takes the money of the shop."""

    feed = "stripe"

    def __init__(self) -> None:
        self._new_id = Identifiers("stripe events")
        self._bills: dict[str, tuple[Copy, Sale, Record]] = {}
        self._paid: defaultdict[str, int] = defaultdict(int)

    def _event(self, kind: str, day: date, shape: Record, after: timedelta = NINE) -> tuple[date, Record]:
        at = seconds(day, after)
        return day, envelope(self._new_id("evt"), at, NEW_API, kind, {"livemode": True, "metadata": {}} | shape)

    def customer(self, buyer: Buyer, day: date) -> Told:
        """Who pays; where the ERP knows the customer by this id, a connector has noted the ERP's."""
        number = local(buyer.id_in(self.feed))
        noted = {"netsuite_customer_id": local(buyer.id_in(ERP))} if buyer.known_by == "billing_id" else {}
        known = {"id": number, "object": "customer", "name": buyer.name, "email": buyer.email, "metadata": noted}
        yield self._event("customer.created", day, known | {"created": seconds(day), "balance": 0, "currency": None})
        if buyer.known_by == "tax_id":
            tax = {"id": f"txi_{number[4:]}", "object": "tax_id", "customer": number, "type": "eu_vat"}
            value = f"DE{100_000_000 + buyer.number}"
            yield self._event("customer.tax_id.created", day, tax | {"created": seconds(day), "value": value})

    def bill(self, copy: Copy, sale: Sale) -> Told:
        """The finalised invoice, and what it is called elsewhere once it is there."""
        noted = {"order_number": copy.bears} if copy.bears else {}
        noted |= {"shopify_order_id": copy.lost_order} if copy.lost_order else {}
        invoice = self._invoice(copy, sale, noted)
        yield self._event("invoice.finalized", copy.day, invoice)
        named = others_named(copy, sale)
        if named:
            learnt = {
                _KEYS[other.system, str(other.named)]: local(other.id)
                if other.named == "id"
                else other.number.removeprefix("#")
                for other in named
            }
            invoice = invoice | {"metadata": noted | learnt}
            yield self._event("invoice.updated", max(copy.day, *(other.day for other in named)), invoice, EVENING)
        self._bills[copy.id] = (copy, sale, invoice)

    def _invoice(self, copy: Copy, sale: Sale, noted: dict[str, str]) -> Record:
        net, currency = copy.amount - sale.tax, copy.currency.lower()
        start, end = sale.served or (copy.day, copy.day)
        contract = local(sale.subscription.ids[self.feed]) if sale.subscription else None
        tax = [{"amount": sale.tax, "tax_behavior": "exclusive", "taxable_amount": net, "type": "tax_rate_details"}]
        taxes = tax if sale.tax else []
        details = {"subscription": contract, "proration": False}
        item = {"invoice_item_details": None if contract else {**details, "invoice_item": f"ii_{local(copy.id)[3:]}"}}
        line = {
            "id": f"il_{local(copy.id)[3:]}",
            "object": "line_item",
            "amount": net,
            "currency": currency,
            "description": sale.product,
            "discount_amounts": [],
            "period": {"start": seconds(start, timedelta()), "end": seconds(end, timedelta())},
            "quantity": 1,
            "pricing": None,
            "parent": item | {"subscription_item_details": details if contract else None},
            "taxes": taxes,
        }
        parent = {"type": "subscription_details", "subscription_details": {"subscription": contract, "metadata": {}}}
        return {
            "id": local(copy.id),
            "object": "invoice",
            "created": seconds(copy.day),
            "customer": local(copy.customer_id),
            "customer_email": sale.buyer.email,
            "customer_name": sale.buyer.name,
            "currency": currency,
            "number": copy.number,
            "status": "open",
            "collection_method": "send_invoice",
            "billing_reason": "subscription_cycle" if contract else "manual",
            "parent": parent if contract else None,
            "metadata": noted,
            "lines": {"object": "list", "data": [line], "has_more": False, "total_count": 1},
            "subtotal": net,
            "total": copy.amount,
            "total_excluding_tax": net,
            "total_taxes": taxes,
            "amount_due": copy.amount,
            "amount_paid": 0,
            "amount_remaining": copy.amount,
            "status_transitions": {"finalized_at": seconds(copy.day), "paid_at": None, "voided_at": None},
        }

    def payment(self, payment: Payment) -> Told:
        """The charge, what of which invoice it paid, and each invoice that is now paid in full."""
        number, day = local(payment.id), payment.day
        noted = {"shopify_order_id": local(payment.order)} if payment.order else {}
        charge = {
            "id": number,
            "object": "charge",
            "amount": payment.amount,
            "amount_captured": payment.amount,
            "amount_refunded": 0,
            "captured": True,
            "created": seconds(day),
            "currency": payment.currency.lower(),
            "customer": local(payment.customer_id) if payment.customer_id else None,
            "metadata": noted,
            "paid": True,
            "payment_intent": None,
            "payment_method_details": {"type": "card"},
            "refunded": False,
            "status": "succeeded",
        }
        yield self._event("charge.succeeded", day, charge)
        for document, amount in payment.documents.items():
            invoice = local(document)
            part = {
                "id": self._new_id("inpay"),
                "object": "invoice_payment",
                "invoice": invoice,
                "amount_paid": amount,
                "amount_requested": amount,
                "created": seconds(day),
                "currency": payment.currency.lower(),
                "payment": {"type": "charge", "charge": number},
                "status": "paid",
                "status_transitions": {"canceled_at": None, "paid_at": seconds(day)},
            }
            yield self._event("invoice_payment.paid", day, part)
            yield from self._paid_in_full(document, amount, day)

    def _paid_in_full(self, document: str, amount: int, day: date) -> Told:
        copy, sale, invoice = self._bills[document]
        self._paid[document] += amount
        if self._paid[document] == copy.amount:
            told = max(day, *(other.day for other in sale.copies.values()))
            at = {"finalized_at": seconds(copy.day), "paid_at": seconds(day), "voided_at": None}
            state = {"status": "paid", "amount_paid": copy.amount, "amount_remaining": 0, "status_transitions": at}
            yield self._event("invoice.paid", told, invoice | state, EVENING + timedelta(seconds=1))

    def contract(self, subscription: Subscription) -> Told:
        """The subscription, and the offer of the CRM from which it came."""
        buyer, day = subscription.buyer, subscription.starts[self.feed]
        number, currency = local(subscription.ids[self.feed]), buyer.currency.lower()
        price = {
            "id": f"price_{number[4:]}",
            "object": "price",
            "currency": currency,
            "product": f"prod_{number[4:]}",
            "unit_amount": subscription.price,
            "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
        }
        item = {"id": f"si_{number[4:]}", "object": "subscription_item", "price": price, "quantity": 1}
        told = {
            "id": number,
            "object": "subscription",
            "created": seconds(day),
            "currency": currency,
            "customer": local(buyer.id_in(self.feed)),
            "metadata": {"salesforce_quote_id": local(subscription.quote)},
            "start_date": seconds(day),
            "status": "active",
            "cancel_at_period_end": False,
            "items": {"object": "list", "data": [item], "has_more": False},
        }
        yield self._event("customer.subscription.created", day, told)

    def refund(self, refund: Refund, copy: Copy) -> Told:
        """Money given back of a charge."""
        told = {
            "id": local(refund.id),
            "object": "refund",
            "amount": refund.amount,
            "charge": local(refund.payment_id),
            "created": seconds(refund.day),
            "currency": copy.currency.lower(),
            "payment_intent": None,
            "reason": "requested_by_customer",
            "status": "succeeded",
        }
        yield self._event("refund.created", refund.day, told)


def seconds(day: date, after: timedelta = NINE) -> int:
    """A moment of a day as Stripe counts it."""
    return int(moment(day, after).timestamp())
