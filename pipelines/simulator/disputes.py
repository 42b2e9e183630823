"""Chargebacks, and inquiries that may become one."""

from __future__ import annotations

from pipelines.simulator.company import Company
from pipelines.simulator.documents import Charge, Dispute
from pipelines.simulator.ending import end_subscription
from pipelines.simulator.shapes.payment import charge_shape
from pipelines.simulator.shapes.takeback import dispute_shape

OUTCOMES = ("lost", "won", "warning_closed", "escalated")
OUTCOME_WEIGHTS = (5, 3, 2, 2)


def open_dispute(company: Company, charge: Charge) -> None:
    """The bank takes the whole charge back at once, or only asks."""
    if charge.dispute is not None:
        return
    outcome = company.random.choices(OUTCOMES, OUTCOME_WEIGHTS)[0]
    asks = outcome in ("warning_closed", "escalated")
    dispute = Dispute(
        id=company.new_id("dp"),
        charge=charge,
        amount=charge.amount,
        created=company.now,
        status="warning_needs_response" if asks else "needs_response",
        reason=company.random.choice(("fraudulent", "product_not_received", "subscription_canceled", "general")),
        withdrawal=company.new_id("txn"),
    )
    charge.dispute = dispute
    company.counts["disputes"] += 1
    tell(company, dispute, "charge.dispute.created")
    if asks:
        after = "warning_under_review" if outcome == "warning_closed" else "needs_response"
    else:
        tell(company, dispute, "charge.dispute.funds_withdrawn")
        after = "under_review"
    company.emit("charge.updated", charge_shape(charge, company.modern), {"dispute": None, "disputed": False})
    company.at(company.later(2, 10), charge.invoice.customer, answer_dispute, dispute, after, outcome)


def tell(company: Company, dispute: Dispute, kind: str, previous: str | None = None) -> None:
    """Emit the dispute as it stands; `previous` is its status before."""
    company.emit(kind, dispute_shape(dispute, company.modern), None if previous is None else {"status": previous})


def answer_dispute(company: Company, dispute: Dispute, status: str, outcome: str) -> None:
    """Evidence is handed in, or the inquiry becomes a chargeback after all."""
    previous, dispute.status = dispute.status, status
    tell(company, dispute, "charge.dispute.updated", previous)
    if status == "needs_response":
        tell(company, dispute, "charge.dispute.funds_withdrawn")
    closing = "lost" if outcome == "escalated" else outcome
    company.at(company.later(15, 50), dispute.charge.invoice.customer, close_dispute, dispute, closing)


def close_dispute(company: Company, dispute: Dispute, status: str) -> None:
    """The bank decides; what is won comes back."""
    previous, dispute.status = dispute.status, status
    tell(company, dispute, "charge.dispute.closed", previous)
    subscription = dispute.charge.invoice.subscription
    if status == "won":
        dispute.reinstatement = company.new_id("txn")
        tell(company, dispute, "charge.dispute.funds_reinstated")
    elif status == "lost" and subscription is not None and subscription.status == "active" and not subscription.pending:
        end_subscription(company, subscription, "cancellation_requested")
