"""From a draft to money: finalising an invoice, charging for it, trying again, giving up."""

from __future__ import annotations

from pipelines.simulator.company import Company
from pipelines.simulator.documents import Charge, Invoice
from pipelines.simulator.ending import end_subscription, set_status
from pipelines.simulator.moments import DAY, HOUR
from pipelines.simulator.shapes.customer import customer_shape
from pipelines.simulator.shapes.invoice import invoice_shape
from pipelines.simulator.shapes.payment import charge_shape, invoice_payment_shape, payment_intent_shape
from pipelines.simulator.takebacks import draw_fate

RETRY_AFTER_DAYS = (3, 5, 7)
FIRST_TRY_FAILS, RETRY_SUCCEEDS, RECOVERED_LATE = 0.05, 0.45, 0.45


def finalise(company: Company, invoice: Invoice) -> None:
    """Number it, take up the customer's balance, and close it at once where nothing is due."""
    customer = invoice.customer
    previous_balance = customer.balance
    invoice.status, invoice.finalized_at = "open", company.now
    invoice.number = f"{customer.invoice_prefix}-{customer.next_invoice:04d}"
    customer.next_invoice += 1
    invoice.starting_balance = customer.balance
    # Stripe: a negative balance is credit and is used up; what exceeds the total stays for later invoices.
    invoice.ending_balance = customer.balance = min(customer.balance + invoice.total, 0)
    if invoice.amount_due > 0:
        invoice.intent = company.new_id("pi")
        if customer.by_invoice:
            invoice.due_at = company.now + 30 * DAY
    company.counts["invoices_finalised"] += 1
    company.emit("invoice.finalized", invoice_shape(invoice, company.modern), {"status": "draft", "number": None})
    if customer.balance != previous_balance:
        company.emit("customer.updated", customer_shape(customer, company.modern), {"balance": previous_balance})
    if invoice.amount_due == 0:
        mark_paid(company, invoice)


def mark_paid(company: Company, invoice: Invoice) -> None:
    """Nothing is left to pay."""
    previous = {"status": invoice.status}
    invoice.status, invoice.paid_at, invoice.next_attempt = "paid", company.now, None
    company.emit("invoice.paid", invoice_shape(invoice, company.modern), previous)
    subscription = invoice.subscription
    if subscription is not None:
        stop_failing(invoice)
        if subscription.status == "incomplete" or (subscription.status == "past_due" and not subscription.failing_invoices):
            set_status(company, subscription, "active")


def new_charge(company: Company, invoice: Invoice, failure: str | None) -> Charge:
    """A try to take what remains of an invoice; `failure` is the bank's reason for declining."""
    charge = Charge(
        id=company.new_id("ch"),
        invoice=invoice,
        amount=invoice.amount_remaining,
        created=company.now,
        method=invoice.customer.method,
        balance_transaction=None if failure else company.new_id("txn"),
        failure=failure,
    )
    invoice.charges.append(charge)
    invoice.attempts += 1
    return charge


def take_payment(company: Company, invoice: Invoice, *, recovery: bool = False) -> None:
    """The money comes: charge, intent, invoice, and from 2025-03-31 on the payment that links them."""
    charge = new_charge(company, invoice, None)
    company.counts["payments_succeeded"] += 1
    company.emit("charge.succeeded", charge_shape(charge, company.modern))
    company.emit("payment_intent.succeeded", payment_intent_shape(charge, company.modern))
    mark_paid(company, invoice)
    if company.modern:
        payment = invoice_payment_shape(invoice, charge, company.new_id("inpay"), company.now)
        company.emit("invoice_payment.paid", payment)
    if invoice.subscription is not None:
        invoice.subscription.last_payment = charge
    if not recovery:
        draw_fate(company, charge)


def stop_failing(invoice: Invoice) -> None:
    """The invoice no longer keeps its subscription past due."""
    if invoice.subscription is not None:
        invoice.subscription.failing_invoices.discard(invoice.id)


def start_failing(company: Company, invoice: Invoice) -> None:
    """The invoice is overdue: its subscription is past due until it is settled one way or another."""
    subscription = invoice.subscription
    if subscription is None or not subscription.alive:
        return
    subscription.failing_invoices.add(invoice.id)
    if subscription.status == "active":
        set_status(company, subscription, "past_due")


def try_charge(company: Company, invoice: Invoice, attempt: int = 0) -> None:
    """Charge the card; on a decline plan the next try, and after the last one give up."""
    if invoice.status != "open":
        return
    # Credit from earlier corrections is only used by who pays: how it splits a write-off is left out of the simulation.
    fails = company.chance(FIRST_TRY_FAILS if attempt == 0 else 1 - RETRY_SUCCEEDS) and invoice.balance_applied == 0
    if not fails:
        take_payment(company, invoice)
        return
    reason = company.random.choice(("generic_decline", "insufficient_funds", "do_not_honor", "expired_card"))
    charge = new_charge(company, invoice, reason)
    company.counts["payments_failed"] += 1
    first = invoice.reason == "subscription_create"
    last = attempt == (1 if first else len(RETRY_AFTER_DAYS))
    invoice.next_attempt = None if last else company.now + (12 * HOUR if first else RETRY_AFTER_DAYS[attempt] * DAY)
    company.emit("charge.failed", charge_shape(charge, company.modern))
    company.emit("payment_intent.payment_failed", payment_intent_shape(charge, company.modern))
    company.emit("invoice.payment_failed", invoice_shape(invoice, company.modern))
    if not first:
        start_failing(company, invoice)
    if invoice.next_attempt is not None:
        company.at(invoice.next_attempt, invoice.customer, try_charge, invoice, attempt + 1)
    elif first:
        void(company, invoice)
        if invoice.subscription is not None:
            end_subscription(company, invoice.subscription, "payment_failed", "incomplete_expired")
    else:
        give_up(company, invoice)


def give_up(company: Company, invoice: Invoice) -> None:
    """Void it or write it off as uncollectible; the subscription ends, at once or after a while as unpaid."""
    if company.chance(0.25):
        void(company, invoice)
    else:
        write_off(company, invoice)
    subscription = invoice.subscription
    if subscription is None:
        return
    if company.chance(0.25):  # `renew` ends what is still unpaid then.
        set_status(company, subscription, "unpaid")
    else:
        end_subscription(company, subscription, "payment_failed")


def void(company: Company, invoice: Invoice) -> None:
    """Take the whole invoice back; it must be open."""
    invoice.status, invoice.voided_at, invoice.next_attempt = "void", company.now, None
    company.counts["invoices_voided"] += 1
    stop_failing(invoice)
    company.emit("invoice.voided", invoice_shape(invoice, company.modern), {"status": "open"})


def write_off(company: Company, invoice: Invoice) -> None:
    """Give the open rest up as bad debt; some of it is paid in the end after all."""
    invoice.status, invoice.uncollectible_at, invoice.next_attempt = "uncollectible", company.now, None
    company.counts["invoices_uncollectible"] += 1
    stop_failing(invoice)
    company.emit("invoice.marked_uncollectible", invoice_shape(invoice, company.modern), {"status": "open"})
    if company.chance(RECOVERED_LATE):
        company.at(company.later(5, 60), invoice.customer, recover, invoice)


def recover(company: Company, invoice: Invoice) -> None:
    """A bad debt is paid."""
    company.counts["invoices_recovered"] += 1
    take_payment(company, invoice, recovery=True)
