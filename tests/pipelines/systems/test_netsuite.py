"""NetSuite: transactions to the cent, who settles what, and what a record says of itself elsewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from expectations.gate import judge
from lakehouse.tables import BY_NAME, silver
from tests.pipelines.systems import netsuite_records as ns
from tests.pipelines.systems.normalising import Record, normalise, row, rows, verdict


def told(record: Record, table: str) -> Record:
    return row(record, table, "netsuite")


def all_of(table: str, *records: Record) -> list[Record]:
    return rows(normalise(*records, source="netsuite"), table)


def test_every_sound_record_passes_its_gate() -> None:
    normalised = normalise(*ns.SOUND.values(), source="netsuite")
    context = {silver.DOCUMENT_LINES.qualified_name: normalised.facts["silver.document_lines"]}
    for name, frame in normalised.facts.items():
        report = judge(BY_NAME[name], frame, context if name == "silver.documents" else {})
        # Its credit notes have no reason.
        warned = ["credit_note_says_why"] if name == "silver.documents" else []
        assert [r.expectation.name for r in report.failures] == warned, name
        assert report.rejected.is_empty()
        assert frame.get_column("row_key").is_unique().all()


def test_an_invoice_adds_up() -> None:
    document = told(ns.invoice(), "documents")
    # 1,200.00 + 100.00 - 130.00 + 15.50 shipping = 1,185.50, and 93.60 tax = 1,279.10
    assert (document["subtotal"], document["tax"], document["total"]) == (
        Decimal("1185.5"),
        Decimal("93.6"),
        Decimal("1279.1"),
    )
    assert (document["object_id"], document["customer_id"]) == ("netsuite:transaction/1234", "netsuite:entity/24")
    assert (document["number"], document["status"], document["currency"]) == ("INV1001", "open", "USD")
    lines = all_of("document_lines", ns.invoice())
    # 130.00 over 1,200 and 100: 120.00 and 10.00
    assert [(line["object_id"].rpartition(":")[2], line["amount"], line["discount"]) for line in lines] == [
        ("1", Decimal(1080), Decimal(120)),
        ("3", Decimal(90), Decimal(10)),
        ("shipping", Decimal("15.5"), None),
    ]
    assert [line["line_number"] for line in lines] == [1, 2, 3]
    assert sum(line["amount"] for line in lines) + document["tax"] == document["total"]


def test_a_line_is_earned_over_its_revenue_recognition_period() -> None:
    first, second, _ = all_of("document_lines", ns.invoice())
    assert (first["service_from"], first["service_to"]) == (
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert second["service_from"] is None


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"amountRemaining": 0.0}, "paid"),
        ({"status": ns.named("V", "Voided")}, "void"),
        ({"status": ns.named("A", "Pending Approval")}, "draft"),
        ({"amountRemaining": None, "amountPaid": 1279.1}, "paid"),
    ],
)
def test_states_of_an_invoice(changes: Record, status: str) -> None:
    document = told(ns.invoice(**changes), "documents")
    assert document["status"] == status
    assert (document["issued_at"] is None) is (status == "draft")


@pytest.mark.parametrize(
    ("name", "code"), [("USD", "USD"), ("Euro", "EUR"), ("Pound Sterling", "GBP"), ("British pound", "GBP"), ("CAN", "CAD")]
)
def test_currencies_are_named_in_many_ways(name: str, code: str) -> None:
    assert told(ns.invoice(currency=ns.named("7", name)), "documents")["currency"] == code


def test_the_delivery_tells_a_currency_that_no_name_tells() -> None:
    assert told(ns.SOUND["delivered"], "documents")["currency"] == "USD"
    assert verdict(ns.SOUND["delivered"]["body"], "netsuite")[0] == "UNKNOWN_CURRENCY"


def test_what_an_invoice_says_of_its_identity_elsewhere() -> None:
    found = all_of("external_references", ns.invoice())
    assert {(r["reference_kind"], r["relation"], r["reference"]) for r in found} == {
        ("invoice_number", "names", "INV1001"),
        ("po_number", "names", "PO-77"),
        ("external_id", "same_as", "erp-1"),
        ("email", "names", "pay@acme.com"),
        ("object_id", "derives_from", "netsuite:transaction/99"),
    }


def test_a_credit_memo_corrects_each_invoice_that_it_is_applied_to() -> None:
    one = told(ns.credit_memo([ns.to("1234", 108.0)]), "documents")
    assert (one["kind"], one["corrects_document_id"], one["total"], one["tax"]) == (
        "credit_note",
        "netsuite:transaction/1234",
        Decimal(108),
        Decimal(8),
    )
    two = ns.credit_memo([ns.to("1234", 100.0), ns.to("1235", 8.0), ns.to("1236", 1.0, chosen=False)])
    assert [
        (n["object_id"], n["corrects_document_id"], n["total"], n["amount_remaining"]) for n in all_of("documents", two)
    ] == [
        ("netsuite:transaction/1300", "netsuite:transaction/1234", Decimal(100), Decimal(100)),
        ("netsuite:transaction/1300:transaction/1235", "netsuite:transaction/1235", Decimal(8), Decimal(8)),
    ]
    named = [r["reference"] for r in all_of("external_references", two) if r["reference_kind"] == "object_id"]
    assert named == ["netsuite:transaction/1234", "netsuite:transaction/1235"]


def test_one_payment_settles_three_invoices() -> None:
    record = ns.payment(
        "1400", 200.0, [ns.to("1", 100.0), ns.to("2", 50.5), ns.to("3", 49.5), ns.to("4", 9.0, chosen=False)]
    )
    payment, applied = told(record, "cash"), all_of("cash_applications", record)
    assert (payment["amount"], payment["method"], payment["customer_id"]) == (200, "Check", "netsuite:entity/24")
    assert [(a["document_id"], a["amount"]) for a in applied] == [
        ("netsuite:transaction/1", Decimal(100)),
        ("netsuite:transaction/2", Decimal("50.5")),
        ("netsuite:transaction/3", Decimal("49.5")),
    ]
    assert sum(a["amount"] for a in applied) == payment["amount"]


def test_one_invoice_is_settled_by_two_payments() -> None:
    records = [ns.payment("1400", 1000.0, [ns.to("1234", 1000.0)]), ns.payment("1402", 279.1, [ns.to("1234", 279.1)])]
    applied = all_of("cash_applications", *records)
    assert len({a["object_id"] for a in applied}) == 2
    assert sum(a["amount"] for a in applied) == Decimal("1279.1")


def test_a_refund_pays_out_a_credit_memo_and_a_voided_payment_moved_nothing() -> None:
    refund = told(ns.SOUND["refund"], "cash")
    assert (refund["direction"], refund["kind"], refund["amount"]) == ("out", "refund", Decimal(108))
    assert refund["document_id"] == "netsuite:transaction/1300"
    void = ns.payment("1400", 5.0, [ns.to("1", 5.0)], status=ns.named("V", "Voided"))
    assert told(void, "cash")["status"] == "canceled"
    assert all_of("cash_applications", void) == []


def test_a_sales_order_is_a_contract() -> None:
    contract, (line,) = told(ns.ORDER, "contracts"), all_of("contract_lines", ns.ORDER)
    assert (contract["status"], contract["start_at"]) == ("active", datetime(2025, 1, 1, tzinfo=UTC))
    assert contract["end_at"] == datetime(2026, 1, 1, tzinfo=UTC)
    assert (line["contract_id"], line["unit_price"], line["quantity"]) == (contract["object_id"], 1200, 1)
    assert told(ns.ORDER | {"status": ns.named("A", "Pending Approval")}, "contracts")["status"] == "draft"
    closed = told(ns.ORDER | {"status": ns.named("H", "Closed")}, "contracts")
    assert (closed["status"], closed["end_at"]) == ("canceled", closed["effective_at"])


def test_an_entry_of_one_book_alone_is_not_told() -> None:
    """Its amounts stand in a book beside the one that everything else is in."""
    assert all_of("ledger_entries", ns.ENTRY | {"accountingBook": ns.named("2", "IFRS")}) == []


def test_a_journal_entry_sums_to_zero() -> None:
    lines = all_of("ledger_entries", ns.ENTRY)
    assert [(line["account"], line["amount"]) for line in lines] == [
        ("2400 Deferred Revenue", Decimal(1000)),
        ("4000 Revenue", Decimal(-1000)),
    ]
    assert {line["posted_on"] for line in lines} == {date(2025, 1, 31)}
    voided = all_of("ledger_entries", ns.ENTRY | {"status": ns.named("V", "Voided")})
    assert {line["operation"] for line in voided} == {"retract"}


def test_a_customer_and_an_item() -> None:
    customer = told(ns.SOUND["customer"], "customers")
    assert (customer["name"], customer["currency"]) == ("Acme", "USD")
    found = {
        (r["reference_kind"], r["relation"], r["reference_system"], r["reference"])
        for r in all_of("external_references", ns.SOUND["customer"])
    }
    assert found == {
        ("email", "names", None, "pay@acme.com"),
        ("tax_id", "names", None, "DE123456789"),
        ("customer_number", "names", None, "C-24"),
        ("external_id", "same_as", None, "crm-24"),
        ("object_id", "same_as", "salesforce", "salesforce:0014H00002LbR7QQAV"),
    }
    item = told(ns.SOUND["item"], "products")
    assert (item["object_id"], item["unit_cost"], item["cost_currency"]) == ("netsuite:item/2", Decimal("80.25"), "USD")


def test_a_bill_is_what_we_owe() -> None:
    bill = told(ns.SOUND["bill"], "payables")
    assert (bill["status"], bill["total"], bill["amount_paid"]) == ("open", Decimal("103.55"), Decimal(100))


@pytest.mark.parametrize(
    "record",
    [
        ns.record("vendor", "46"),
        ns.record("itemFulfillment", "1700"),
        {"delivery": {"topic": "estimate", "currency": None}, "body": ns.record("estimate", "98")},
        ns.ENTRY | {"status": ns.named("1", "Pending Approval")},
    ],
)
def test_what_carries_no_facts_is_unmapped(record: Record) -> None:
    assert normalise(record, source="netsuite").events.select("disposition", "message").rows() == [("unmapped", None)]


NAMELESS = {"items": [{"line": 0, "debit": 1.0}]}


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (ns.invoice(item={"links": []}), "MISSING_FIELD", "item.items"),
        (ns.invoice(total=None), "MISSING_FIELD", "total"),
        (ns.invoice(total="much"), "WRONG_TYPE", "total"),
        (ns.invoice(currency=None), "MISSING_FIELD", "currency"),
        (ns.invoice(lastModifiedDate=None, createdDate=None), "MISSING_FIELD", "lastModifiedDate"),
        (ns.invoice(links=[]), "MISSING_FIELD", "recordType"),
        (ns.ENTRY | {"line": NAMELESS}, "MISSING_FIELD", "account"),
        (ns.ORDER | {"status": None}, "MISSING_FIELD", "status.refName"),
    ],
)
def test_what_cannot_be_read_says_why(record: Record, code: str, field: str) -> None:
    found, message = verdict(record, "netsuite")
    assert found == code
    assert message is not None
    assert field in message
