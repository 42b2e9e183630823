"""What happens to money after it came: refunds, disputes and credit notes."""

from __future__ import annotations

from pipelines.simulator.company import Company
from pipelines.simulator.disputes import open_dispute
from pipelines.simulator.documents import Charge, CreditNote, Invoice, Refund
from pipelines.simulator.ending import end_subscription
from pipelines.simulator.pricing import part_of_amount
from pipelines.simulator.shapes.customer import customer_shape
from pipelines.simulator.shapes.invoice import invoice_shape
from pipelines.simulator.shapes.payment import charge_shape
from pipelines.simulator.shapes.takeback import credit_note_shape, refund_shape

FATES = ("full", "partial", "twice", "dispute", "refund_then_dispute", "credit", "credit_refund", "credit_mixed")
FATE_WEIGHTS = (9, 12, 2, 9, 1, 8, 6, 3)
SHARE_WITH_A_FATE = 0.05


def draw_fate(company: Company, charge: Charge) -> None:
    """Decide on payment whether something will be taken back, and when."""
    if not company.chance(SHARE_WITH_A_FATE):
        return
    fate = company.random.choices(FATES, FATE_WEIGHTS)[0]
    yearly = any(line.price.interval == "year" for line in charge.invoice.lines)
    moment = company.later(0, 150 if yearly else 40)
    company.at(moment, charge.invoice.customer, meet_fate, charge, fate)


def part_of(company: Company, charge: Charge, fewest: int, most: int) -> int:
    """A random share of a charge, in per cent."""
    return part_of_amount(charge.amount, company.random.randint(fewest, most), charge.invoice.customer.currency)


def meet_fate(company: Company, charge: Charge, fate: str) -> None:
    """Take back what was decided, unless something else already did."""
    if not charge.untouched:
        return
    subscription = charge.invoice.subscription
    if fate == "full":
        refund_charge(company, charge, charge.amount, "requested_by_customer")
        if (
            subscription is not None
            and subscription.status == "active"
            and not subscription.pending
            and company.chance(0.6)
        ):
            end_subscription(company, subscription, "cancellation_requested")
    elif fate in ("partial", "twice"):
        refund_charge(company, charge, part_of(company, charge, 5, 45), "requested_by_customer")
        if fate == "twice":
            second = part_of(company, charge, 5, 45)
            company.at(company.later(1, 30), charge.invoice.customer, refund_again, charge, second)
    elif fate == "dispute":
        open_dispute(company, charge)
    elif fate == "refund_then_dispute":  # The bank takes back in full what was refunded in part: more than was billed.
        refund_charge(company, charge, part_of(company, charge, 20, 60), None)
        company.at(company.later(3, 30), charge.invoice.customer, open_dispute, charge)
    else:
        total = part_of(company, charge, 5, 60)
        # Until 2025-03-31 a credit note names its refund without the amount: there it is all or nothing.
        mixed = fate == "credit_mixed" and company.modern
        in_cash = part_of_amount(total, 33, charge.invoice.customer.currency) if mixed else total
        credit_after_payment(company, charge, total, 0 if fate == "credit" else in_cash)


def refund_again(company: Company, charge: Charge, amount: int) -> None:
    """A second refund of one charge, as far as something is left of it."""
    left = charge.amount - charge.refunded
    if left > 0 and charge.dispute is None:
        refund_charge(company, charge, min(amount, left), None)


def refund_charge(company: Company, charge: Charge, amount: int, reason: str | None, *, settled: bool = False) -> Refund:
    """Give money back. Unless `settled`, some refunds are pending for days and a few of those fail in the end."""
    slow = not settled and company.chance(0.25)
    refund = Refund(
        id=company.new_id("re"),
        charge=charge,
        amount=amount,
        created=company.now,
        status="pending" if slow else "succeeded",
        reason=reason,
        balance_transaction=company.new_id("txn"),
    )
    refunded_before = charge.refunded
    charge.refunds.append(refund)
    company.counts["refunds_created"] += 1
    if company.modern:
        company.emit("refund.created", refund_shape(refund, True))
    company.emit("charge.refunded", charge_shape(charge, company.modern), {"amount_refunded": refunded_before})
    if slow:
        status = "failed" if company.chance(0.3) else "succeeded"
        company.at(company.later(1, 9), charge.invoice.customer, settle_refund, refund, status)
    return refund


def settle_refund(company: Company, refund: Refund, status: str) -> None:
    """The bank says whether a pending refund arrived."""
    refund.status = status
    shape = refund_shape(refund, company.modern)
    if company.modern:
        company.emit("refund.failed" if status == "failed" else "refund.updated", shape, {"status": "pending"})
    else:
        company.emit("charge.refund.updated", shape, {"status": "pending"})


def credit_after_payment(company: Company, charge: Charge, total: int, in_cash: int) -> None:
    """A credit note on a paid invoice: `in_cash` goes back to the card, the rest to the customer's balance."""
    refund = refund_charge(company, charge, in_cash, None, settled=True) if in_cash else None
    reason = company.random.choice(("order_change", "product_unsatisfactory", "duplicate"))
    issue_credit_note(company, charge.invoice, total, reason, refund)
    to_balance = total - in_cash
    if to_balance:
        customer = charge.invoice.customer
        previous = {"balance": customer.balance}
        customer.balance -= to_balance
        company.emit("customer.updated", customer_shape(customer, company.modern), previous)


def issue_credit_note(
    company: Company,
    invoice: Invoice,
    total: int,
    reason: str,
    refund: Refund | None = None,
    *,
    before_payment: bool = False,
) -> CreditNote:
    """Issue it and show the invoice as it stands thereafter."""
    note = CreditNote(
        id=company.new_id("cn"),
        invoice=invoice,
        number=f"{invoice.number}-CN-{len(invoice.credit_notes) + 1:02d}",
        created=company.now,
        total=total,
        reason=reason,
        before_payment=before_payment,
        refund=refund,
    )
    which = "pre_payment_credit_notes_amount" if before_payment else "post_payment_credit_notes_amount"
    previous = {which: invoice.credited_before_payment if before_payment else invoice.credited_after_payment}
    invoice.credit_notes.append(note)
    company.counts["credit_notes"] += 1
    company.emit("credit_note.created", credit_note_shape(note, company.modern))
    company.emit("invoice.updated", invoice_shape(invoice, company.modern), previous)
    return note
