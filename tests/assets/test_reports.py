"""Reports: each is another view of the same journal, and says what it is there to say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from lakehouse.tables import gold
from tests.assets.revenue_facts import Row, cash, fact, invoice, moment, period_log, run
from tests.vectors.contract_facts import BASIS, contract, estimate, line, performed

QUARTER = ("2024-01-01", "2024-04-01")
BILLED = invoice("in_1", "2024-01-01", [("91.00", *QUARTER)], total="100.10", products=["test:pro"])
PAID = cash("payment", "ch_1", "2024-01-02", "100.10", document_id="in_1")
REFUND = cash("refund", "re_1", "2024-02-01", "10.01", payment_id="ch_1")
STORY: list[Row] = [*BILLED, PAID, REFUND]
JAN, FEB, MAR = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)


def policy(name: str, value: str, scope: str = "*", **columns: Any) -> Row:
    stated = {"name": name, "value": value, "scope": scope, "adoption": "prospective"} | columns
    return fact("policies", f"{name}:{scope}", "2020-01-01", effective_from=moment("2020-01-01"), **stated)


def cells(books: dict[str, pl.DataFrame], *columns: str) -> list[tuple[Any, ...]]:
    return books["revenue_waterfall"].sort("booked_period", "recognised_period").select(columns).rows()


def test_the_waterfall_has_a_row_a_booking_and_a_column_a_recognition() -> None:
    later = invoice("in_2", "2024-02-15", [("29.00", "2024-02-15", "2024-03-15")])  # 29 days, a dollar a day
    found = cells(run([*BILLED, *later]), "booked_period", "recognised_period", "booked", "recognised", "remaining")
    assert found == [
        (JAN, JAN, Decimal(91), Decimal(31), Decimal(60)),
        (JAN, FEB, Decimal(0), Decimal(29), Decimal(31)),
        (JAN, MAR, Decimal(0), Decimal(31), Decimal(0)),
        (FEB, FEB, Decimal(29), Decimal(15), Decimal(14)),
        (FEB, MAR, Decimal(0), Decimal(14), Decimal(0)),
    ]


def test_what_is_taken_back_leaves_the_waterfall_and_what_remains_is_scheduled() -> None:
    found = cells(run(STORY, "2024-02-10"), "recognised_period", "taken_back", "released", "remaining", "scheduled")
    # 10 % of 91: 3.10 was earned, 6.00 was not; 54.00 is left: 26.10 of February and 27.90 of March.
    assert found[1] == (FEB, Decimal("-3.10"), Decimal("-6.00"), Decimal("54.00"), Decimal("26.10"))
    assert sum(cell[4] for cell in found) == Decimal("54.00")


def test_what_was_posted_and_taken_out_again_leaves_no_trace_in_the_waterfall() -> None:
    """A delivery that is told for January and then for March is one of March, whether January was refreshed or not."""
    terms = [BASIS, contract("2024-01-01"), line("good", "50", "2024-01-01", promise_kind="good", ssp="50")]
    wrong = performed("good", "good", "2024-01-10", quantity=1)
    table, row = wrong
    right = (table, row | {"row_key": "test|again", "source_event_id": "again", "effective_at": moment("2024-03-10")})
    right[1]["known_at"] = moment("2024-03-11")
    held = run([*terms, wrong], "2024-02-29")["journal"]
    columns = ("booked_period", "recognised_period", "recognised")
    corrected = cells(run([*terms, wrong, right], "2024-03-31", held=held), *columns)
    assert corrected == [(MAR, MAR, Decimal(50))]
    assert corrected == cells(run([*terms, wrong, right], "2024-03-31"), *columns)


def test_a_contract_has_a_receivable_apart_and_one_balance() -> None:
    books = run(BILLED, "2024-01-31")
    [row] = books["contract_balances"].to_dicts()
    assert (row["receivable"], row["contract_liability"], row["contract_asset"]) == (Decimal("100.10"), Decimal(60), 0)


def test_service_before_its_invoice_is_a_contract_asset() -> None:
    off = policy("catch_up", "off", adoption="new_contracts")
    books = run([off, *invoice("in_1", "2024-03-15", [("91.00", *QUARTER)])])
    rows = books["contract_balances"].sort("accounting_period").select("unbilled", "contract_asset").rows()
    assert rows[:2] == [(Decimal(31), Decimal(31)), (Decimal(60), Decimal(60))]  # January, February
    assert rows[2] == (Decimal(0), Decimal(0))


def test_what_remains_is_stated_by_year_and_band() -> None:
    long = invoice("in_1", "2024-01-01", [("1096.00", "2024-01-01", "2027-01-01")])  # 1,096 days, a dollar a day
    books = run([*long, *invoice("in_2", "2024-01-01", [("366.00", "2024-01-01", "2025-01-01")])], "2024-12-31")
    rows = books["remaining_obligations"].sort("year").select("year", "band", "expedient", "amount").rows()
    assert rows == [(2025, "1-12", "none", Decimal(365)), (2026, "13-24", "none", Decimal(365))]


def test_a_contract_of_a_year_is_marked_by_its_expedient() -> None:
    [row] = run(BILLED, "2024-01-31")["remaining_obligations"].to_dicts()
    assert (row["expedient"], row["amount"], row["obligations"]) == ("one_year", Decimal(60), 1)


def test_revenue_is_told_apart_by_product_country_and_timing() -> None:
    facts = [
        fact("products", "test:pro", "2020-01-01", name="Pro", category="software"),
        fact("customers", "test:cus", "2020-01-01", name="Ada", country="DE", segment="smb"),
    ]
    books = run([*STORY, *facts, *invoice("in_2", "2024-01-05", [("50.00", None, None)])])
    january = books["disaggregated_revenue"].filter(accounting_period=JAN).sort("product_id")
    assert january.select("product_id", "category", "country", "segment", "timing", "net_revenue").rows() == [
        ("-", "-", "DE", "smb", "point_in_time", Decimal(50)),
        ("test:pro", "software", "DE", "smb", "over_time", Decimal(31)),
    ]


def test_tax_is_proved_to_be_no_revenue() -> None:
    rows = run(STORY)["tax_proof"].sort("accounting_period").to_dicts()
    assert (rows[0]["invoiced"], rows[0]["net"], rows[0]["tax"]) == (Decimal("100.10"), Decimal(91), Decimal("9.10"))
    assert (rows[1]["tax_taken_back"], rows[1]["tax_owed"]) == (Decimal("-0.91"), Decimal("8.19"))


def test_accounts_are_mapped_by_product_before_entity_before_all() -> None:
    mapping = [
        policy("gl_account.Revenue", "4000"),
        policy("gl_account.Revenue", "4100", "default"),
        policy("gl_account.Revenue", "4200", "test:pro"),
        policy("gl_account.Cash", "1000"),
    ]
    other = invoice("in_2", "2024-01-05", [("50.00", None, None)])
    rows = run([*STORY, *mapping, *other])["gl_export"]
    assert set(rows.filter(account="Revenue").get_column("gl_account")) == {"4100", "4200"}
    assert set(rows.filter(account="Cash").get_column("gl_account")) == {"1000"}
    assert set(rows.filter(account="TaxLiability").get_column("gl_account")) == {"TaxLiability"}


def test_a_batch_is_a_day_of_one_kind_of_event_and_balances() -> None:
    rows = run([*STORY, *invoice("in_2", "2024-01-01", [("50.00", None, None)])])["gl_export"]
    invoices = rows.filter(event_kind="invoice", account="AccountsReceivable")
    assert invoices.get_column("debit").to_list() == [Decimal("150.10")]
    sums = rows.group_by("batch_id").agg(pl.col("debit", "credit").sum())
    assert sums.filter(pl.col("debit") != pl.col("credit")).is_empty()


def test_every_line_is_handed_over_where_that_is_chosen() -> None:
    books = run([*STORY, policy("gl_export", "detail")])
    assert sorted(books["gl_export"].get_column("line_id")) == sorted(books["journal"].get_column("line_id"))
    assert set(books["journal"].get_column("policies")) == {"gl_export=detail"}


def test_restated_shows_what_a_closed_period_would_have_said() -> None:
    closed = period_log(("close", "2024-01"), ("close", "2024-02"))
    before = run([*BILLED, PAID], "2024-02-29")["journal"]
    books = run(STORY, "2024-04-30", held=before, log=closed)
    refunds = books["restated_balances"].filter(account="Refunds").sort("accounting_period")
    assert refunds.select("accounting_period", "reported", "restated").rows() == [
        (FEB, Decimal(0), Decimal("3.10")),
        (MAR, Decimal("3.10"), Decimal(0)),
    ]


def test_late_and_caught_up_revenue_is_revenue_of_earlier_performance() -> None:
    closed = period_log(("close", "2024-01"), ("close", "2024-02"))
    late = run(BILLED, "2024-03-31", log=closed)["prior_period_revenue"].sort("service_period")
    caught_up = run(invoice("in_1", "2024-03-15", [("91.00", *QUARTER)]))["prior_period_revenue"].sort("service_period")
    for rows in (late, caught_up):
        told = rows.select("accounting_period", "service_period", "net_revenue").rows()
        assert told == [(MAR, JAN, Decimal(31)), (MAR, FEB, Decimal(29))]


def test_a_report_does_not_show_in_which_order_facts_came() -> None:
    """What was posted, found wrong and corrected within open periods leaves no mark in any report (law 3)."""
    wrong = invoice("in_1", "2024-01-03", [("80.00", *QUARTER)], products=["test:pro"])
    twice = run(STORY, "2024-04-30", held=run(wrong, "2024-03-31")["journal"])
    once = run(STORY, "2024-04-30")
    for table in gold.REPORTS:
        assert twice[table.name].sort(table.key).equals(once[table.name].sort(table.key)), table.name


def test_refund_liabilities_roll_forward_by_contract_and_product() -> None:
    # 10 lamps at 50 of cost 30, 2 expected back: 100 owed and 60 of goods. One comes back in February: 50 and 30. Nobody
    # sends the other in March: 50 are revenue.
    told = [
        BASIS,
        fact("products", "test:lamp", "2000-01-01", unit_cost=Decimal(30), cost_currency="USD"),
        contract("2021-01-10"),
        line("lamps", "50", "2021-01-10", quantity=10, promise_kind="good", product_id="test:lamp"),
        performed("out", "lamps", "2021-01-10", quantity=10),
        estimate("back", "lamps", "returns", 2, "2021-01-10"),
        performed("in", "lamps", "2021-02-10", kind="return", quantity=1),
        estimate("back", "lamps", "returns", 1, "2021-03-31"),
    ]
    rows = run(told, "2021-12-31")["refund_liabilities"].sort("accounting_period")
    assert set(rows.select("contract_id", "product_id").iter_rows()) == {("test:contract", "test:lamp")}
    shown = rows.select("opening", "expected", "given_back", "adjusted", "closing", "asset_opening", "asset_moved")
    assert [tuple(int(value) for value in row) for row in shown.iter_rows()] == [
        (0, 100, 0, 0, 100, 0, 60),
        (100, 0, -50, 0, 50, 60, -30),
        (50, -50, 0, 0, 0, 30, -30),
    ]
