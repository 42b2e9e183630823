"""Types of Stripe events and exported objects that carry revenue facts, and how each is read. All others are unmapped."""

from __future__ import annotations

from pipelines.systems.reading import Kind
from pipelines.systems.stripe.applications import INVOICE_PAYMENT
from pipelines.systems.stripe.balances import BALANCE_TRANSACTION
from pipelines.systems.stripe.cash import CHARGE, REFUND, REFUNDED_CHARGE
from pipelines.systems.stripe.checkout import CHECKOUT_SESSION, PAYMENT_INTENT
from pipelines.systems.stripe.contracts import SUBSCRIPTION
from pipelines.systems.stripe.credit_grants import CREDIT_GRANT
from pipelines.systems.stripe.credit_notes import CREDIT_NOTE
from pipelines.systems.stripe.disputes import DISPUTE
from pipelines.systems.stripe.documents import INVOICE
from pipelines.systems.stripe.fees import ACCOUNT_TRANSACTION
from pipelines.systems.stripe.parties import CUSTOMER, PRODUCT, TAX_ID
from pipelines.systems.stripe.payouts import PAYOUT
from pipelines.systems.stripe.pending_items import INVOICE_ITEM
from pipelines.systems.stripe.prices import PLAN, PRICE
from pipelines.systems.stripe.quotes import QUOTE
from pipelines.systems.stripe.schedules import SCHEDULE
from pipelines.systems.stripe.usage import METER_EVENT, METER_EVENT_V2

BY_TYPE: tuple[tuple[Kind, str, str], ...] = (
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
    (TAX_ID, "customer.tax_id", "created updated deleted"),
    (INVOICE_ITEM, "invoiceitem", "created updated deleted"),
    (QUOTE, "quote", "created finalized accepted canceled will_expire"),
    (SCHEDULE, "subscription_schedule", "created updated expiring released completed canceled aborted"),
    (PAYOUT, "payout", "created updated paid failed canceled reconciliation_completed"),
    (CREDIT_GRANT, "billing.credit_grant", "created updated"),
    (CHECKOUT_SESSION, "checkout.session", "completed async_payment_succeeded async_payment_failed expired"),
    (
        PAYMENT_INTENT,
        "payment_intent",
        "created processing requires_action amount_capturable_updated partially_funded succeeded payment_failed canceled",
    ),
)

KIND_OF_TYPE: dict[str, Kind] = {
    f"{family}.{change}": kind for kind, family, changes in BY_TYPE for change in changes.split()
}

# Objects as the API returns them, told apart by `object`. A charge may list its refunds.
EXPORTED = (
    *(CUSTOMER, TAX_ID, PRODUCT, PRICE, PLAN, SUBSCRIPTION, SCHEDULE, QUOTE, INVOICE_ITEM, INVOICE, CREDIT_NOTE),
    *(INVOICE_PAYMENT, REFUNDED_CHARGE, REFUND, DISPUTE, PAYOUT, CHECKOUT_SESSION, PAYMENT_INTENT),
    *(CREDIT_GRANT, ACCOUNT_TRANSACTION, BALANCE_TRANSACTION, METER_EVENT, METER_EVENT_V2),
)

KIND_OF_OBJECT: dict[str, Kind] = {kind.name: kind.at("") for kind in EXPORTED}

# What a record may be: an event by its type, an object by what it is. No type of event is the name of an object.
KINDS: dict[str, Kind] = {**KIND_OF_TYPE, **KIND_OF_OBJECT}
