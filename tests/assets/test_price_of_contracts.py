"""What becomes of a contract's price and its bills: credit notes by reason, cancellation, write-offs, voids, disputes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tests.assets.revenue_facts import Row, cash, changes, credit_note, fact, run
from tests.vectors.contract_facts import BASIS, CONTRACT, CUSTOMER, billed, contract, estimate, line, performed, used

YEAR = {"service_from": "2021-01-01", "service_to": "2022-01-01"}
# 1,800 for what costs 2,000: 720 for the device, which is delivered in January, and 1,080 for a year of service.
BUNDLE: list[Row] = [
    BASIS,
    contract(),
    line("device", "600", promise_kind="good", ssp="800"),
    line("service", "1200", ssp="1200", **YEAR),
    performed("device", "device", "2021-01-10", quantity=1),
    *billed("1800"),
]


def note(total: str, reason: str | None, at: str, name: str = "test:cn_1", **columns: Any) -> Row:
    return credit_note(name, at, "test:in_1", total, reason_code=reason, **columns)


def months(rows: list[Row], of: str) -> dict[str, Decimal]:
    frame = run(rows, "2022-12-31")["recognition_schedule"].filter(obligation_id=f"test:{of}").sort("service_period")
    return {f"{month:%Y-%m}": amount for month, amount in frame.select("service_period", "amount").iter_rows()}


def revenue(rows: list[Row]) -> dict[str, str]:
    return changes(run(rows, "2022-12-31")["journal"])["Revenue"]


def total(moved: dict[str, str]) -> Decimal:
    return sum(map(Decimal, moved.values()), Decimal(0))


def test_a_concession_is_a_lower_price_of_what_remains_and_is_distinct() -> None:
    rows = [*BUNDLE, note("184", "concession", "2021-07-01")]
    assert months(rows, "device") == {"2021-01": Decimal(720)}
    found, before = months(rows, "service"), months(BUNDLE, "service")
    assert [found[f"2021-0{m}"] for m in range(1, 7)] == [before[f"2021-0{m}"] for m in range(1, 7)]
    assert found["2021-07"] == Decimal("60.73")  # (1,080 - 535.56 - 184) * 31/184
    books = run(rows, "2022-12-31")
    assert total(changes(books["journal"])["Revenue"]) == 1800 - 184
    [change] = books["contract_modifications"].to_dicts()
    assert (change["treatment"], change["reason"]) == ("prospective", "Credit note test:cn_1 concedes a lower price.")
    assert "ContractLiability" not in {a for a, m in changes(books["journal"]).items() if total(m)}


def test_a_concession_when_all_is_done_is_caught_up() -> None:
    found = revenue([*BUNDLE, note("180", "concession", "2022-03-01")])
    assert found["2022-03"] == "-180.00"


def test_of_one_promise_a_concession_restates_what_is_done() -> None:
    """A building, 40 of 100 spent: 1,000 become 900, of which 40 % are earned."""
    rows = [
        BASIS,
        contract(),
        line("house", "1000", recognition_method="cost_to_cost"),
        estimate("cost", "house", "total_cost", "100", money=True),
        performed("c", "house", "2021-02-01", kind="cost", amount="40"),
        *billed("1000"),
        note("100", "concession", "2021-03-15"),
    ]
    assert revenue(rows) == {"2021-02": "400.00", "2021-03": "-40.00"}


def test_a_rebate_consumes_what_was_expected_of_it() -> None:
    expected = estimate("rebate", CONTRACT, "variable_consideration", "-100", money=True)
    without = [*BUNDLE, expected]
    assert total(revenue(without)) == 1700
    assert revenue([*without, note("100", "rebate", "2021-12-31")]) == revenue(without)
    # 30 more than expected: as promised from the start, 30 * 800/2,000 of the device, 18 of the service, in December.
    more = revenue([*without, note("130", "rebate", "2021-12-31")])
    assert total(more) == 1670
    assert Decimal(more["2021-12"]) == Decimal(revenue(without)["2021-12"]) - 30


def test_an_estimate_that_is_lowered_because_it_was_paid_does_not_lower_the_price_twice() -> None:
    expected = estimate("rebate", CONTRACT, "variable_consideration", "-100", money=True)
    settled = estimate("rebate", CONTRACT, "variable_consideration", "0", "2022-01-15", money=True)
    rows = [*BUNDLE, expected, note("100", "rebate", "2021-12-31"), settled]
    assert total(revenue(rows)) == 1700


@pytest.mark.parametrize("reason", ["billing_error", "cancellation", "return", "tax", None])
def test_what_puts_the_bill_right_leaves_the_price(reason: str | None) -> None:
    assert revenue([*BUNDLE, note("100", reason, "2021-07-01")]) == revenue(BUNDLE)


def test_tax_that_is_given_back_leaves_what_is_billed() -> None:
    sale = [row for row in BUNDLE if row[0] != "documents"]
    [bill] = [row for table, row in BUNDLE if table == "documents"]
    taxed: list[Row] = [*sale, ("documents", bill | {"total": Decimal(1980)})]
    found = changes(run([*taxed, note("180", "tax", "2021-07-01")], "2022-12-31")["journal"])
    assert found["TaxLiability"] == {"2021-01": "180.00", "2021-07": "-180.00"}
    assert total(found["AccountsReceivable"]) == 1800
    assert total(found["ContractLiability"]) == 0


def ended(at: str, **columns: Any) -> Row:
    told = {"status": "canceled", "currency": "USD", "customer_id": CUSTOMER, "start_at": "2021-01-01", "end_at": at}
    return fact("contracts", CONTRACT, columns.pop("told_at", at), **told, **columns)


def test_a_cancelled_contract_promises_nothing_more_and_keeps_what_it_earned() -> None:
    found = months([*BUNDLE, ended("2021-07-01")], "service")
    assert found["2021-06"] > 0
    assert sum(found.values()) == Decimal("535.56")  # 1,080 * 181/365
    assert months([*BUNDLE, ended("2021-07-01")], "device") == {"2021-01": Decimal(720)}


def test_a_cancellation_told_late_counts_from_when_it_was_told() -> None:
    """Until then the service was promised and provided."""
    found = months([*BUNDLE, ended("2021-07-01", told_at="2021-08-01")], "service")
    assert sum(found.values()) == Decimal("627.29")  # 1,080 * 212/365


def test_a_contract_that_ends_with_its_service_ends_like_any() -> None:
    assert revenue([*BUNDLE, ended("2022-01-01")]) == revenue(BUNDLE)


def test_goods_that_were_not_delivered_are_no_longer_promised() -> None:
    undelivered = [row for row in BUNDLE if row[0] != "performance"]
    found = run([*undelivered, ended("2021-07-01")], "2022-12-31")
    assert found["obligations"].get_column("unscheduled_amount").sum() == 0
    assert total(changes(found["journal"])["Revenue"]) == Decimal("535.56")


def test_what_was_used_before_the_end_stays_earned() -> None:
    rows = [
        BASIS,
        contract(),
        line("calls", "2", quantity=None, usage_type="metered"),
        used("a", "calls", "2021-02-10", 50),
        ended("2021-03-01"),
    ]
    assert revenue(rows) == {"2021-02": "100.00"}
    goods = [
        BASIS,
        contract(),
        line("vases", "10", quantity=None, promise_kind="good"),
        performed("v", "vases", "2021-02-10", quantity=7),
        ended("2021-03-01"),
    ]
    assert revenue(goods) == {"2021-02": "70.00"}


def bill(at: str, **columns: Any) -> Row:
    """The invoice of BUNDLE as it stood later."""
    told = {"kind": "invoice", "customer_id": CUSTOMER, "contract_id": CONTRACT, "issued_at": "2021-01-01"}
    return fact("documents", "test:in_1", at, total=Decimal(1800), currency="USD", **told, **columns)


GIVEN_UP = bill("2021-05-01", status="uncollectible", uncollectible_at="2021-05-01")


def settled(*rows: Row) -> dict[str, dict[str, str]]:
    return changes(run([*BUNDLE, *rows], "2022-12-31")["journal"])


def receivable(*rows: Row) -> dict[str, Decimal]:
    """What is owed by each invoice."""
    lines = run([*BUNDLE, *rows], "2022-12-31")["journal"].filter(account="AccountsReceivable")
    return dict(lines.group_by("document_id").agg(pl.col("amount").sum()).iter_rows())


def test_what_was_given_up_and_is_paid_after_all_is_no_bad_debt() -> None:
    found = settled(GIVEN_UP, cash("payment", "test:ch", "2021-08-01", "450", document_id="test:in_1"))
    assert found["BadDebt"] == {"2021-05": "1800.00", "2021-08": "-450.00"}
    assert "Recoverables" not in found
    assert total(found["Revenue"]) == 1800


def test_what_was_recovered_and_is_disputed_is_bad_debt_again() -> None:
    paid = cash("payment", "test:ch", "2021-08-01", "1800", document_id="test:in_1")
    lost = cash("dispute", "test:dp", "2021-09-01", "1800", payment_id="test:ch")
    found = settled(GIVEN_UP, paid, lost)
    assert total(found["BadDebt"]) + total(found.get("OtherLoss", {})) == 1800
    assert total(found["Cash"]) == 0


def test_what_was_given_up_and_turns_out_void_was_never_owed() -> None:
    void = bill("2021-06-01", status="void", uncollectible_at="2021-05-01", voided_at="2021-06-01")
    found = settled(GIVEN_UP, void)
    assert found["BadDebt"] == {"2021-05": "1800.00", "2021-06": "-1800.00"}
    # Nothing is billed any more: what is earned is an asset until a new invoice comes.
    assert total(found["ContractAsset"]) == 1800
    assert "AccountsReceivable" not in {a for a, m in found.items() if total(m)}


def test_a_void_a_dispute_and_a_dispute_won_of_a_contracts_invoice() -> None:
    void = settled(bill("2021-06-01", status="void", voided_at="2021-06-01"))
    assert total(void["Revenue"]) == total(void["ContractAsset"]) == 1800
    paid = cash("payment", "test:ch", "2021-02-01", "1800", document_id="test:in_1")
    lost = cash("dispute", "test:dp", "2021-03-01", "1800", payment_id="test:ch")
    won = cash("dispute_reversal", "test:dw", "2021-04-01", "1800", payment_id="test:ch")
    disputed = settled(paid, lost)
    assert (total(disputed["Cash"]), total(disputed["ContractAsset"])) == (0, 1800)
    assert total(settled(paid, lost, won)["Recoverables"]) == 1800


def test_more_given_back_than_was_billed_is_a_loss() -> None:
    paid = cash("payment", "test:ch", "2021-02-01", "1800", document_id="test:in_1")
    found = settled(paid, cash("refund", "test:re", "2022-02-01", "1900", payment_id="test:ch"))
    assert found["OtherLoss"] == {"2022-02": "100.00"}


def test_a_credit_note_after_payment_is_the_customers_and_a_credit_balance_pays_the_next_invoice() -> None:
    paid = cash("payment", "test:ch", "2021-02-01", "1800", document_id="test:in_1")
    found = settled(paid, note("100", "billing_error", "2021-03-01"))
    assert found["CustomerBalance"] == {"2021-03": "100.00"}
    used_up = cash("customer_balance", "test:cb", "2022-01-05", "100", document_id="test:in_2", direction="in")
    found = settled(
        paid, note("100", "billing_error", "2021-03-01"), *billed("100", "2022-01-05", name="test:in_2"), used_up
    )
    assert total(found["CustomerBalance"]) == 0
    assert total(found["AccountsReceivable"]) == 0


def test_a_payment_that_was_applied_to_another_invoice_is_moved() -> None:
    """Application and reversal: the receivable of the first is open again, that of the second is settled."""
    other = billed("1800", "2021-02-01", name="test:in_2")
    paid = cash("payment", "test:ch", "2021-02-10", "1800")
    told = {"cash_id": "test:ch", "document_id": "test:in_1", "amount": Decimal(1800), "currency": "USD"}
    applied = fact("cash_applications", "test:ap", "2021-02-10", **told)
    moved = fact("cash_applications", "test:ap", "2021-03-10", **told | {"document_id": "test:in_2"})
    before, after = receivable(*other, paid, applied), receivable(*other, paid, applied, moved)
    assert (before["test:in_1"], before["test:in_2"]) == (0, 1800)
    assert (after["test:in_1"], after["test:in_2"]) == (1800, 0)
