"""Charge, payment intent and invoice payment. A charge named its invoice until 2025-03-31; now an invoice payment does."""

from __future__ import annotations

from typing import Any

from pipelines.simulator.documents import Charge, Invoice
from pipelines.simulator.shapes.customer import billing_shape, method_details_shape
from pipelines.simulator.shapes.takeback import refund_shape

Shape = dict[str, Any]

DECLINED = "Your card was declined."
STATEMENT = "SIMULATED SOFTWARE"


def outcome_shape(charge: Charge, modern: bool) -> Shape:
    """What the bank said."""
    if charge.succeeded:
        network, kind = "approved_by_network", "authorized"
        reason, message = None, "Payment complete."
    else:
        network, kind = "declined_by_network", "issuer_declined"
        reason, message = charge.failure, "The bank did not return any further details with this decline."
    shape: Shape = {
        "network_status": network,
        "reason": reason,
        "risk_level": "normal",
        "risk_score": int(charge.id[-2:], 16) % 60,
        "seller_message": message,
        "type": kind,
    }
    if modern:
        shape["advice_code"] = None if charge.succeeded else "try_again_later"
        shape["network_advice_code"] = None
        shape["network_decline_code"] = None
    return shape


def charge_shape(charge: Charge, modern: bool) -> Shape:
    """A charge; in the older version with its invoice and the list of its refunds."""
    customer = charge.invoice.customer
    succeeded, refunded = charge.succeeded, charge.refunded
    shape: Shape = {
        "id": charge.id,
        "object": "charge",
        "amount": charge.amount,
        "amount_captured": charge.amount if succeeded else 0,
        "amount_refunded": refunded,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": charge.balance_transaction,
        "billing_details": billing_shape(customer, modern),
        "calculated_statement_descriptor": STATEMENT,
        "captured": succeeded,
        "created": charge.created,
        "currency": customer.currency.lower(),
        "customer": customer.id,
        "description": "Subscription update" if charge.invoice.reason != "subscription_create" else "Subscription creation",
        "destination": None,
        "dispute": None if charge.dispute is None else charge.dispute.id,
        "disputed": charge.dispute is not None,
        "failure_balance_transaction": None,
        "failure_code": None if succeeded else "card_declined",
        "failure_message": None if succeeded else DECLINED,
        "fraud_details": {},
        "livemode": True,
        "metadata": {},
        "on_behalf_of": None,
        "outcome": outcome_shape(charge, modern),
        "paid": succeeded,
        "payment_intent": charge.invoice.intent,
        "payment_method": charge.method.id,
        "payment_method_details": method_details_shape(charge.method, modern),
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": f"https://pay.stripe.com/receipts/invoices/{charge.id[3:]}" if succeeded else None,
        "refunded": refunded == charge.amount,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded" if succeeded else "failed",
        "transfer_data": None,
        "transfer_group": None,
    }
    if not modern:
        shape["invoice"] = charge.invoice.id
        shape["order"] = None
        shape["refunds"] = {
            "object": "list",
            "data": [refund_shape(refund, modern) for refund in reversed(charge.refunds)],
            "has_more": False,
            "total_count": len(charge.refunds),
            "url": f"/v1/charges/{charge.id}/refunds",
        }
        shape["source"] = None
    return shape


def payment_intent_shape(charge: Charge, modern: bool) -> Shape:
    """The intent after its latest try."""
    invoice = charge.invoice
    intent = str(invoice.intent)
    error: Shape | None = None
    if not charge.succeeded:
        error = {"charge": charge.id, "code": "card_declined", "decline_code": charge.failure, "message": DECLINED}
        error["type"] = "card_error"
    shape: Shape = {
        "id": intent,
        "object": "payment_intent",
        "amount": charge.amount,
        "amount_capturable": 0,
        "amount_received": charge.amount if charge.succeeded else 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{intent}_secret_{invoice.customer.method.fingerprint}",
        "confirmation_method": "automatic",
        "created": invoice.finalized_at,
        "currency": invoice.customer.currency.lower(),
        "customer": invoice.customer.id,
        "description": "Subscription update",
        "last_payment_error": error,
        "latest_charge": charge.id,
        "livemode": True,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": charge.method.id if charge.succeeded else None,
        "payment_method_options": {"card": {"network": None, "request_three_d_secure": "automatic"}},
        "payment_method_types": [charge.method.kind],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded" if charge.succeeded else "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    if modern:
        shape["amount_details"] = {"tip": {}}
        shape["payment_method_configuration_details"] = None
    else:
        shape["invoice"] = invoice.id
        shape["source"] = None
    return shape


def invoice_payment_shape(invoice: Invoice, charge: Charge, payment_id: str, paid_at: int) -> Shape:
    """Which payment settles which invoice; exists in the newer version only."""
    return {
        "id": payment_id,
        "object": "invoice_payment",
        "amount_paid": charge.amount,
        "amount_requested": charge.amount,
        "created": invoice.finalized_at,
        "currency": invoice.customer.currency.lower(),
        "invoice": invoice.id,
        "is_default": True,
        "livemode": True,
        "payment": {"payment_intent": invoice.intent, "type": "payment_intent"},
        "status": "paid",
        "status_transitions": {"canceled_at": None, "paid_at": paid_at},
    }
