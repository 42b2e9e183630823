"""Invoice. From 2025-03-31 on it names neither its payment nor, at the top, its subscription."""

from __future__ import annotations

from typing import Any

from pipelines.simulator.documents import Invoice
from pipelines.simulator.shapes.customer import address_shape
from pipelines.simulator.shapes.goods import discount_shape
from pipelines.simulator.shapes.line import line_shape, tax_amounts

Shape = dict[str, Any]


def invoice_shape(invoice: Invoice, modern: bool) -> Shape:
    """An invoice in its present state, with all its lines."""
    customer, subscription = invoice.customer, invoice.subscription
    inclusive = customer.tax is not None and customer.tax.inclusive
    total, tax, due = invoice.total, invoice.tax, invoice.amount_due
    untaxed = total - tax
    taxes = tax_amounts(tax, untaxed, inclusive, customer, modern)
    discount = invoice.discount if invoice.discounted else None
    page = f"https://invoice.stripe.com/i/acct_1SimulatedCompany/live_{invoice.id[3:]}"
    issued = invoice.finalized_at is not None
    shape: Shape = {
        "id": invoice.id,
        "object": "invoice",
        "account_country": "US",
        "account_name": "Simulated Software, Inc.",
        "account_tax_ids": None,
        "amount_due": due,
        "amount_paid": invoice.amount_paid,
        "amount_remaining": invoice.amount_remaining,
        "attempt_count": invoice.attempts,
        "attempted": invoice.attempts > 0,
        "auto_advance": invoice.status in ("draft", "open"),
        "automatic_tax": {"enabled": False, "liability": None, "status": None},
        "billing_reason": invoice.reason,
        "collection_method": "send_invoice" if customer.by_invoice else "charge_automatically",
        "created": invoice.created,
        "currency": customer.currency.lower(),
        "customer": customer.id,
        "customer_address": address_shape(customer.country),
        "customer_email": customer.email,
        "customer_name": customer.name,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [] if discount is None else [discount.id],
        "due_date": invoice.due_at,
        "ending_balance": invoice.ending_balance,
        "footer": None,
        "hosted_invoice_url": page if issued else None,
        "invoice_pdf": f"{page}/pdf" if issued else None,
        "last_finalization_error": None,
        "lines": {
            "object": "list",
            "data": [line_shape(line, invoice, modern) for line in invoice.lines],
            "has_more": False,
            "total_count": len(invoice.lines),
            "url": f"/v1/invoices/{invoice.id}/lines",
        },
        "livemode": True,
        "metadata": {},
        "next_payment_attempt": invoice.next_attempt,
        "number": invoice.number,
        "on_behalf_of": None,
        "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
        "period_end": invoice.period_end,
        "period_start": invoice.period_start,
        "post_payment_credit_notes_amount": invoice.credited_after_payment,
        "pre_payment_credit_notes_amount": invoice.credited_before_payment,
        "receipt_number": None,
        "starting_balance": invoice.starting_balance,
        "statement_descriptor": None,
        "status": invoice.status,
        "status_transitions": {
            "finalized_at": invoice.finalized_at,
            "marked_uncollectible_at": invoice.uncollectible_at,
            "paid_at": invoice.paid_at,
            "voided_at": invoice.voided_at,
        },
        "subtotal": invoice.subtotal,
        "test_clock": None,
        "total": total,
        "total_discount_amounts": [] if discount is None else [{"amount": invoice.discounted, "discount": discount.id}],
        "webhooks_delivered_at": invoice.created,
    }
    if modern:
        shape["amount_overpaid"] = 0
        shape["effective_at"] = invoice.finalized_at
        shape["issuer"] = {"type": "self"}
        shape["parent"] = None
        if subscription is not None:
            details = {"metadata": {}, "subscription": subscription.id}
            shape["parent"] = {"quote_details": None, "subscription_details": details, "type": "subscription_details"}
        shape["total_excluding_tax"] = untaxed
        shape["total_taxes"] = taxes
        return shape
    settled = next((charge for charge in invoice.charges if charge.succeeded), None)
    shape["application_fee_amount"] = None
    shape["charge"] = settled.id if settled else (invoice.charges[-1].id if invoice.charges else None)
    shape["discount"] = None
    if discount is not None:
        shape["discount"] = discount_shape(discount, customer.id, None if subscription is None else subscription.id)
    shape["paid"] = invoice.status == "paid"
    shape["paid_out_of_band"] = False
    shape["payment_intent"] = invoice.intent
    shape["quote"] = None
    shape["subscription"] = None if subscription is None else subscription.id
    shape["tax"] = None if customer.tax is None else tax
    shape["total_tax_amounts"] = taxes
    shape["transfer_data"] = None
    return shape
