"""Types of Stripe events that carry revenue facts, and how each is read. All others are unmapped."""

from __future__ import annotations

from pipelines.systems.reading import Kind
from pipelines.systems.stripe.applications import INVOICE_PAYMENT
from pipelines.systems.stripe.cash import CHARGE, REFUND, REFUNDED_CHARGE
from pipelines.systems.stripe.contracts import SUBSCRIPTION
from pipelines.systems.stripe.credit_notes import CREDIT_NOTE
from pipelines.systems.stripe.disputes import DISPUTE
from pipelines.systems.stripe.documents import INVOICE
from pipelines.systems.stripe.parties import CUSTOMER, PRODUCT
from pipelines.systems.stripe.prices import PLAN, PRICE

KINDS: tuple[tuple[Kind, str, str], ...] = (
    (CUSTOMER, "customer", "created updated deleted"),
    (PRODUCT, "product", "created updated deleted"),
    (PRICE, "price", "created updated deleted"),
    (PLAN, "plan", "created updated deleted"),
    (
        SUBSCRIPTION,
        "customer.subscription",
        "created updated deleted paused resumed trial_will_end pending_update_applied pending_update_expired",
    ),
    # invoice.upcoming is a preview: it has no id and bills nothing.
    (
        INVOICE,
        "invoice",
        "created updated deleted finalized finalization_failed sent paid payment_succeeded payment_failed overpaid"
        " payment_action_required payment_attempt_required will_be_due overdue voided marked_uncollectible",
    ),
    (CREDIT_NOTE, "credit_note", "created updated voided"),
    (INVOICE_PAYMENT, "invoice_payment", "paid"),
    (CHARGE, "charge", "succeeded pending failed captured expired updated"),
    (REFUNDED_CHARGE, "charge", "refunded"),
    (REFUND, "refund", "created updated failed"),
    (REFUND, "charge.refund", "updated"),
    (DISPUTE, "charge.dispute", "created updated closed funds_withdrawn funds_reinstated"),
)

KIND_OF_TYPE: dict[str, Kind] = {
    f"{family}.{change}": kind for kind, family, changes in KINDS for change in changes.split()
}
