"""Sound gold tables: the reference case of Stripe's methodology, as small as it can be.

90 USD for January to March, invoiced with 9 USD tax and paid on 1 January, 9 USD refunded on 1 February of lines
alone (so no tax comes back): contra 3.10 and 5.90 off the deferral; months earn 31.00, 25.20 and 27.90.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from lakehouse.table import Table
from lakehouse.tables import gold

JAN, FEB, MAR = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
BOOK = {"book": "us_gaap", "legal_entity_id": "default", "currency": "USD"}
KEYS = {"obligation_id": "in_1:il_1", "contract_id": "sub_1", "document_id": "stripe:x"}


def table(of: Table, rows: list[dict[str, Any]], **common: Any) -> pl.DataFrame:
    """Rows of a gold table; amounts may be given as text."""
    schema = of.polars_schema()
    filled = [common | row for row in rows]
    typed = [{k: Decimal(v) if schema[k].is_decimal() and v is not None else v for k, v in row.items()} for row in filled]
    return of.conform(pl.DataFrame(typed, schema={name: schema[name] for name in filled[0]}))


def contracts() -> pl.DataFrame:
    row = {"contract_id": "sub_1", "status": "active", "basis": "invoice", "transaction_price": "81"}
    return table(gold.CONTRACTS, [row], legal_entity_id="default", currency="USD", source_row_key="s|e|c")


def obligations() -> pl.DataFrame:
    amounts = {"allocated_amount": "90", "returned_amount": "9", "unscheduled_amount": "0"}
    days = {"service_from": JAN, "service_to": date(2025, 4, 1), "booked_on": JAN}
    how = {"recognition_method": "straight_line_daily", "policy": "default", "source_row_key": "s|e|l"}
    return table(gold.OBLIGATIONS, [KEYS | amounts | days | how], legal_entity_id="default", currency="USD", product_id="p")


def price_allocations() -> pl.DataFrame:
    row = {"contract_id": "sub_1", "obligation_id": KEYS["obligation_id"], "pool": "sub_1", "valid_from": JAN, "segment": 0}
    amounts = {"standalone_price": "100", "weight": "100", "allocated_amount": "90", "recognised_before": "0"}
    units = {"open_amount": "90", "open_quantity": "3", "amount_per_unit": "30"}
    return table(gold.PRICE_ALLOCATIONS, [row | amounts | units], currency="USD")


def contract_modifications() -> pl.DataFrame:
    row = {
        "contract_id": "sub_1",
        "modified_on": FEB,
        "treatment": "prospective",
        "reason": "distinct",
        "decided_by": "rule",
    }
    amounts = {"remaining_price": "59", "transaction_price": "90", "catch_up": "0"}
    return table(gold.CONTRACT_MODIFICATIONS, [row | amounts], currency="USD")


def obligation_progress() -> pl.DataFrame:
    # 31 + 22.10 + 27.90 = 81, with a cost of 50
    row = {"obligation_id": KEYS["obligation_id"], "contract_id": "sub_1", "month": MAR, "progress": "1"}
    amounts = {"revenue_to_date": "81", "cost_to_date": "50", "margin_to_date": "31", "refundable_to_date": "0"}
    return table(gold.OBLIGATION_PROGRESS, [row | amounts], currency="USD")


def contract_costs() -> pl.DataFrame:
    rows = [
        {"month": JAN, "capitalised": "9", "amortised": "3", "impaired": "0", "balance": "6"},
        {"month": FEB, "capitalised": "0", "amortised": "3", "impaired": "3", "balance": "0"},
    ]
    return table(gold.CONTRACT_COSTS, rows, cost_id="c_1", contract_id="sub_1", kind="commission", currency="USD")


def credit_drawdown() -> pl.DataFrame:
    row = {"grant_id": "stripe:x", "event_id": "u_1", "kind": "consumed", "owner_id": "stripe:cus_1", "day": JAN}
    return table(gold.CREDIT_DRAWDOWN, [row | {"quantity": "40", "amount": "40"}], currency="USD")


def recognition_schedule() -> pl.DataFrame:
    months = [(JAN, "31.00", "59.00"), (FEB, "22.10", "27.90"), (MAR, "27.90", "0")]  # 25.20 - 3.10 = 22.10
    rows = [
        {"service_period": m, "accounting_period": m, "amount": amount, "deferred_after": left}
        for m, amount, left in months
    ]
    common = {"obligation_id": KEYS["obligation_id"], "contract_id": KEYS["contract_id"], "legal_entity_id": "default"}
    return table(gold.RECOGNITION_SCHEDULE, rows, **common, currency="USD")


ENTRIES: list[tuple[str, str, date, dict[str, str]]] = [
    ("e1", "invoice", JAN, {"AccountsReceivable": "99", "DeferredRevenue": "-90", "TaxLiability": "-9"}),
    ("e2", "payment", JAN, {"Cash": "99", "AccountsReceivable": "-99"}),
    ("e3", "recognition", JAN, {"DeferredRevenue": "31", "Revenue": "-31"}),
    ("e4", "refund", FEB, {"Refunds": "3.10", "DeferredRevenue": "5.90", "Cash": "-9"}),
    ("e5", "recognition", FEB, {"DeferredRevenue": "25.20", "Revenue": "-25.20"}),
    ("e6", "recognition", MAR, {"DeferredRevenue": "27.90", "Revenue": "-27.90"}),
]
OF_OBLIGATION = ("DeferredRevenue", "Revenue", "Refunds")


def journal() -> pl.DataFrame:
    rows = [
        {
            "line_id": f"{entry}-{account}",
            "entry_id": entry,
            "event_kind": kind,
            "account": account,
            "obligation_id": KEYS["obligation_id"] if account in OF_OBLIGATION else "-",
            "amount": amount,
            "functional_amount": amount,
            "posted_on": month,
            "service_period": month,
            "accounting_period": month,
        }
        for entry, kind, month, legs in ENTRIES
        for account, amount in legs.items()
    ]
    identity = {
        "contract_id": "sub_1",
        "document_id": "stripe:x",
        "event_id": "x",
        "functional_currency": "USD",
        "policies": "",
        "rule_version": "2",
        "is_correction": False,
    }
    return table(gold.JOURNAL, rows, **BOOK, **identity, booked_at=datetime(2025, 4, 1, tzinfo=UTC))


def trial_balance() -> pl.DataFrame:
    # account: (month, opening, debit, credit, closing)
    balances = {
        "AccountsReceivable": [(JAN, "0", "99", "99", "0"), (FEB, "0", "0", "0", "0"), (MAR, "0", "0", "0", "0")],
        "Cash": [(JAN, "0", "99", "0", "99"), (FEB, "99", "0", "9", "90"), (MAR, "90", "0", "0", "90")],
        "DeferredRevenue": [
            (JAN, "0", "31", "90", "-59"),
            (FEB, "-59", "31.10", "0", "-27.90"),  # 5.90 + 25.20
            (MAR, "-27.90", "27.90", "0", "0"),
        ],
        "TaxLiability": [(JAN, "0", "0", "9", "-9"), (FEB, "-9", "0", "0", "-9"), (MAR, "-9", "0", "0", "-9")],
        "Revenue": [
            (JAN, "0", "0", "31", "-31"),
            (FEB, "-31", "0", "25.20", "-56.20"),
            (MAR, "-56.20", "0", "27.90", "-84.10"),
        ],
        "Refunds": [(FEB, "0", "3.10", "0", "3.10"), (MAR, "3.10", "0", "0", "3.10")],
    }
    columns = ("accounting_period", "opening", "debit", "credit", "closing")
    rows = [{"account": a} | dict(zip(columns, month, strict=True)) for a, months in balances.items() for month in months]
    return table(
        gold.TRIAL_BALANCE, [r | {"functional_closing": r["closing"]} for r in rows], **BOOK, functional_currency="USD"
    )


def deferred_rollforward() -> pl.DataFrame:
    moves = ("billed", "recognised", "refunded", "credited", "disputed", "voided", "written_off")
    nothing = dict.fromkeys((*moves, "excluded", "manual", "taken_over"), "0")
    rows = [
        nothing | {"accounting_period": JAN, "opening": "0", "billed": "90", "recognised": "-31", "closing": "59"},
        nothing
        | {"accounting_period": FEB, "opening": "59", "recognised": "-25.20", "refunded": "-5.90", "closing": "27.90"},
        nothing | {"accounting_period": MAR, "opening": "27.90", "recognised": "-27.90", "closing": "0"},
    ]
    return table(gold.DEFERRED_ROLLFORWARD, rows, **BOOK)


def revenue_by_month() -> pl.DataFrame:
    months = [(JAN, "31", "0", "31"), (FEB, "25.20", "-3.10", "22.10"), (MAR, "27.90", "0", "27.90")]
    columns = ("accounting_period", "gross_revenue", "contra_revenue", "net_revenue")
    return table(gold.REVENUE_BY_MONTH, [dict(zip(columns, month, strict=True)) for month in months], **BOOK)


MRR = ("month", "opening", "new", "reactivation", "expansion", "contraction", "churn", "closing")


def mrr_movements() -> pl.DataFrame:
    by_customer = {
        "ada": [(JAN, "0", "30", "0", "0", "0", "0", "30"), (FEB, "30", "0", "0", "10", "0", "0", "40")],
        "bob": [(JAN, "0", "20", "0", "0", "0", "0", "20"), (FEB, "20", "0", "0", "0", "0", "-20", "0")],
    }
    rows = [
        {"customer_id": c} | dict(zip(MRR, month, strict=True)) for c, months in by_customer.items() for month in months
    ]
    return table(gold.MRR_MOVEMENTS, rows, currency="USD", policy="p")


def mrr_by_month() -> pl.DataFrame:
    months = [(JAN, "0", "50", "0", "0", "0", "0", "50"), (FEB, "50", "0", "0", "10", "0", "-20", "40")]
    rows = [dict(zip(MRR, month, strict=True)) | {"customers": n} for month, n in zip(months, (2, 1), strict=True)]
    return table(gold.MRR_BY_MONTH, rows, currency="USD")


def sales_daily() -> pl.DataFrame:
    rows = [
        {"day": JAN, "invoice_lines": 1, "invoiced": "90", "taken_back": "0", "net_sales": "90"},
        {"day": FEB, "invoice_lines": 0, "invoiced": "0", "taken_back": "-9", "net_sales": "-9"},
    ]
    return table(gold.SALES_DAILY, rows, legal_entity_id="default", currency="USD", product_id="p")


def live_sales() -> pl.DataFrame:
    none = {"sales": "0", "sale_lines": 0, "refunds": "0", "refund_count": 0, "usage": "0", "usage_events": 0}
    rows = [
        none | {"meter": "-", "sales": "90", "sale_lines": 1, "refunds": "9", "refund_count": 1},
        none | {"meter": "calls", "usage": "12.5", "usage_events": 3, "currency": None},
    ]
    shared = {"minute": datetime(2025, 1, 1, tzinfo=UTC), "day": JAN, "legal_entity_id": "default", "product_id": "p"}
    return table(gold.LIVE_SALES, [shared | {"currency": "USD"} | row for row in rows])


def pending_facts() -> pl.DataFrame:
    row = {"table_name": "cash", "row_key": "s|e|c", "object_id": "re_1", "reason": "missing", "waits_for": "ch_1"}
    return table(gold.PENDING_FACTS, [row | {"amount": "9", "currency": "USD"}])


OF_LINK = {"rule": "email", "confidence": "strong", "evidence": '{"shared":"a@b.example"}'}


def transaction_links() -> pl.DataFrame:
    ends = {"from_object_id": "netsuite:7", "from_system": "netsuite", "to_object_id": "stripe:x", "to_system": "stripe"}
    kinds = {"from_kind": "document", "to_kind": "document", "from_row_key": "n|e|d", "to_row_key": "s|e|d"}
    return table(gold.TRANSACTION_LINKS, [ends | kinds | OF_LINK | {"link_kind": "copy_of"}])


def sale_copies() -> pl.DataFrame:
    rows = [
        {"object_id": "stripe:x", "system": "stripe", "counts": True, "row_key": "s|e|d"},
        {"object_id": "netsuite:7", "system": "netsuite", "counts": False, "row_key": "n|e|d"},
    ]
    chosen = {"counted_system": "stripe", "counted_object_id": "stripe:x", "policy": "default"}
    return table(gold.SALE_COPIES, rows, **chosen, object_kind="document", sale_id="document|netsuite:7")


def customer_links() -> pl.DataFrame:
    rows = [
        {"customer_id": f"{system}:c", "system": system, "row_key": f"{system}|e|c"} for system in ("stripe", "netsuite")
    ]
    return table(gold.CUSTOMER_LINKS, [row | OF_LINK for row in rows], canonical_customer_id="stripe:c")


def product_links() -> pl.DataFrame:
    rows = [
        {"product_id": f"{system}:p", "system": system, "row_key": f"{system}|e|p"} for system in ("stripe", "netsuite")
    ]
    return table(gold.PRODUCT_LINKS, [row | OF_LINK for row in rows], canonical_product_id="stripe:p")


def reconciliation_exceptions() -> pl.DataFrame:
    ours = {"object_id": "stripe:x", "system": "stripe", "value": "99.0000 USD", "row_key": "s|e|d"}
    theirs = {f"other_{k}": v for k, v in ours.items()} | {"other_object_id": "netsuite:7", "other_system": "netsuite"}
    what = {"exception_id": "x1", "kind": "amount", "severity": "high", "object_kind": "document", "message": "m"}
    row = ours | theirs | what | {"other_value": "90.0000 USD", "difference": "9", "currency": "USD"}
    return table(gold.RECONCILIATION_EXCEPTIONS, [row])


def revenue_waterfall() -> pl.DataFrame:
    columns = ("recognised_period", "booked", "recognised", "taken_back", "released", "remaining", "scheduled")
    cells = [
        (JAN, "90", "31", "0", "0", "59", "0"),
        (FEB, "0", "25.20", "-3.10", "-5.90", "27.90", "0"),
        (MAR, "0", "27.90", "0", "0", "0", "0"),
    ]
    rows = [dict(zip(columns, cell, strict=True)) for cell in cells]
    return table(gold.REVENUE_WATERFALL, rows, **BOOK, booked_period=JAN)


def contract_balances() -> pl.DataFrame:
    none = {"receivable": "0", "unbilled": "0", "contract_asset": "0"}
    months = [(JAN, "59"), (FEB, "27.90"), (MAR, "0")]
    rows = [none | {"accounting_period": m, "deferred": left, "contract_liability": left} for m, left in months]
    return table(gold.CONTRACT_BALANCES, rows, **BOOK, contract_id="sub_1")


def remaining_obligations() -> pl.DataFrame:
    ahead = {"year": 2025, "band": "1-12", "expedient": "one_year", "amount": "27.90", "obligations": 1}
    return table(gold.REMAINING_OBLIGATIONS, [ahead], **BOOK, as_of=date(2025, 2, 28))


def disaggregated_revenue() -> pl.DataFrame:
    months = [(JAN, "31", "0", "31"), (FEB, "25.20", "-3.10", "22.10"), (MAR, "27.90", "0", "27.90")]
    columns = ("accounting_period", "gross_revenue", "contra_revenue", "net_revenue")
    parts = {"product_id": "p", "category": "-", "country": "DE", "segment": "-", "timing": "over_time"}
    return table(gold.DISAGGREGATED_REVENUE, [dict(zip(columns, m, strict=True)) for m in months], **BOOK, **parts)


def prior_period_revenue() -> pl.DataFrame:
    row = {"gross_revenue": "3", "contra_revenue": "-1", "net_revenue": "2"}
    return table(gold.PRIOR_PERIOD_REVENUE, [row], **BOOK, accounting_period=FEB, service_period=JAN)


def tax_proof() -> pl.DataFrame:
    none = dict.fromkeys(("invoiced", "net", "tax", "tax_taken_back", "tax_remitted"), "0") | {"tax_owed": "9"}
    rows = [none | {"accounting_period": month} for month in (JAN, FEB, MAR)]
    rows[0] |= {"invoiced": "99", "net": "90", "tax": "9"}
    return table(gold.TAX_PROOF, rows, **BOOK)


def gl_export() -> pl.DataFrame:
    rows = []
    for entry, kind, month, legs in ENTRIES:
        for account, amount in legs.items():
            debit, credit = (amount, "0") if not amount.startswith("-") else ("0", amount[1:])
            sides = {"debit": debit, "credit": credit, "functional_debit": debit, "functional_credit": credit}
            days = {"accounting_period": month, "posted_on": month}
            rows.append(
                sides | days | {"batch_id": entry, "event_kind": kind, "account": account, "gl_account": f"4-{account}"}
            )
    return table(gold.GL_EXPORT, rows, **BOOK, line_id="-", functional_currency="USD")


def refund_liabilities() -> pl.DataFrame:
    # Sold and sent back within the month, at 4: the account moves by nothing.
    same = {"opening": "0", "expected": "4", "given_back": "-4", "adjusted": "0", "closing": "0"}
    goods = {"asset_opening": "0", "asset_moved": "0", "asset_closing": "0"}
    rows = [same | goods | {"accounting_period": month} for month in (JAN, FEB)]
    return table(gold.REFUND_LIABILITIES, rows, **BOOK, contract_id="sub_1", product_id="p")


def restated_balances() -> pl.DataFrame:
    net: dict[tuple[str, date], Decimal] = {}
    for _, _, month, legs in ENTRIES:
        for account, amount in legs.items():
            net[account, month] = net.get((account, month), Decimal(0)) + Decimal(amount)
    amounts = ("reported", "restated", "functional_reported", "functional_restated")
    rows = [{"account": a, "accounting_period": m} | dict.fromkeys(amounts, str(value)) for (a, m), value in net.items()]
    return table(gold.RESTATED_BALANCES, rows, **BOOK, functional_currency="USD")


def sound_books() -> dict[str, pl.DataFrame]:
    """Every gold table by its qualified name."""
    return {t.qualified_name: globals()[t.name]() for t in gold.TABLES}
