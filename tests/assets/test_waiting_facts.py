"""What waits: facts without their counterpart, facts in conflict, rows that failed a gate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from lakehouse.tables import quarantine
from tests.assets.revenue_facts import BOOKED_AT, Row, cash, changes, credit_note, fact, invoice, run

BILLED = invoice("test:in_1", "2024-01-01", [("90.00", None, None)])
PAID = cash("payment", "test:ch_1", "2024-01-02", "90.00", document_id="test:in_1")
REFUND = cash("refund", "test:re_1", "2024-02-01", "9.00", payment_id="test:ch_1")


def pending(books: dict[str, pl.DataFrame]) -> set[tuple[Any, ...]]:
    return set(books["pending_facts"].select("table_name", "object_id", "reason", "waits_for", "amount").iter_rows())


def rejected(stage: str, code: str, **columns: str) -> pl.DataFrame:
    row = {"quarantine_key": "q1", "stage": stage, "source": "test", "split": "f", "code": code, "rejected_at": BOOKED_AT}
    return quarantine.REJECTED.conform(pl.DataFrame([{**row, "message": "m", "remedy": "r", **columns}]))


def resolved(outcome: str) -> pl.DataFrame:
    row = {"quarantine_key": "q1", "outcome": outcome, "resolved_at": BOOKED_AT}
    return quarantine.RESOLUTIONS.conform(pl.DataFrame([row]))


@pytest.mark.parametrize(
    ("early", "missing", "waits_for", "amount"),
    [
        (REFUND, [PAID], "test:ch_1", "9.00"),
        (credit_note("test:cn_1", "2024-02-01", "test:in_1", "9.00"), BILLED, "test:in_1", "9.00"),
    ],
)
def test_a_fact_waits_for_its_counterpart_and_counts_once_it_is_there(
    early: Row, missing: list[Row], waits_for: str, amount: str
) -> None:
    table, row = early
    others = [r for r in [*BILLED, PAID] if r not in missing]
    before = run([*others, early])
    assert (table, row["object_id"], "missing", waits_for, Decimal(amount)) in pending(before)
    assert row["object_id"] not in before["journal"].get_column("event_id").to_list()
    after = run([*others, early, *missing], held=before["journal"])
    assert pending(after) == set()
    assert changes(after["journal"]) == changes(run([*BILLED, PAID, early])["journal"])


def test_a_payment_of_an_unknown_invoice_is_unapplied_meanwhile() -> None:
    before = run([PAID])
    assert changes(before["journal"]) == {"Cash": {"2024-01": "90.00"}, "UnappliedCash": {"2024-01": "90.00"}}
    assert pending(before) == {("cash", "test:ch_1", "missing", "test:in_1", Decimal(90))}
    after = run([PAID, *BILLED], held=before["journal"])
    assert changes(after["journal"]) == {"Cash": {"2024-01": "90.00"}, "Revenue": {"2024-01": "90.00"}}


def test_an_invoice_of_an_unknown_contract_counts_and_is_listed_without_an_amount() -> None:
    books = run(invoice("test:in_1", "2024-01-01", [("90.00", None, None)], contract_id="test:sub"))
    assert pending(books) == {("documents", "test:in_1", "missing", "test:sub", None)}
    assert changes(books["journal"])["Revenue"] == {"2024-01": "90.00"}
    assert books["contracts"].select("contract_id", "status").rows() == [("test:sub", "invoiced")]


def test_an_application_of_unknown_cash_waits() -> None:
    stated = {"cash_id": "test:pi_9", "document_id": "test:in_1", "amount": Decimal(90), "currency": "USD"}
    books = run([*BILLED, fact("cash_applications", "test:a", "2024-01-02", **stated)])
    assert pending(books) == {("cash_applications", "test:a", "missing", "test:pi_9", None)}


def test_an_invoice_without_any_line_waits_and_does_not_become_tax() -> None:
    books = run(invoice("test:in_1", "2024-01-01", [], total="90.00"))
    assert pending(books) == {("documents", "test:in_1", "missing", "test:in_1", Decimal(90))}
    assert books["journal"].is_empty()


def test_an_invoice_waits_for_a_line_that_failed_the_gate() -> None:
    rows = invoice("test:in_1", "2024-01-01", [("60.00", None, None), ("30.00", None, None)])
    failed = rejected("gate", "AMOUNT", row_key=rows[1][1]["row_key"])
    books = run(rows, rejected=failed)
    assert pending(books) == {("documents", "test:in_1", "missing", "test:in_1:il_1", Decimal(90))}
    assert books["journal"].is_empty()
    let_in = run(rows, rejected=failed, resolutions=resolved("replayed"))
    assert changes(let_in["journal"])["Revenue"] == {"2024-01": "90.00"}
    assert run(rows, rejected=failed, resolutions=resolved("dismissed"))["journal"].is_empty()


def test_a_corrected_event_takes_the_place_of_the_one_that_failed_the_gate() -> None:
    first = invoice("test:in_1", "2024-01-01", [("60.00", None, None), ("30.00", None, None)])
    again = invoice("test:in_1", "2024-01-01", [("60.00", None, None), ("30.00", None, None)], at="2024-01-02")
    books = run([*first, *again], rejected=rejected("gate", "AMOUNT", row_key=first[1][1]["row_key"]))
    assert changes(books["journal"])["Revenue"] == {"2024-01": "90.00"}


def conflict_on(row: Row, object_id: str) -> pl.DataFrame:
    return rejected("ingest", "EVENT_CONFLICT", source_event_id=row[1]["source_event_id"], object_id=object_id)


def test_an_invoice_in_conflict_is_held_with_its_cash() -> None:
    books = run([*BILLED, PAID, REFUND], rejected=conflict_on(BILLED[0], "test:in_1"))
    for table in ("journal", "obligations", "contracts", "recognition_schedule", "sales_daily"):
        assert books[table].is_empty(), table
    assert pending(books) == {
        ("documents", "test:in_1", "conflict", "test:in_1", None),
        ("document_lines", "test:in_1:il_1", "conflict", "test:in_1:il_1", None),
        ("cash", "test:ch_1", "conflict", "test:in_1", Decimal(90)),
        ("cash", "test:re_1", "conflict", "test:in_1", Decimal(9)),
    }


def test_a_resolved_conflict_counts_again() -> None:
    held = run([*BILLED, PAID], rejected=conflict_on(BILLED[0], "test:in_1"))
    free = run(
        [*BILLED, PAID],
        held=held["journal"],
        rejected=conflict_on(BILLED[0], "test:in_1"),
        resolutions=resolved("dismissed"),
    )
    assert changes(free["journal"]) == changes(run([*BILLED, PAID])["journal"])


def test_a_conflict_that_comes_later_takes_back_what_was_posted() -> None:
    before = run([*BILLED, PAID])
    after = run([*BILLED, PAID], held=before["journal"], rejected=conflict_on(BILLED[0], "test:in_1"))
    assert changes(after["journal"]) == {}
    assert after["added"].get_column("is_correction").all()


def test_a_payment_in_conflict_holds_its_refund_and_leaves_the_invoice() -> None:
    books = run([*BILLED, PAID, REFUND], rejected=conflict_on(PAID, "test:ch_1"))
    assert changes(books["journal"])["AccountsReceivable"] == {"2024-01": "90.00"}
    assert "Cash" not in changes(books["journal"])
    assert ("cash", "test:re_1", "conflict", "test:ch_1", Decimal(9)) in pending(books)


def test_a_contract_in_conflict_has_no_state_and_keeps_its_invoices() -> None:
    agreed = fact("contracts", "test:sub", "2024-01-01", status="active", customer_id="test:cus")
    rows = [agreed, *invoice("test:in_1", "2024-01-01", [("90.00", None, None)], contract_id="test:sub")]
    books = run(rows, rejected=conflict_on(agreed, "test:sub"))
    assert books["contracts"].select("contract_id", "status").rows() == [("test:sub", "invoiced")]
    assert pending(books) == {("contracts", "test:sub", "conflict", "test:sub", None)}


def test_which_variant_came_first_does_not_show() -> None:
    """The rejected variant speaks of an invoice; whichever of the two was accepted, both invoices are held."""
    other = invoice("test:in_2", "2024-01-01", [("50.00", None, None)])
    first = run([*BILLED, *other], rejected=conflict_on(BILLED[0], "test:in_1,test:in_2"))
    assert first["journal"].is_empty()
    assert first["obligations"].is_empty()
