"""More Stripe objects of our own making: what is planned, offered, used, taken and paid out; in events and as exported."""

from __future__ import annotations

from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.stripe_events import DAY, FEBRUARY, JANUARY, Record, event


def balance_transaction(**more: object) -> Record:
    """30.00 USD at 0.9: 27.00 EUR, of which Stripe took 1.08."""
    return {
        "id": "txn_1",
        "object": "balance_transaction",
        "amount": 2_700,
        "created": JANUARY + 45,
        "currency": "eur",
        "exchange_rate": 0.9,
        "fee": 108,
        "fee_details": [{"amount": 108, "type": "stripe_fee"}],
        "net": 2_592,
        "source": "ch_1",
        "status": "available",
        "type": "charge",
        **more,
    }


def payout(**more: object) -> Record:
    return {
        "id": "po_1",
        "object": "payout",
        "amount": 2_592,
        "arrival_date": JANUARY + 3 * DAY,
        "created": JANUARY + DAY,
        "currency": "eur",
        "failure_code": None,
        "status": "in_transit",
        "type": "bank_account",
        **more,
    }


def quote(**more: object) -> Record:
    """Two seats at 30.00 less 6.00, 10.26 tax (19 % of 54.00): 64.26."""
    item = {
        "id": "li_1",
        "object": "item",
        "amount_discount": 600,
        "amount_subtotal": 6_000,
        "amount_tax": 1_026,
        "amount_total": 6_426,
        "currency": "usd",
        "description": "Seat",
        "price": stripe.price(),
        "quantity": 2,
    }
    return {
        "id": "qt_1",
        "object": "quote",
        "amount_subtotal": 6_000,
        "amount_total": 6_426,
        "created": JANUARY,
        "currency": "usd",
        "customer": "cus_1",
        "expires_at": FEBRUARY,
        "invoice": None,
        "line_items": {"object": "list", "data": [item], "has_more": False},
        "metadata": {"hubspot_deal_id": "77"},
        "number": "QT-1",
        "status": "open",
        "subscription": None,
        "total_details": {"amount_discount": 600, "amount_shipping": 0, "amount_tax": 1_026},
        **more,
    }


def schedule(**more: object) -> Record:
    """One seat in January, two from February to the end of February."""
    phases = [
        {"start_date": JANUARY, "end_date": FEBRUARY, "items": [{"price": "price_1", "quantity": 1}]},
        {"start_date": FEBRUARY, "end_date": FEBRUARY + 28 * DAY, "items": [{"price": "price_1", "quantity": 2}]},
    ]
    return {
        "id": "sub_sched_1",
        "object": "subscription_schedule",
        "canceled_at": None,
        "created": JANUARY - DAY,
        "customer": "cus_1",
        "end_behavior": "cancel",
        "metadata": {},
        "phases": phases,
        "released_subscription": None,
        "status": "not_started",
        "subscription": None,
        **more,
    }


def invoice_item(**more: object) -> Record:
    return {
        "id": "ii_1",
        "object": "invoiceitem",
        "amount": 1_500,
        "currency": "usd",
        "customer": "cus_1",
        "date": JANUARY,
        "description": "Setup",
        "invoice": None,
        "period": {"start": JANUARY, "end": JANUARY},
        "price": stripe.price(),
        "proration": False,
        "quantity": 1,
        "subscription": "sub_1",
        **more,
    }


def meter_event(**more: object) -> Record:
    return {
        "object": "billing.meter_event",
        "created": JANUARY + 10,
        "event_name": "api_requests",
        "identifier": "req-1",
        "livemode": True,
        "payload": {"stripe_customer_id": "cus_1", "value": "25", "region": "eu"},
        "timestamp": JANUARY,
        **more,
    }


def session(**more: object) -> Record:
    return {
        "id": "cs_1",
        "object": "checkout.session",
        "client_reference_id": "cart-9",
        "created": JANUARY,
        "customer": "cus_1",
        "customer_details": {"email": "a@example.com"},
        "customer_email": None,
        "invoice": None,
        "metadata": {"order_id": "9"},
        "mode": "payment",
        "payment_intent": "pi_1",
        "payment_status": "paid",
        "status": "complete",
        "subscription": None,
        **more,
    }


def credit_grant(**more: object) -> Record:
    return {
        "id": "credgr_1",
        "object": "billing.credit_grant",
        "amount": {"monetary": {"currency": "usd", "value": 10_000}, "type": "monetary"},
        "category": "paid",
        "created": JANUARY,
        "customer": "cus_1",
        "effective_at": JANUARY,
        "expires_at": FEBRUARY,
        "priority": 50,
        "voided_at": None,
        **more,
    }


def customer_balance_transaction(**more: object) -> Record:
    return {
        "id": "cbtxn_1",
        "object": "customer_balance_transaction",
        "amount": 500,
        "created": JANUARY + 30,
        "currency": "usd",
        "customer": "cus_1",
        "ending_balance": 0,
        "invoice": "in_1",
        "type": "applied_to_invoice",
        **more,
    }


def tax_id(**more: object) -> Record:
    return {"id": "txi_1", "object": "tax_id", "created": JANUARY, "customer": "cus_1", "value": "DE123456789", **more}


def payment_intent(**more: object) -> Record:
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 3_000,
        "created": JANUARY,
        "currency": "usd",
        "metadata": {"order_id": "9"},
        "receipt_email": "a@example.com",
        **more,
    }


# One sound event of each further kind that carries facts.
EVENTS: dict[str, Record] = {
    "payout": event("payout.paid", payout(status="paid")),
    "quote": event("quote.finalized", quote()),
    "schedule": event("subscription_schedule.created", schedule()),
    "invoice item": event("invoiceitem.created", invoice_item()),
    "checkout session": event("checkout.session.completed", session()),
    "payment intent": event("payment_intent.succeeded", payment_intent()),
    "credit grant": event("billing.credit_grant.created", credit_grant()),
    "tax id": event("customer.tax_id.created", tax_id()),
}

# Objects as the API returns them.
EXPORTED: dict[str, Record] = {
    **{
        f"exported {name}": {"created": JANUARY, **record["data"]["object"]}
        for name, record in {**stripe.SOUND, **EVENTS}.items()
    },
    "expanded charge": stripe.charge(balance_transaction=balance_transaction()),
    "balance transaction": balance_transaction(),
    "customer balance transaction": customer_balance_transaction(),
    "meter event": meter_event(),
    "second meter event": meter_event(
        object="v2.billing.meter_event", timestamp="2025-01-01T00:00:00Z", created="2025-01-01T00:00:01Z"
    ),
}
SOUND: dict[str, Record] = {**EVENTS, **EXPORTED}
