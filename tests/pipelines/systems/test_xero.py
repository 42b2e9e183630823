"""Xero: documents to the cent, allocations, refunds and journals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from assets.facts.state import latest
from expectations.gate import judge
from lakehouse.tables import BY_NAME, silver
from pipelines.systems.leaves import value
from pipelines.systems.shape import Leaf
from tests.pipelines.systems import xero_records as xero
from tests.pipelines.systems.normalising import Record, normalise, row, rows, verdict

JANUARY_15 = datetime(2025, 1, 15, tzinfo=UTC)
FEBRUARY_14 = datetime(2025, 2, 14, tzinfo=UTC)


def told(record: Record, table: str) -> Record:
    return row(record, table, "xero")


def all_of(table: str, *records: Record) -> list[Record]:
    return rows(normalise(*records, source="xero"), table)


def test_every_sound_record_passes_its_gate() -> None:
    normalised = normalise(*xero.SOUND.values(), source="xero")
    context = {silver.DOCUMENT_LINES.qualified_name: normalised.facts["silver.document_lines"]}
    for name, frame in normalised.facts.items():
        report = judge(BY_NAME[name], frame, context if name == "silver.documents" else {})
        # Its credit notes have no reason.
        warned = ["credit_note_says_why"] if name == "silver.documents" else []
        assert [r.expectation.name for r in report.failures] == warned, name
        assert report.rejected.is_empty()
        assert frame.get_column("row_key").is_unique().all()


@pytest.mark.parametrize(
    ("spelled", "moment"),
    [
        ("/Date(1518685950940+0000)/", datetime(2018, 2, 15, 9, 12, 30, 940_000, tzinfo=UTC)),
        ("/Date(1518685950940+1300)/", datetime(2018, 2, 15, 9, 12, 30, 940_000, tzinfo=UTC)),
        ("/Date(1551812346335)/", datetime(2019, 3, 5, 18, 59, 6, 335_000, tzinfo=UTC)),
        ("2018-02-15T09:12:30.94", datetime(2018, 2, 15, 9, 12, 30, 940_000, tzinfo=UTC)),
        ("2018-02-15", datetime(2018, 2, 15, tzinfo=UTC)),
        ("/Date(x)/", None),
        ("/Date(99999999999999)/", None),
    ],
)
def test_moments_in_every_spelling(spelled: str, moment: datetime | None) -> None:
    frame = pl.DataFrame({"text": [spelled]}).select(
        stamp=value(Leaf.STAMP, pl.col("text")), day=value(Leaf.STAMP_DAY, pl.col("text"))
    )
    assert frame.row(0) == (moment, moment.date() if moment else None)


def test_an_invoice_adds_up() -> None:
    document = told(xero.invoice(), "documents")
    # 1,800.00 + 50.55 = 1,850.55, and 225.00 + 6.32 = 231.32 tax: 2,081.87
    assert (document["subtotal"], document["tax"], document["total"]) == (
        Decimal("1850.55"),
        Decimal("231.32"),
        Decimal("2081.87"),
    )
    assert (document["object_id"], document["status"], document["currency"]) == ("xero:243216c5", "open", "NZD")
    assert (document["issued_at"], document["due_at"]) == (JANUARY_15, FEBRUARY_14)
    lines = all_of("document_lines", xero.invoice())
    assert [(line["amount"], line["tax"]) for line in lines] == [(1800, 225), (Decimal("50.55"), Decimal("6.32"))]
    assert {line["product_id"] for line in lines} == {"xero:item-1"}
    assert sum(line["amount"] + line["tax"] for line in lines) == document["total"]


def test_tax_inside_an_amount_is_taken_off() -> None:
    record = xero.invoice(LineAmountTypes="Inclusive", LineItems=[xero.line(1, 2081.87, 231.32)])
    (line,) = all_of("document_lines", record)
    # 2,081.87 - 231.32 = 1,850.55
    assert line["amount"] == Decimal("1850.55")


@pytest.mark.parametrize(
    ("status", "expected"), [("DRAFT", "draft"), ("SUBMITTED", "draft"), ("PAID", "paid"), ("VOIDED", "void")]
)
def test_states_of_an_invoice(status: str, expected: str) -> None:
    document = told(xero.invoice(Status=status, AmountDue=0), "documents")
    assert document["status"] == expected
    assert (document["voided_at"] is not None) is (expected == "void")


def test_a_deleted_invoice_and_a_deleted_payment_are_retracted() -> None:
    later = {"UpdatedDateUTC": "2025-03-01T00:00:00"}
    gone = xero.invoice(Status="DELETED", **later), xero.payment("p1", "243216c5", 2081.87, Status="DELETED", **later)
    facts = normalise(xero.invoice(), xero.SOUND["payment"], *gone, source="xero").facts
    for table in ("documents", "cash", "cash_applications"):
        assert facts[f"silver.{table}"].height == 2
        assert latest(facts[f"silver.{table}"]).is_empty()


def test_a_bill_is_what_we_owe() -> None:
    bill = told(xero.SOUND["bill"], "payables")
    assert (bill["total"], bill["amount_paid"], bill["amount_remaining"]) == (Decimal("2081.87"), 2000, Decimal("81.87"))
    assert all_of("documents", xero.SOUND["bill"]) == []


def test_a_credit_note_of_one_invoice_corrects_it() -> None:
    note = told(xero.credit_note([("243216c5", 112.5)]), "documents")
    assert (note["kind"], note["corrects_document_id"], note["total"], note["tax"]) == (
        "credit_note",
        "xero:243216c5",
        Decimal("112.5"),
        Decimal("12.5"),
    )
    assert (note["amount_paid"], note["amount_remaining"]) == (0, Decimal("112.5"))


def test_a_credit_note_of_two_invoices_corrects_each_by_its_part() -> None:
    record = xero.credit_note([("i2", 10.0), ("243216c5", 100.0)])
    notes = all_of("documents", record)
    # What is not allocated, 112.50 - 110.00, stays with the first.
    assert [(n["object_id"], n["corrects_document_id"], n["total"]) for n in notes] == [
        ("xero:aea95d78", "xero:243216c5", Decimal("102.5")),
        ("xero:aea95d78:i2", "xero:i2", Decimal(10)),
    ]
    assert len({n["row_key"] for n in notes}) == 2
    named = [r["reference"] for r in all_of("external_references", record) if r["reference_kind"] == "object_id"]
    assert named == ["xero:i2", "xero:243216c5"]


def test_a_line_that_is_only_a_description_is_no_line() -> None:
    lines = all_of("document_lines", xero.invoice(LineItems=[{"Description": "For March"}, xero.line(1, 1850.55, 231.32)]))
    assert [(line["line_number"], line["amount"]) for line in lines] == [(2, Decimal("1850.55"))]


def test_what_is_submitted_for_approval_is_a_draft_and_not_issued() -> None:
    document = told(xero.invoice(Status="SUBMITTED"), "documents")
    assert (document["status"], document["issued_at"]) == ("draft", None)


def test_a_credit_note_that_is_paid_out() -> None:
    note = told(xero.credit_note([], 112.5), "documents")
    assert (note["amount_paid"], note["amount_remaining"]) == (Decimal("112.5"), 0)
    cash = told(xero.REFUND, "cash")
    assert (cash["direction"], cash["kind"], cash["document_id"]) == ("out", "refund", "xero:aea95d78")
    assert all_of("cash_applications", xero.REFUND) == []


def test_one_transfer_for_three_invoices_is_three_payments_of_a_batch() -> None:
    batch = {"BatchPayment": {"BatchPaymentID": "batch-1"}}
    records = [xero.payment(f"p{n}", f"i{n}", 100.0, **batch) for n in (1, 2, 3)]
    payments, applied = all_of("cash", *records), all_of("cash_applications", *records)
    assert {p["payment_group_id"] for p in payments} == {"xero:batch-1"}
    assert [(a["cash_id"], a["document_id"], a["amount"]) for a in applied] == [
        (f"xero:p{n}", f"xero:i{n}", Decimal(100)) for n in (1, 2, 3)
    ]


def test_one_invoice_is_settled_by_two_payments() -> None:
    applied = all_of("cash_applications", xero.payment("p1", "243216c5", 2000.0), xero.payment("p2", "243216c5", 81.87))
    assert sum(a["amount"] for a in applied) == Decimal("2081.87")
    assert {a["document_id"] for a in applied} == {"xero:243216c5"}


def test_what_reached_the_bank_in_another_currency() -> None:
    record = xero.payment("p1", "i1", 100.0, BankAmount=58.2, Account={"CurrencyCode": "USD"})
    cash = told(record, "cash")
    assert (cash["amount"], cash["currency"]) == (100, "NZD")
    assert (cash["settlement_amount"], cash["settlement_currency"]) == (Decimal("58.2"), "USD")


def test_a_journal_sums_to_zero_and_names_its_document() -> None:
    lines = all_of("ledger_entries", xero.SOUND["journal"])
    # 2,081.87 - 1,850.55 - 231.32 = 0
    assert sum(line["amount"] for line in lines) == 0
    assert {line["document_id"] for line in lines} == {"xero:243216c5"}
    assert {(line["currency"], line["posted_on"]) for line in lines} == {("NZD", date(2025, 1, 15))}


def test_a_journal_by_hand_is_the_same_entry_in_both_feeds() -> None:
    posted = xero.JOURNAL | {
        "SourceID": "99cb8353",
        "SourceType": "MANJOURNAL",
        "JournalLines": [{"AccountCode": "720", "NetAmount": 2569.0}, {"AccountCode": "800", "NetAmount": -2569.0}],
    }
    both = normalise(xero.SOUND["manual"], xero.delivered("Journals", posted), source="xero").facts["silver.ledger_entries"]
    state = latest(both)
    assert state.height == 2
    assert state.get_column("amount").sum() == 0
    voided = xero.delivered("ManualJournals", xero.MANUAL | {"Status": "VOIDED", "UpdatedDateUTC": "2025-03-01T00:00:00"})
    assert latest(normalise(xero.SOUND["manual"], voided, source="xero").facts["silver.ledger_entries"]).is_empty()


def test_the_same_object_in_each_wrapping_gives_the_same_facts() -> None:
    wrapped = (xero.invoice(), xero.listed("Invoices", xero.invoice()), xero.delivered("Invoices", xero.invoice()))
    events = normalise(*wrapped, source="xero").events
    assert events["message"].to_list() == [None] * 3
    assert events["source_event_id"].n_unique() == 1


def test_a_contact_and_an_item() -> None:
    contact = told(xero.SOUND["contact"], "customers")
    assert (contact["country"], contact["terms"], contact["currency"]) == ("NZ", "20 DAYSAFTERBILLDATE", "NZD")
    named = {(r["reference_kind"], r["reference"]) for r in all_of("external_references", xero.SOUND["contact"])}
    assert named == {("email", "a@city.example"), ("tax_id", "12-345-678")}
    item = told(xero.SOUND["item"], "products")
    assert (item["unit_cost"], item["cost_currency"]) == (Decimal("10.5"), "NZD")
    assert told(xero.SOUND["item"], "prices")["unit_amount"] == 1800


@pytest.mark.parametrize(
    "record",
    [
        {"OverpaymentID": "o1", "UpdatedDateUTC": xero.UPDATED},
        xero.listed("Quotes", {"QuoteID": "q1", "UpdatedDateUTC": xero.UPDATED}),
        xero.payment("p1", "b1", 5.0, PaymentType="ACCPAYPAYMENT"),
        xero.credit_note([], Type="ACCPAYCREDIT"),
        xero.delivered("ManualJournals", xero.MANUAL | {"Status": "DRAFT"}),
        {"events": [{"resourceId": "243216c5", "eventDateUtc": "2025-01-15T10:00:00.000", "eventType": "Update"}]},
    ],
)
def test_what_carries_no_facts_is_unmapped(record: Record) -> None:
    assert normalise(record, source="xero").events.select("disposition", "message").rows() == [("unmapped", None)]


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (xero.invoice(LineItems=[]), "MISSING_FIELD", "LineItems"),
        (xero.listed("Invoices", xero.invoice(), xero.invoice(InvoiceID="i2")), "NOT_ALLOWED", "Invoices"),
        (xero.invoice(Status="MAYBE"), "NOT_ALLOWED", "Status"),
        (xero.invoice(CurrencyCode=None), "MISSING_FIELD", "currency"),
        (xero.invoice(UpdatedDateUTC="/Date(99999999999999)/"), "ABSURD_DATE", "UpdatedDateUTC"),
        (xero.MANUAL, "MISSING_FIELD", "currency"),
        (xero.payment("p1", "i1", 5.0, Invoice=None), "MISSING_FIELD", "Invoice.InvoiceID"),
        ({"Name": "?"}, "MISSING_FIELD", "InvoiceID"),
    ],
)
def test_what_cannot_be_read_says_why(record: Record, code: str, field: str) -> None:
    found, message = verdict(record, "xero")
    assert found == code
    assert message is not None
    assert field in message


def test_an_invoice_that_lists_its_payments_and_credits_is_still_an_invoice() -> None:
    inside = {"Payments": [{"PaymentID": "p1", "Amount": 5.0, "UpdatedDateUTC": xero.FEBRUARY_14}]}
    record = xero.invoice(CreditNotes=[{"CreditNoteID": "c1", "AppliedAmount": 5.0}], **inside)
    (event,) = normalise(record, source="xero").events.to_dicts()
    assert (event["event_type"], event["object_id"]) == ("Invoices", "xero:243216c5")
    assert event["known_at"] == datetime(2025, 1, 15, 10, tzinfo=UTC)
