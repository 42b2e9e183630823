"""The truth beside the events: what whoever reads them must arrive at, to the last minor unit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from iso4217 import Currency

from pipelines.simulator.company import Company
from pipelines.simulator.disorder import Disorder
from pipelines.simulator.truth_mrr import MOVEMENTS, MonthOfMrr, MrrHistory
from pipelines.simulator.truth_revenue import Balance, revenue_by_month

NO_MRR = MonthOfMrr(0, dict.fromkeys(MOVEMENTS, 0), 0, 0)


def major(amount: int, currency: str) -> str:
    """Minor units as a decimal string with the currency's own digits: 12345 USD is 123.45, 500 JPY is 500."""
    return f"{Decimal(amount).scaleb(-(Currency(currency).exponent or 0)):f}"


def months_of_currency(
    currency: str, names: list[str], balances: list[Balance], mrr: list[dict[str, MonthOfMrr]]
) -> dict[str, dict[str, Any]]:
    """Each month of one currency: movements of revenue, closing deferred revenue, monthly recurring revenue."""
    months: dict[str, dict[str, Any]] = {}
    before = Balance()
    for name, balance, recurring in zip(names, balances, mrr, strict=True):
        month = recurring.get(currency, NO_MRR)
        months[name] = {
            "booked": major(balance.booked - before.booked, currency),
            "taken_back": major(balance.taken_back - before.taken_back, currency),
            "recovered": major(balance.recovered - before.recovered, currency),
            "recognised": major(balance.recognised - before.recognised, currency),
            "deferred": major(balance.deferred, currency),
            "unbilled": major(balance.unbilled, currency),
            "mrr": major(month.closing, currency),
            "mrr_movements": {
                "opening": major(month.opening, currency),
                **{kind: major(amount, currency) for kind, amount in month.movements.items()},
                "closing": major(month.closing, currency),
            },
            "paying_customers": month.customers,
        }
        before = balance
    return months


def counts(company: Company, disorder: Disorder) -> dict[str, Any]:
    """How many of each thing there is, from the business objects, and how many lines were written."""
    charges = [charge for invoice in company.invoices for charge in invoice.charges]
    refunds = [refund for charge in charges for refund in charge.refunds]
    disputes = [charge.dispute for charge in charges if charge.dispute is not None]
    notes = [note for invoice in company.invoices for note in invoice.credit_notes]
    events = company.events.by_type.total()
    malformed = disorder.malformed.total()
    return {
        "events": events,
        "events_by_type": dict(sorted(company.events.by_type.items())),
        "lines": events + disorder.duplicates + malformed,
        "duplicates": disorder.duplicates,
        "late": disorder.late,
        "malformed": malformed,
        "malformed_by_kind": dict(disorder.malformed),
        "customers": len(company.customers),
        "subscriptions": sum(len(customer.subscriptions) for customer in company.customers),
        "invoices_created": len(company.invoices),
        "invoices_finalised": sum(invoice.finalized_at is not None for invoice in company.invoices),
        "invoices_voided": sum(invoice.voided_at is not None for invoice in company.invoices),
        "invoices_uncollectible": sum(invoice.uncollectible_at is not None for invoice in company.invoices),
        "invoices_recovered": company.counts["invoices_recovered"],
        "payments_succeeded": sum(charge.succeeded for charge in charges),
        "payments_failed": sum(not charge.succeeded for charge in charges),
        "refunds": len(refunds),
        "refunds_succeeded": sum(refund.status == "succeeded" for refund in refunds),
        "disputes": len(disputes),
        "disputes_withdrawn": sum(dispute.withdrawn for dispute in disputes),
        "disputes_won": sum(dispute.status == "won" for dispute in disputes),
        "credit_notes": len(notes),
        "credit_notes_voided": sum(not note.counts for note in notes),
    }


def build_truth(company: Company, mrr: MrrHistory, disorder: Disorder) -> dict[str, Any]:
    """The content of truth.json: amounts are decimal strings in major units, months are ISO months."""
    parameters = company.parameters
    month_ends = [datetime.fromtimestamp(moment, UTC).date() - timedelta(days=1) for moment in parameters.month_starts[1:]]
    revenue = revenue_by_month(company.invoices, month_ends, company.prorations)
    return {
        "parameters": parameters.as_json(),
        "as_of": parameters.as_of.isoformat(),
        "months": parameters.month_names,
        "currencies": {
            currency: months_of_currency(currency, parameters.month_names, revenue[currency], mrr.months)
            for currency in sorted(revenue)
        },
        "counts": counts(company, disorder),
    }
