"""Money in and out of a Shopify shop, and what it owes on cards."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def transaction(kind: str = "sale", amount: str = "108.90", **more: Any) -> Record:
    return {
        "id": 4001,
        "admin_graphql_api_id": "gid://shopify/OrderTransaction/4001",
        "order_id": 5001,
        "parent_id": None,
        "kind": kind,
        "gateway": "shopify_payments",
        "status": "success",
        "test": False,
        "amount": amount,
        "currency": "USD",
        "authorization": "ch_3Qa",
        "created_at": "2025-01-10T09:00:05-05:00",
        "processed_at": "2025-01-10T09:00:05-05:00",
        "receipt": {"id": "pi_3Qa", "object": "payment_intent", "latest_charge": {"id": "ch_3Qa", "amount": 10890}},
        "payment_details": {"credit_card_company": "Visa", "payment_method_name": "visa"},
        **more,
    }


def dispute(**more: Any) -> Record:
    return {
        "id": 1501,
        "order_id": 5001,
        "type": "chargeback",
        "amount": "64.90",
        "currency": "USD",
        "reason": "fraudulent",
        "status": "needs_response",
        "evidence_due_by": "2025-03-20T19:00:00-04:00",
        "initiated_at": "2025-03-05T20:00:00-05:00",
        "finalized_on": None,
        **more,
    }


def payout(**more: Any) -> Record:
    return {"id": 1601, "status": "paid", "date": "2025-01-14", "currency": "USD", "amount": "105.44", **more}


def balance_transaction(**more: Any) -> Record:
    """What Shopify Payments took of the payment: 108.90 x 2.9 % + 0.30 = 3.46."""
    return {
        "id": 1701,
        "type": "charge",
        "test": False,
        "payout_id": 1601,
        "payout_status": "paid",
        "currency": "USD",
        "amount": "108.90",
        "fee": "3.46",
        "net": "105.44",
        "source_id": 4001,
        "source_type": "charge",
        "source_order_id": 5001,
        "source_order_transaction_id": 4001,
        "processed_at": "2025-01-10T09:00:05-05:00",
        **more,
    }


def tender(**more: Any) -> Record:
    return {
        "id": 1801,
        "order_id": 5001,
        "amount": "108.90",
        "currency": "USD",
        "test": False,
        "processed_at": "2025-01-10T09:00:05-05:00",
        "updated_at": "2025-01-10T09:00:05-05:00",
        "remote_reference": "ch_3Qa",
        "payment_method": "credit_card",
        **more,
    }


def gift_card(**more: Any) -> Record:
    return {
        "id": 1201,
        "initial_value": "50.00",
        "balance": "50.00",
        "currency": "USD",
        "customer_id": 207,
        "order_id": 5001,
        "created_at": "2025-01-10T09:00:00-05:00",
        "updated_at": "2025-01-10T09:00:00-05:00",
        "disabled_at": None,
        "expires_on": "2027-01-10",
        "last_characters": "c293",
        **more,
    }
