"""One planted defect for each expectation of silver: the values that a sound row is given to break it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lakehouse.table import Table
from lakehouse.tables import silver
from tests.expectations.facts import APR, FEB, JAN

BEFORE = datetime(2024, 12, 31, tzinfo=UTC)
CREDIT_NOTE = {"kind": "credit_note", "corrects_document_id": "stripe:in_0", "object_id": "stripe:cn_1"}

DEFECTS: dict[tuple[Table, str], dict[str, Any]] = {
    (silver.SOURCE_EVENTS, "register_agrees_with_facts"): {"fact_count": 4},
    (silver.SOURCE_EVENTS, "unmapped_event_has_no_facts"): {"disposition": "unmapped"},
    (silver.SOURCE_EVENTS, "fact_count_not_negative"): {"fact_count": -1},
    (silver.LEGAL_ENTITIES, "time_zone_is_known"): {"time_zone": "Europe/Atlantis"},
    (silver.LEGAL_ENTITIES, "books_are_known"): {"books": "ifrs,hgb"},
    (silver.CUSTOMERS, "customer_is_not_its_own_parent"): {"parent_id": "stripe:x"},
    (silver.CUSTOMERS, "country_is_iso_3166"): {"country": "Germany"},
    (silver.CUSTOMERS, "email_is_an_address"): {"email": "ada at example.com"},
    (silver.PRODUCTS, "unit_cost_not_negative"): {"unit_cost": Decimal("-0.01")},
    (silver.PRODUCTS, "cost_has_currency"): {"cost_currency": None},
    (silver.PRODUCTS, "recognition_method_is_known"): {"recognition_method": "sum_of_digits"},
    (silver.PRICES, "unit_amount_not_negative"): {"unit_amount": Decimal(-1)},
    (silver.PRICES, "range_in_order"): {"low": Decimal(50)},
    (silver.PRICES, "validity_in_order"): {"valid_to": JAN},
    (silver.PRICES, "billing_interval_is_whole"): {"billing_interval_count": None},
    (silver.CONTRACTS, "contract_in_force_has_not_ended"): {"end_at": JAN},
    (silver.CONTRACTS, "end_not_before_start"): {"status": "canceled", "end_at": BEFORE},
    (silver.CONTRACTS, "trial_end_not_before_trial_start"): {"trial_end": BEFORE},
    (silver.CONTRACTS, "trialing_contract_has_trial_end"): {"status": "trialing", "trial_end": None},
    (silver.CONTRACTS, "contract_in_force_has_customer"): {"customer_id": None},
    (silver.CONTRACTS, "canceled_contract_has_end"): {"status": "canceled"},
    (silver.CONTRACT_LINES, "quantity_not_negative"): {"quantity": Decimal(-1)},
    (silver.CONTRACT_LINES, "unit_price_not_negative"): {"unit_price": Decimal(-1)},
    (silver.CONTRACT_LINES, "price_has_currency"): {"currency": None},
    (silver.CONTRACT_LINES, "billing_interval_is_whole"): {"billing_interval_count": 0},
    (silver.CONTRACT_LINES, "service_in_order"): {"service_to": BEFORE},
    (silver.CONTRACT_LINES, "line_in_currency_of_contract"): {"currency": "EUR"},
    (silver.CONTRACT_LINES, "recognition_method_is_known"): {"recognition_method": "whenever"},
    (silver.CONTRACT_EVENTS, "state_is_known"): {"state_to": "enjoyed"},
    (silver.CONTRACT_EVENTS, "state_changes"): {"state_to": "trialing"},
    # Lines 90 + tax 9 = 99, not 100.
    (silver.DOCUMENTS, "lines_and_tax_sum_to_total"): {"total": Decimal(100), "subtotal": Decimal(91)},
    (silver.DOCUMENTS, "subtotal_and_tax_sum_to_total"): {"subtotal": Decimal("90.01")},
    (silver.DOCUMENTS, "lines_in_currency_of_document"): {"currency": "EUR"},
    (silver.DOCUMENTS, "issued_document_has_date"): {"issued_at": None},
    (silver.DOCUMENTS, "void_invoice_has_date"): {"status": "void"},
    (silver.DOCUMENTS, "uncollectible_invoice_has_date"): {"status": "uncollectible"},
    (silver.DOCUMENTS, "end_not_before_issue"): {"status": "void", "voided_at": BEFORE},
    (silver.DOCUMENTS, "credit_note_names_invoice"): CREDIT_NOTE | {"corrects_document_id": None},
    (silver.DOCUMENTS, "credit_note_not_negative"): CREDIT_NOTE | {"amount_paid": Decimal("99.01")},
    (silver.DOCUMENTS, "paid_invoice_has_nothing_open"): {"amount_remaining": Decimal("0.01")},
    (silver.DOCUMENT_LINES, "service_in_order"): {"service_from": APR, "service_to": FEB},
    (silver.DOCUMENT_LINES, "service_has_both_ends"): {"service_to": None},
    (silver.DOCUMENT_LINES, "line_number_counts_from_one"): {"line_number": 0},
    (silver.DOCUMENT_LINES, "discount_not_negative"): {"discount": Decimal("-0.01")},
    (silver.DOCUMENT_EVENTS, "exclusion_has_reason"): {"reason": None},
    (silver.CASH, "amount_not_negative"): {"amount": Decimal("-0.01")},
    (silver.CASH, "direction_agrees_with_kind"): {"kind": "refund", "payment_id": "stripe:ch_1"},
    (silver.CASH, "refund_names_its_payment"): {"kind": "refund", "direction": "out"},
    (silver.CASH, "refunded_within_payment"): {"amount_refunded": Decimal("99.01")},
    (silver.CASH, "settlement_has_currency"): {"settlement_currency": None},
    (silver.CASH, "failure_has_reason"): {"status": "failed"},
    (silver.CASH_APPLICATIONS, "amount_not_negative"): {"amount": Decimal(-1)},
    (silver.CASH_APPLICATIONS, "application_in_currency_of_document"): {"currency": "EUR"},
    (silver.CASH_APPLICATIONS, "cash_is_not_the_document"): {"cash_id": "stripe:x"},
    (silver.USAGE, "meter_named"): {"meter": ""},
    (silver.USAGE, "usage_has_an_owner"): {"customer_id": None},
    (silver.ESTIMATES, "estimate_says_something"): {"value": None, "constrained_value": None, "scenarios": None},
    (silver.ESTIMATES, "constraint_lowers_variable_consideration"): {"constrained_value": Decimal(11)},
    (silver.ESTIMATES, "scenarios_are_json"): {"scenarios": "ten or eleven"},
    (silver.ESTIMATES, "book_is_known"): {"book": "hgb"},
    (silver.JUDGEMENTS, "decision_is_known"): {"decision": "lunch"},
    (silver.JUDGEMENTS, "reason_is_given"): {"reason": "  "},
    (silver.JUDGEMENTS, "approver_is_not_author"): {"approver": "ada"},
    (silver.POLICIES, "policy_is_known"): {"name": "recognition_methode"},
    (silver.POLICIES, "policy_value_is_known"): {"value": "straight_line_weekly"},
    (silver.POLICIES, "scope_is_everything_or_one"): {"scope": "all products"},
    (silver.POLICIES, "policy_is_approved"): {"approver": None},
}
