"""Sound rows of every silver table: one invoice of 90 USD and what surrounds it. Tests change one value at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from lakehouse.table import Table
from lakehouse.tables import bronze, silver

JAN, FEB, APR = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 2, 4))

COMMON: dict[str, Any] = {
    "source": "stripe",
    "source_event_id": "evt_1",
    "channel": "file",
    "legal_entity_id": "default",
    "effective_at": JAN,
    "known_at": JAN,
    "ingested_at": JAN,
    "operation": "assert",
    "content_hash": "0123456789abcdef" * 2,
    "event_month": date(2025, 1, 1),
}

SOUND: dict[Table, dict[str, Any]] = {
    silver.SOURCE_EVENTS: {"event_type": "invoice.paid", "disposition": "mapped", "fact_count": 3},
    silver.LEGAL_ENTITIES: {
        "name": "Acme",
        "functional_currency": "USD",
        "time_zone": "Europe/Berlin",
        "fiscal_calendar": "month",
        "books": "us_gaap, ifrs",
    },
    silver.CUSTOMERS: {
        "name": "Ada",
        "email": "ada@example.com",
        "country": "DE",
        "currency": "USD",
        "parent_id": "stripe:b",
    },
    silver.PRODUCTS: {"name": "Pro", "unit_cost": Decimal("1.5"), "cost_currency": "USD"},
    silver.PRICES: {
        "currency": "USD",
        "purpose": "list",
        "unit_amount": Decimal(30),
        "billing_interval": "month",
        "billing_interval_count": 1,
        "low": Decimal(20),
        "high": Decimal(40),
        "valid_from": JAN,
        "valid_to": FEB,
    },
    silver.CONTRACTS: {
        "customer_id": "stripe:cus_1",
        "status": "active",
        "currency": "USD",
        "start_at": JAN,
        "trial_start": JAN,
        "trial_end": FEB,
    },
    silver.CONTRACT_LINES: {
        "contract_id": "stripe:sub_1",
        "quantity": Decimal(3),
        "unit_price": Decimal(30),
        "currency": "USD",
        "billing_interval": "month",
        "billing_interval_count": 1,
        "usage_type": "licensed",
        "service_from": JAN,
        "service_to": FEB,
    },
    silver.CONTRACT_EVENTS: {"contract_id": "stripe:sub_1", "state_from": "trialing", "state_to": "active"},
    silver.DOCUMENTS: {
        "kind": "invoice",
        "status": "paid",
        "currency": "USD",
        "issued_at": JAN,
        "paid_at": JAN,
        "subtotal": Decimal(90),
        "tax": Decimal(9),
        "total": Decimal(99),
        "amount_paid": Decimal(99),
        "amount_remaining": Decimal(0),
    },
    silver.DOCUMENT_LINES: {
        "document_id": "stripe:x",
        "line_number": 1,
        "currency": "USD",
        "amount": Decimal(90),
        "tax": Decimal(9),
        "discount": Decimal(0),
        "service_from": JAN,
        "service_to": APR,
    },
    silver.DOCUMENT_EVENTS: {"document_id": "stripe:x", "kind": "excluded", "reason": "test"},
    silver.CASH: {
        "direction": "in",
        "kind": "payment",
        "status": "succeeded",
        "amount": Decimal(99),
        "currency": "USD",
        "amount_refunded": Decimal(9),
        "settlement_amount": Decimal(90),
        "settlement_currency": "EUR",
    },
    silver.CASH_APPLICATIONS: {
        "cash_id": "stripe:ch_1",
        "document_id": "stripe:x",
        "amount": Decimal(99),
        "currency": "USD",
    },
    silver.USAGE: {
        "meter": "api_calls",
        "quantity": Decimal(1200),
        "customer_id": "stripe:cus_1",
        "product_id": "stripe:prod_1",
        "currency": "USD",
    },
    silver.ESTIMATES: {
        "scope": "stripe:sub_1",
        "kind": "variable_consideration",
        "value": Decimal(10),
        "constrained_value": Decimal(8),
        "currency": "USD",
        "scenarios": '[{"value": 10, "probability": 1}]',
        "book": "ifrs",
        "author": "ada",
    },
    silver.JUDGEMENTS: {
        "scope": "stripe:sub_1",
        "decision": "distinct",
        "value": "yes",
        "reason": "sold apart",
        "author": "ada",
        "approver": "bob",
    },
    silver.POLICIES: {
        "scope": "*",
        "name": "recognition_method",
        "value": "straight_line_monthly",
        "effective_from": JAN,
        "adoption": "new_contracts",
        "approver": "bob",
    },
    silver.OPPORTUNITIES: {
        "customer_id": "stripe:cus_1",
        "stage": "Closed Won",
        "status": "won",
        "probability": Decimal(1),
        "amount": Decimal(90),
        "currency": "USD",
        "close_date": date(2025, 1, 1),
        "service_from": JAN,
        "service_to": APR,
    },
    silver.OPPORTUNITY_LINES: {
        "opportunity_id": "stripe:x",
        "quantity": Decimal(3),
        "unit_price": Decimal(30),
        "discount": Decimal(0),
        "amount": Decimal(90),
        "currency": "USD",
        "billing_interval": "month",
        "billing_interval_count": 1,
        "service_from": JAN,
        "service_to": APR,
    },
    silver.INTERACTIONS: {"customer_id": "stripe:cus_1", "kind": "call"},
    silver.QUOTES: {
        "status": "open",
        "currency": "USD",
        "subtotal": Decimal(100),
        "discount": Decimal(5),
        "tax": Decimal(10),
        "total": Decimal(105),
    },
    silver.QUOTE_LINES: {
        "quote_id": "stripe:qt_1",
        "quantity": Decimal(1),
        "unit_price": Decimal(100),
        "discount": Decimal(5),
        "amount": Decimal(95),
        "currency": "USD",
        "billing_interval": "month",
        "billing_interval_count": 1,
        "service_from": JAN,
        "service_to": APR,
    },
    silver.TARGETS: {
        "metric": "recognised_revenue",
        "dimension": "region",
        "member": "EMEA",
        "period": date(2025, 1, 1),
        "value": Decimal(1000),
        "currency": "USD",
    },
    silver.PERFORMANCE: {
        "kind": "cost",
        "contract_id": "stripe:sub_1",
        "quantity": Decimal(1),
        "amount": Decimal(400),
        "currency": "USD",
    },
    silver.CREDIT_GRANTS: {
        "kind": "prepaid",
        "paid": True,
        "amount": Decimal(100),
        "currency": "USD",
        "expires_at": APR,
    },
    silver.COSTS: {"kind": "commission", "contract_id": "stripe:sub_1", "amount": Decimal(9), "currency": "USD"},
    silver.PAYABLES: {
        "status": "open",
        "currency": "USD",
        "total": Decimal(30),
        "amount_paid": Decimal(10),
        "amount_remaining": Decimal(20),
    },
    silver.STOCK: {
        "product_id": "stripe:prod_1",
        "quantity": Decimal(12),
        "unit_cost": Decimal("1.5"),
        "currency": "USD",
    },
    silver.LEDGER_ENTRIES: {
        "entry_id": "stripe:je_1",
        "line_number": 1,
        "account": "4000",
        "posted_on": date(2025, 1, 1),
        "currency": "USD",
        "amount": Decimal(-90),
    },
    silver.MANUAL_ENTRIES: {
        "entry_id": "native:accrual_1",
        "line_number": 1,
        "line_count": 2,
        "kind": "manual",
        "book": "us_gaap",
        "posted_on": date(2025, 1, 31),
        "reverses_on": date(2025, 2, 1),
        "account": "Revenue",
        "currency": "USD",
        "amount": Decimal(-90),
        "reason": "delivered, not yet invoiced",
        "preparer": "ada",
        "approver": "bob",
    },
    silver.FX_RATES: {
        "rate_source": "ecb",
        "kind": "reference",
        "base_currency": "EUR",
        "quote_currency": "USD",
        "day": date(2025, 1, 1),
        "rate": Decimal("1.0389"),
    },
    silver.EXTERNAL_REFERENCES: {
        "object_kind": "document",
        "relation": "derives_from",
        "reference_system": "shopify",
        "reference_kind": "order_number",
        "reference": "#1001",
    },
}


def fact(table: Table, **changes: Any) -> pl.DataFrame:
    """One sound row of a silver table with some values changed."""
    row = COMMON | {"row_key": "stripe|evt_1|sound", "object_id": "stripe:x"} | SOUND[table] | changes
    return table.conform(pl.DataFrame([row], schema={name: table.polars_schema()[name] for name in row}))


def surroundings() -> dict[str, pl.DataFrame]:
    """What the sound rows are judged against: the event in bronze, its contract, its document and the document's line."""
    return {
        bronze.EVENTS.qualified_name: pl.DataFrame({"source": ["stripe"], "source_event_id": ["evt_1"]}),
        silver.CREDIT_GRANTS.qualified_name: fact(
            silver.CREDIT_GRANTS, row_key="stripe|evt_0|grant", source_event_id="evt_0"
        ),
        silver.CONTRACTS.qualified_name: fact(silver.CONTRACTS, object_id="stripe:sub_1"),
        silver.DOCUMENTS.qualified_name: fact(silver.DOCUMENTS),
        silver.DOCUMENT_LINES.qualified_name: fact(silver.DOCUMENT_LINES),
    }
