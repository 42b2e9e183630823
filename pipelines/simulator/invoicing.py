"""Drawing up invoices: lines with discounts and tax, a draft, and its way to whoever pays by card or by bank transfer."""

from __future__ import annotations

from pipelines.simulator.collection import finalise, mark_paid, start_failing, take_payment, try_charge, void, write_off
from pipelines.simulator.company import Company
from pipelines.simulator.documents import CreditNote, Invoice, Line
from pipelines.simulator.ending import end_subscription, set_status
from pipelines.simulator.parties import Subscription
from pipelines.simulator.pricing import apply_discount, apply_tax, part_of_amount
from pipelines.simulator.shapes.invoice import invoice_shape
from pipelines.simulator.shapes.takeback import credit_note_shape
from pipelines.simulator.takebacks import issue_credit_note

# What becomes of an invoice that waits for a bank transfer.
COURSES = (
    "pays",
    "late",
    "credited",
    "credited_whole",
    "credit_voided",
    "voided",
    "reissued",
    "written_off",
    "credited_written_off",
)
COURSE_WEIGHTS = (78, 8, 5, 1, 1, 1, 3, 2, 1)


def draft(
    company: Company, subscription: Subscription, lines: list[Line], reason: str, period: tuple[int, int] | None = None
) -> Invoice:
    """A draft with discounts and tax on its lines. `period` is the invoice's own, by default this moment."""
    discount = subscription.discount
    if discount is not None and discount.holds(company.now):
        apply_discount(lines, discount, subscription.customer.currency)
    apply_tax(lines, subscription.customer)
    start, end = period or (company.now, company.now)
    invoice = Invoice(
        id=company.new_id("in"),
        customer=subscription.customer,
        subscription=subscription,
        reason=reason,
        created=company.now,
        period_start=start,
        period_end=end,
        lines=lines,
        discount=discount,
    )
    company.invoices.append(invoice)
    subscription.latest_invoice = invoice.id
    company.counts["invoices_created"] += 1
    company.emit("invoice.created", invoice_shape(invoice, company.modern))
    return invoice


def issue(company: Company, invoice: Invoice) -> None:
    """Finalise it and see to its payment. A draft whose subscription ended meanwhile stays a draft for ever."""
    subscription = invoice.subscription
    if subscription is not None and not subscription.alive and invoice.reason == "subscription_cycle":
        return
    finalise(company, invoice)
    if invoice.status != "open":
        return
    if invoice.customer.by_invoice:
        await_transfer(company, invoice)
    else:
        try_charge(company, invoice)


def await_transfer(company: Company, invoice: Invoice) -> None:
    """Plan what becomes of an open invoice whose customer pays by bank transfer."""
    course = "pays" if invoice.balance_applied else company.random.choices(COURSES, COURSE_WEIGHTS)[0]
    customer = invoice.customer
    if course in ("pays", "late", "credited", "credit_voided"):
        days = (35, 60) if course == "late" else (12, 29)
        company.at(company.later(*days), customer, receive_transfer, invoice)
    if course in ("credited", "credited_whole", "credit_voided", "credited_written_off"):
        percent = 100 if course == "credited_whole" else company.random.randint(5, 40)
        company.at(company.later(1, 7), customer, credit_before_payment, invoice, percent, course == "credit_voided")
    if course in ("voided", "reissued"):
        company.at(company.later(1, 25), customer, withdraw, invoice, course == "reissued")
    if course in ("written_off", "credited_written_off"):
        company.at(company.later(45, 80), customer, abandon, invoice)
    if invoice.due_at is not None:
        company.at(invoice.due_at, customer, fall_due, invoice)


def fall_due(company: Company, invoice: Invoice) -> None:
    """The due date passes."""
    if invoice.status == "open":
        start_failing(company, invoice)


def receive_transfer(company: Company, invoice: Invoice) -> None:
    """The bank transfer arrives."""
    if invoice.status == "open":
        take_payment(company, invoice)


def credit_before_payment(company: Company, invoice: Invoice, percent: int, mistaken: bool) -> None:
    """Take part or all of an open invoice back by a credit note; a mistaken one is voided some days later."""
    total = invoice.total if percent == 100 else part_of_amount(invoice.total, percent, invoice.customer.currency)
    note = issue_credit_note(company, invoice, total, "order_change", before_payment=True)
    if mistaken:
        company.at(company.later(1, 4), invoice.customer, void_credit_note, note)
    if invoice.amount_remaining == 0:
        mark_paid(company, invoice)


def void_credit_note(company: Company, note: CreditNote) -> None:
    """A credit note that should not have been: it never counts."""
    previous = {"pre_payment_credit_notes_amount": note.invoice.credited_before_payment}
    note.voided_at = company.now
    company.counts["credit_notes_voided"] += 1
    company.emit("credit_note.voided", credit_note_shape(note, company.modern), {"status": "issued"})
    company.emit("invoice.updated", invoice_shape(note.invoice, company.modern), previous)


def withdraw(company: Company, invoice: Invoice, reissue: bool) -> None:
    """Void a wrong invoice; a reissued one bills the same service again, which has begun by then."""
    void(company, invoice)
    subscription = invoice.subscription
    if not reissue or subscription is None:
        return
    lines = [
        Line(
            id=company.new_id("il"),
            price=line.price,
            quantity=line.quantity,
            amount=line.amount,
            start=line.start,
            end=line.end,
            description=line.description,
            item_id=line.item_id,
            invoice_item=company.new_id("ii"),
            proration=line.proration,
        )
        for line in invoice.lines
    ]
    issue(company, draft(company, subscription, lines, "manual", (invoice.period_start, invoice.period_end)))


def abandon(company: Company, invoice: Invoice) -> None:
    """Write an overdue invoice off; the customer leaves or, having paid for later periods, stays."""
    if invoice.status != "open":
        return
    write_off(company, invoice)
    subscription = invoice.subscription
    if subscription is None or not subscription.alive:
        return
    if company.chance(0.7):
        end_subscription(company, subscription, "payment_failed")
    elif not subscription.failing_invoices and subscription.status == "past_due":
        set_status(company, subscription, "active")
