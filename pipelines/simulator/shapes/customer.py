"""Customer, payment method and setup intent as Stripe shows them."""

from __future__ import annotations

from typing import Any

from pipelines.simulator.parties import Customer, PaymentMethod

Shape = dict[str, Any]

CITIES = {
    "US": ("San Francisco", "94103"),
    "CA": ("Toronto", "M5V 2T6"),
    "BR": ("São Paulo", "01310-100"),
    "DE": ("Köln", "50667"),
    "FR": ("Orléans", "45000"),
    "ES": ("Málaga", "29015"),
    "GB": ("London", "EC1A 1BB"),
    "JP": ("東京", "100-0001"),
    "KW": ("Kuwait City", "13001"),
}


def address_shape(country: str) -> Shape:
    """A postal address in a country."""
    city, postal_code = CITIES[country]
    return {
        "city": city,
        "country": country,
        "line1": "1 Main Street",
        "line2": None,
        "postal_code": postal_code,
        "state": None,
    }


def billing_shape(customer: Customer, modern: bool) -> Shape:
    """`billing_details` of a charge or payment method."""
    shape: Shape = {
        "address": address_shape(customer.country),
        "email": customer.email,
        "name": customer.name,
        "phone": None,
    }
    return shape | ({"tax_id": None} if modern else {})


def customer_shape(customer: Customer, modern: bool) -> Shape:
    """A customer; without a currency and a default payment method until the first order."""
    billed = bool(customer.subscriptions)
    shape: Shape = {
        "id": customer.id,
        "object": "customer",
        "address": address_shape(customer.country),
        "balance": customer.balance,
        "created": customer.created,
        "currency": customer.currency.lower() if billed else None,
        "default_source": None,
        "delinquent": any(subscription.failing_invoices for subscription in customer.subscriptions),
        "description": None,
        "email": customer.email,
        "invoice_prefix": customer.invoice_prefix,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": customer.method.id if billed else None,
            "footer": None,
        },
        "livemode": True,
        "metadata": {"segment": "enterprise" if customer.by_invoice else "self-serve"},
        "name": customer.name,
        "next_invoice_sequence": customer.next_invoice,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    if modern:
        shape["invoice_settings"]["rendering_options"] = None
    else:
        shape["discount"] = None
    return shape


def method_details_shape(method: PaymentMethod, modern: bool) -> Shape:
    """`payment_method_details` of a charge."""
    if method.kind != "card":
        details: Shape = {"bank_name": "STRIPE TEST BANK", "country": None, "fingerprint": method.fingerprint}
        return {method.kind: details | {"last4": method.last4, "mandate": None}, "type": method.kind}
    card: Shape = {
        "brand": method.brand,
        "checks": {"address_line1_check": "pass", "address_postal_code_check": "pass", "cvc_check": None},
        "country": "US",
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "fingerprint": method.fingerprint,
        "funding": "credit",
        "installments": None,
        "last4": method.last4,
        "mandate": None,
        "network": method.brand,
        "three_d_secure": None,
        "wallet": None,
    }
    if modern:
        card |= {
            "amount_authorized": None,
            "authorization_code": None,
            "extended_authorization": {"status": "disabled"},
            "incremental_authorization": {"status": "unavailable"},
            "multicapture": {"status": "unavailable"},
            "network_token": {"used": False},
            "overcapture": {"maximum_amount_capturable": None, "status": "unavailable"},
            "regulated_status": "unregulated",
        }
    return {"card": card, "type": "card"}


def payment_method_shape(customer: Customer, created: int, modern: bool) -> Shape:
    """A payment method once attached to its customer."""
    method = customer.method
    details = method_details_shape(method, modern)[method.kind]
    return {
        "id": method.id,
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing_shape(customer, modern),
        method.kind: details | {"networks": {"available": [method.brand], "preferred": None}},
        "created": created,
        "customer": customer.id,
        "livemode": True,
        "metadata": {},
        "type": method.kind,
    }


def setup_intent_shape(customer: Customer, setup_intent_id: str, created: int) -> Shape:
    """The consent to later charges."""
    return {
        "id": setup_intent_id,
        "object": "setup_intent",
        "application": None,
        "cancellation_reason": None,
        "client_secret": f"{setup_intent_id}_secret_{customer.method.fingerprint}",
        "created": created,
        "customer": customer.id,
        "description": None,
        "last_setup_error": None,
        "latest_attempt": f"setatt{setup_intent_id[4:]}",
        "livemode": True,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": customer.method.id,
        "payment_method_options": {
            "card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
        },
        "payment_method_types": [customer.method.kind],
        "single_use_mandate": None,
        "status": "succeeded",
        "usage": "off_session",
    }
