"""Refund, dispute and credit note as Stripe shows them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pipelines.simulator.catalogue import SMALLEST_STEP, rounded
from pipelines.simulator.documents import CreditNote, Dispute, Refund
from pipelines.simulator.moments import DAY
from pipelines.simulator.shapes.line import tax_amounts

Shape = dict[str, Any]

EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "uncategorized_text",
)


def refund_shape(refund: Refund, modern: bool) -> Shape:
    """A refund in its present state."""
    charge = refund.charge
    shape: Shape = {
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "balance_transaction": refund.balance_transaction,
        "charge": charge.id,
        "created": refund.created,
        "currency": charge.invoice.customer.currency.lower(),
        "metadata": {},
        "payment_intent": charge.invoice.intent,
        "reason": refund.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": refund.status,
        "transfer_reversal": None,
    }
    if refund.status == "failed":
        shape["failure_reason"] = "expired_or_canceled_card"
        shape["failure_balance_transaction"] = f"txn{refund.id[2:]}"
    if modern:
        kind = charge.method.kind
        details: Shape = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
        shape["destination_details"] = {kind: details if kind == "card" else {}, "type": kind}
    return shape


def dispute_movements(dispute: Dispute) -> list[Shape]:
    """The balance transactions that withdrew and gave back the money."""
    currency = dispute.charge.invoice.customer.currency.lower()
    movements = [(dispute.withdrawal, -1, "dispute", "Chargeback withdrawal")] if dispute.withdrawn else []
    if dispute.reinstatement is not None:
        movements.append((dispute.reinstatement, 1, "dispute_reversal", "Chargeback reversal"))
    return [
        {
            "id": transaction,
            "object": "balance_transaction",
            "amount": sign * dispute.amount,
            "created": dispute.created,
            "currency": currency,
            "description": f"{text} for {dispute.charge.id}",
            "exchange_rate": None,
            "fee": 0,
            "fee_details": [],
            "net": sign * dispute.amount,
            "reporting_category": category,
            "source": dispute.id,
            "status": "available",
            "type": "adjustment",
        }
        for transaction, sign, category, text in movements
    ]


def dispute_shape(dispute: Dispute, modern: bool) -> Shape:
    """A dispute in its present state."""
    evidence: Shape = dict.fromkeys(EVIDENCE)
    answered = dispute.status not in ("needs_response", "warning_needs_response")
    if answered:
        evidence["uncategorized_text"] = "The service was used throughout the period."
    shape: Shape = {
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "balance_transactions": dispute_movements(dispute),
        "charge": dispute.charge.id,
        "created": dispute.created,
        "currency": dispute.charge.invoice.customer.currency.lower(),
        "evidence": evidence,
        "evidence_details": {
            "due_by": dispute.created + 14 * DAY,
            "has_evidence": answered,
            "past_due": False,
            "submission_count": int(answered),
        },
        "is_charge_refundable": not dispute.withdrawn,
        "livemode": True,
        "metadata": {},
        "payment_intent": dispute.charge.invoice.intent,
        "reason": dispute.reason,
        "status": dispute.status,
    }
    if modern:
        case = "chargeback" if dispute.withdrawn else "inquiry"
        card = {"brand": dispute.charge.method.brand, "case_type": case, "network_reason_code": "13.1"}
        shape["enhanced_eligibility_types"] = []
        shape["payment_method_details"] = {"card": card, "type": "card"}
    else:
        shape["balance_transaction"] = dispute.withdrawal if dispute.withdrawn else None
    return shape


def credit_note_shape(note: CreditNote, modern: bool) -> Shape:
    """A credit note; its refunds carry their amounts from 2025-03-31 on only."""
    invoice, customer = note.invoice, note.invoice.customer
    tax = (
        0
        if invoice.tax == 0
        else rounded(Fraction(note.total * invoice.tax, invoice.total), SMALLEST_STEP[customer.currency])
    )
    untaxed = note.total - tax
    inclusive = customer.tax is not None and customer.tax.inclusive
    taxes = tax_amounts(tax, untaxed, inclusive, customer, modern)
    subtotal = note.total if inclusive else untaxed
    to_balance = 0 if note.before_payment else note.total - note.refunded
    line: Shape = {
        "id": f"cnli{note.id[2:]}",
        "object": "credit_note_line_item",
        "amount": subtotal,
        "description": "Credit",
        "discount_amount": 0,
        "discount_amounts": [],
        "invoice_line_item": invoice.lines[0].id,
        "livemode": True,
        "quantity": 1,
        "tax_rates": [],
        "type": "invoice_line_item",
        "unit_amount": None,
        "unit_amount_decimal": None,
        "taxes" if modern else "tax_amounts": taxes,
    }
    shape: Shape = {
        "id": note.id,
        "object": "credit_note",
        "amount": note.total,
        "amount_shipping": 0,
        "created": note.created,
        "currency": customer.currency.lower(),
        "customer": customer.id,
        "customer_balance_transaction": f"cbtxn{note.id[2:]}" if to_balance else None,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": note.created,
        "invoice": invoice.id,
        "lines": {"object": "list", "data": [line], "has_more": False, "url": f"/v1/credit_notes/{note.id}/lines"},
        "livemode": True,
        "memo": None,
        "metadata": {},
        "number": note.number,
        "out_of_band_amount": None,
        "pdf": f"https://pay.stripe.com/credit_notes/acct_1SimulatedCompany/{note.id}/pdf",
        "reason": note.reason,
        "shipping_cost": None,
        "status": "issued" if note.counts else "void",
        "subtotal": subtotal,
        "subtotal_excluding_tax": untaxed,
        "total": note.total,
        "total_excluding_tax": untaxed,
        "type": "pre_payment" if note.before_payment else "post_payment",
        "voided_at": note.voided_at,
    }
    if modern:
        shape["pre_payment_amount"] = note.total if note.before_payment else 0
        shape["post_payment_amount"] = 0 if note.before_payment else note.total
        shape["refunds"] = []
        if note.refund is not None:
            shape["refunds"] = [{"amount_refunded": note.refund.amount, "refund": note.refund.id, "type": "refund"}]
        shape["total_taxes"] = taxes
    else:
        shape["refund"] = None if note.refund is None else note.refund.id
        shape["tax_amounts"] = taxes
    return shape
