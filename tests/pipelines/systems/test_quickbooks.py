"""QuickBooks Online: documents to the cent, who settles what, and what was taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.state import latest
from expectations.gate import judge
from lakehouse.tables import BY_NAME, silver
from pipelines.systems.bookkeeping import shared_out
from tests.pipelines.systems import quickbooks_records as qb
from tests.pipelines.systems.normalising import Record, normalise, row, rows, verdict

JANUARY_15 = datetime(2025, 1, 15, tzinfo=UTC)


def told(record: Record, table: str) -> Record:
    return row(record, table, "quickbooks")


def all_of(table: str, *records: Record) -> list[Record]:
    return rows(normalise(*records, source="quickbooks"), table)


def invoice(**changes: object) -> Record:
    return qb.one("Invoice", qb.invoice(**changes))


def test_every_sound_record_passes_its_gate() -> None:
    normalised = normalise(*qb.SOUND.values(), source="quickbooks")
    warned = {
        "silver.documents": ["credit_note_names_invoice", "credit_note_says_why"],
        "silver.products": ["cost_has_currency"],
        "silver.prices": ["price_has_currency"],
    }
    context = {silver.DOCUMENT_LINES.qualified_name: normalised.facts["silver.document_lines"]}
    for name, frame in normalised.facts.items():
        report = judge(BY_NAME[name], frame, context if name == "silver.documents" else {})
        assert [r.expectation.name for r in report.failures] == warned.get(name, []), name
        assert report.rejected.is_empty()
        assert frame.get_column("row_key").is_unique().all()


def test_an_invoice_adds_up() -> None:
    document = told(invoice(), "documents")
    assert (document["object_id"], document["number"], document["status"]) == ("quickbooks:Invoice/130", "1037", "open")
    # 275.00 + 12.75 + 47.50 = 335.25, and 26.82 tax = 362.07
    assert (document["subtotal"], document["tax"], document["total"]) == (
        Decimal("335.25"),
        Decimal("26.82"),
        Decimal("362.07"),
    )
    assert (document["amount_paid"], document["amount_remaining"]) == (0, Decimal("362.07"))
    assert (document["issued_at"], document["due_at"]) == (JANUARY_15, datetime(2025, 2, 14, tzinfo=UTC))
    assert document["effective_at"] == datetime(2025, 1, 15, 18, tzinfo=UTC)
    lines = all_of("document_lines", invoice())
    assert [line["amount"] for line in lines] == [Decimal(275), Decimal("12.75"), Decimal("47.50")]
    assert {line["product_id"] for line in lines} == {"quickbooks:Item/2"}


def test_a_discount_is_taken_off_the_lines_in_proportion() -> None:
    record = invoice(
        Line=[qb.sold(1, 100.0), qb.sold(2, 100.0), qb.sold(3, 100.0), qb.subtotal(300.0), qb.discount(10.0)],
        TotalAmt=316.82,
    )
    lines = all_of("document_lines", record)
    # 10.00 / 3: cumulatively 3.33, 6.67, 10.00
    assert [line["discount"] for line in lines] == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    # 290.00 + 26.82 tax = 316.82
    assert sum(line["amount"] for line in lines) == Decimal(290)


def test_a_group_is_one_line() -> None:
    group = {
        "Id": "5",
        "Amount": 335.25,
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {"Line": [qb.sold(1, 335.25)]},
    }
    (line,) = all_of("document_lines", invoice(Line=[group, {"DetailType": "DescriptionOnly", "Description": "Thanks"}]))
    assert line["amount"] == Decimal("335.25")


@pytest.mark.parametrize("silent", [{}, {"Amount": 0}])
def test_a_group_that_does_not_say_what_it_comes_to_is_its_items(silent: Record) -> None:
    parts = [qb.sold(11, 300.0, item="21"), qb.sold(12, 35.25, item="22")]
    group = {"Id": "5", "DetailType": "GroupLineDetail", "GroupLineDetail": {"Quantity": 1, "Line": parts}, **silent}
    lines = all_of("document_lines", invoice(Line=[group, qb.sold(1, 10.0), qb.subtotal(345.25)], TotalAmt=372.07))
    assert [(line["line_number"], line["product_id"], line["amount"]) for line in lines] == [
        (1, "quickbooks:Item/21", Decimal(300)),
        (2, "quickbooks:Item/22", Decimal("35.25")),
        (3, "quickbooks:Item/2", Decimal(10)),
    ]


def test_an_invoice_that_is_paid_and_one_that_is_voided() -> None:
    paid = told(invoice(Balance=0), "documents")
    assert (paid["status"], paid["amount_paid"], paid["amount_remaining"]) == ("paid", Decimal("362.07"), 0)
    nothing = {"Line": [qb.sold(1, 0)], "TxnTaxDetail": {"TotalTax": 0}, "TotalAmt": 0, "Balance": 0}
    void = told(invoice(PrivateNote="Voided - wrong customer", **nothing), "documents")
    assert (void["status"], void["voided_at"]) == ("void", void["effective_at"])
    assert told(invoice(**nothing), "documents")["status"] == "open"


def test_the_same_object_in_each_wrapping_gives_the_same_facts() -> None:
    body = qb.invoice()
    delivery = {"delivery": {"topic": "Invoice", "currency": None}, "body": body}
    events = normalise(
        qb.one("Invoice", body), qb.query("Invoice", body), qb.changes("Invoice", body), delivery, source="quickbooks"
    ).events
    assert events["message"].to_list() == [None] * 4
    assert events["source_event_id"].n_unique() == 1


def test_the_delivery_tells_the_currency_of_a_company_that_keeps_one() -> None:
    assert told(qb.SOUND["delivered"], "documents")["currency"] == "USD"
    found, message = verdict(invoice(CurrencyRef=None), "quickbooks")
    assert (found, message) == ("MISSING_FIELD", "Invoice.currency is missing or empty.")


def test_what_an_invoice_says_of_its_identity_elsewhere() -> None:
    found = all_of("external_references", invoice())
    assert {(r["reference_kind"], r["relation"], r["reference"]) for r in found} == {
        ("invoice_number", "names", "1037"),
        ("email", "names", "family@example.com"),
        ("po_number", "names", "PO-77"),
        ("object_id", "derives_from", "quickbooks:Estimate/99"),
    }


def test_one_payment_settles_three_invoices() -> None:
    record = qb.one("Payment", qb.payment([(100.0, "Invoice", "1"), (50.5, "Invoice", "2"), (49.5, "Invoice", "3")], 200.0))
    payment = told(record, "cash")
    assert (payment["direction"], payment["kind"], payment["status"], payment["amount"]) == (
        "in",
        "payment",
        "succeeded",
        200,
    )
    assert payment["effective_at"] == datetime(2025, 2, 1, tzinfo=UTC)
    applied = all_of("cash_applications", record)
    assert [(a["document_id"], a["amount"]) for a in applied] == [
        ("quickbooks:Invoice/1", Decimal(100)),
        ("quickbooks:Invoice/2", Decimal("50.5")),
        ("quickbooks:Invoice/3", Decimal("49.5")),
    ]
    assert {a["cash_id"] for a in applied} == {payment["object_id"]}
    assert sum(a["amount"] for a in applied) == payment["amount"]


def test_one_invoice_is_settled_by_two_payments() -> None:
    first = qb.one("Payment", qb.payment([(300.0, "Invoice", "130")], 300.0))
    second = qb.one("Payment", qb.payment([(62.07, "Invoice", "130")], 62.07) | {"Id": "211"})
    applied = all_of("cash_applications", first, second)
    assert len({a["object_id"] for a in applied}) == 2
    assert sum(a["amount"] for a in applied) == Decimal("362.07")


def test_a_credit_memo_is_no_cash_and_is_said_to_belong_to_the_invoice() -> None:
    record = qb.one("Payment", qb.payment([(108.0, "Invoice", "130"), (108.0, "CreditMemo", "73")], 0))
    assert all_of("cash_applications", record) == []
    (link,) = [r for r in all_of("external_references", record) if r["reference_kind"] == "object_id"]
    assert (link["object_id"], link["reference"]) == ("quickbooks:CreditMemo/73", "quickbooks:Invoice/130")
    note = told(qb.SOUND["credit_memo"], "documents")
    assert (note["kind"], note["status"], note["total"], note["tax"]) == ("credit_note", "open", Decimal(108), Decimal(8))
    assert (note["amount_paid"], note["amount_remaining"]) == (0, Decimal(108))


def test_a_credit_memo_is_a_credit_note_of_each_invoice_that_it_is_applied_to() -> None:
    """Invoices of 100.00 and 50.00 are settled by 108.00 of a memo, 2.00 of another and 40.00 of money."""
    lines = [(100.0, "Invoice", "1"), (50.0, "Invoice", "2"), (108.0, "CreditMemo", "73"), (2.0, "CreditMemo", "74")]
    record = qb.one("Payment", qb.payment(lines, 40.0))
    applied = all_of("cash_applications", record)
    assert [(a["document_id"], a["amount"]) for a in applied] == [("quickbooks:Invoice/1", Decimal(40))]
    notes = all_of("documents", record)
    assert [(n["object_id"].split(":")[1], n["corrects_document_id"], n["total"]) for n in notes] == [
        ("CreditMemo/73", "quickbooks:Invoice/1", Decimal(60)),  # 100 - 40 of money
        ("CreditMemo/73", "quickbooks:Invoice/2", Decimal(48)),  # 108 - 60
        ("CreditMemo/74", "quickbooks:Invoice/2", Decimal(2)),
    ]
    assert {(n["kind"], n["amount_paid"], n["issued_at"]) for n in notes} == {
        ("credit_note", 0, datetime(2025, 2, 1, tzinfo=UTC))
    }
    # The memo itself corrects nothing besides, even where it says what it was made for.
    memo = qb.one("CreditMemo", qb.CREDIT_MEMO | {"InvoiceRef": {"value": "1"}})
    assert told(memo, "documents")["corrects_document_id"] is None


def test_money_that_is_left_over_settles_no_more_than_the_invoice() -> None:
    """150.00 came for an invoice of 100.00 that a memo settles with 30.00: 70.00 of money settle it, 80.00 are left."""
    record = qb.one("Payment", qb.payment([(100.0, "Invoice", "1"), (30.0, "CreditMemo", "73")], 150.0, UnappliedAmt=80.0))
    assert [a["amount"] for a in all_of("cash_applications", record)] == [Decimal(70)]
    assert [n["total"] for n in all_of("documents", record)] == [Decimal(30)]


def test_a_sales_receipt_is_an_invoice_paid_at_once_and_a_refund_receipt_the_reverse() -> None:
    receipt = normalise(qb.SOUND["receipt"], source="quickbooks")
    (document,), (cash,), (applied,) = (rows(receipt, t) for t in ("documents", "cash", "cash_applications"))
    assert (document["kind"], document["status"], document["amount_paid"]) == ("invoice", "paid", Decimal("337.5"))
    assert (cash["direction"], cash["amount"], applied["document_id"]) == ("in", Decimal("337.5"), document["object_id"])
    refund = normalise(qb.SOUND["refund"], source="quickbooks")
    (note,), (back,) = rows(refund, "documents"), rows(refund, "cash")
    assert (note["kind"], note["amount_paid"]) == ("credit_note", Decimal("337.5"))
    assert (back["direction"], back["kind"], back["document_id"]) == ("out", "refund", note["object_id"])


def test_a_journal_entry_sums_to_zero() -> None:
    lines = all_of("ledger_entries", qb.SOUND["entry"])
    assert [(line["account"], line["amount"]) for line in lines] == [("Deferred revenue", 1000), ("Revenue", -1000)]
    assert {line["posted_on"] for line in lines} == {date(2025, 1, 31)}
    assert lines[1]["customer_id"] == "quickbooks:Customer/24"


def test_a_bill_and_an_item() -> None:
    bill = told(qb.SOUND["bill"], "payables")
    assert (bill["status"], bill["total"], bill["amount_paid"], bill["amount_remaining"]) == (
        "open",
        Decimal("103.55"),
        Decimal(100),
        Decimal("3.55"),
    )
    product, price = told(qb.SOUND["item"], "products"), told(qb.SOUND["item"], "prices")
    assert (product["unit_cost"], product["revenue_account"]) == (Decimal("80.5"), "Services")
    assert (price["product_id"], price["unit_amount"]) == (product["object_id"], Decimal(275))


@pytest.mark.parametrize(("entity", "table"), [("Invoice", "documents"), ("Payment", "cash"), ("Bill", "payables")])
def test_a_deleted_object_is_retracted(entity: str, table: str) -> None:
    bodies = {"Invoice": qb.invoice(), "Payment": qb.payment([], 5.0), "Bill": qb.SOUND["bill"]["Bill"]}
    body = bodies[entity]
    facts = normalise(qb.deleted(entity, body["Id"]), qb.one(entity, body), source="quickbooks").facts
    assert facts[f"silver.{table}"].height == 2
    assert latest(facts[f"silver.{table}"]).is_empty()


@pytest.mark.parametrize(
    "record",
    [
        qb.one("Vendor", qb.common("46")),
        qb.query("Estimate", qb.common("99") | {"Line": [qb.sold(1, 5.0)]}),
        qb.changes("Purchase", qb.common("99")),
        {"delivery": {"topic": "Deposit", "currency": None}, "body": qb.common("7")},
        {
            "eventNotifications": [
                {
                    "realmId": "1185883450",
                    "dataChangeEvent": {
                        "entities": [
                            {
                                "name": "Customer",
                                "id": "1",
                                "operation": "Create",
                                "lastUpdated": "2025-10-05T14:42:19-0700",
                            }
                        ]
                    },
                }
            ]
        },
    ],
)
def test_what_carries_no_facts_is_unmapped(record: Record) -> None:
    assert normalise(record, source="quickbooks").events.select("disposition", "message").rows() == [("unmapped", None)]


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (qb.invoice(), "MISSING_FIELD", "the key that names the object"),
        (qb.query("Invoice", qb.invoice(), qb.invoice(Id="2")), "NOT_ALLOWED", "QueryResponse.Invoice"),
        (invoice(TotalAmt=None), "MISSING_FIELD", "Invoice.TotalAmt"),
        (qb.query("Invoice", qb.invoice(TotalAmt=None)), "MISSING_FIELD", "QueryResponse.Invoice[0].TotalAmt"),
        (invoice(TotalAmt=-1), "NOT_ALLOWED", "Invoice.TotalAmt"),
        (invoice(TxnDate="15/01/2025"), "WRONG_TYPE", "Invoice.TxnDate"),
        (invoice(MetaData={}), "MISSING_FIELD", "MetaData.LastUpdatedTime"),
        (invoice(CurrencyRef={"value": "XYZ"}), "UNKNOWN_CURRENCY", "Invoice.CurrencyRef.value"),
        (invoice(Line="none"), "WRONG_TYPE", "Invoice.Line"),
        (qb.one("JournalEntry", qb.ENTRY | {"Line": [qb.entry_line("0", 1.0, "Both", "x")]}), "NOT_ALLOWED", "PostingType"),
    ],
)
def test_what_cannot_be_read_says_why(record: Record, code: str, field: str) -> None:
    if "time" in record and field.startswith("MetaData"):
        record = {"Invoice": record["Invoice"]}
    found, message = verdict(record, "quickbooks")
    assert found == code
    assert message is not None
    assert field in message


@given(
    st.lists(st.integers(0, 10**7), min_size=1, max_size=8), st.integers(0, 10**6), st.sampled_from(["USD", "JPY", "BHD"])
)
def test_shares_add_up_to_the_whole(amounts: list[int], whole: int, currency: str) -> None:
    step = {"USD": Decimal("0.01"), "JPY": Decimal(1), "BHD": Decimal("0.001")}[currency]
    lines = pl.DataFrame(
        {
            "_row": [0] * len(amounts),
            "off": [whole * step] * len(amounts),
            "amount": [amount * step for amount in amounts],
            "currency": [currency] * len(amounts),
        },
        schema_overrides={"off": pl.Decimal(20, 4), "amount": pl.Decimal(20, 4)},
    )
    shares = lines.select(share=shared_out(lines, "off", "amount", "currency")).to_series().to_list()
    assert sum(shares) == whole * step
    assert all(share % step == 0 and share >= 0 for share in shares)
