"""What a credit note does to revenue depends on its reason.

90 USD from January to March, a USD a day: on 1 February 31 are earned and 59 are to come.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.recognition.credit_notes import TREATMENT_OF_REASON
from tests.assets.revenue_facts import Row, cash, changes, credit_note, invoice, moment, posted
from tests.vectors.contract_facts import choice

QUARTER = invoice("test:in_1", "2023-01-01", [("90.00", "2023-01-01", "2023-04-01")])
DAY = "2023-02-01"


def books(*rows: Row, sale: list[Row] = QUARTER) -> dict[str, dict[str, str]]:
    return changes(posted([*sale, *rows], "2023-12-31"))


def note(total: str, reason: str | None, at: str = DAY, name: str = "test:cn_1", **columns: Any) -> Row:
    return credit_note(name, at, "test:in_1", total, reason_code=reason, **columns)


@pytest.mark.parametrize("reason", ["billing_error", "return", "rebate", "something else", None])
def test_the_price_never_was_more(reason: str | None) -> None:
    found = books(note("18", reason))
    assert found["CreditNotes"] == {"2023-02": "6.20"}  # 18 * 31/90
    assert found["Revenue"] == {"2023-01": "31.00", "2023-02": "22.40", "2023-03": "24.80"}  # (90 - 18) * 28/90 and 31/90
    assert found["AccountsReceivable"] == {"2023-01": "90.00", "2023-02": "-18.00"}


def test_a_concession_lowers_what_is_still_to_come() -> None:
    found = books(note("18", "concession"))
    assert "CreditNotes" not in found
    assert found["Revenue"] == {"2023-01": "31.00", "2023-02": "19.46", "2023-03": "21.54"}  # 41 * 28/59, the rest
    assert found["DeferredRevenue"]["2023-02"] == "-37.46"


def test_a_concession_for_what_was_served_is_caught_up() -> None:
    found = books(note("18", "concession", "2023-04-05"))
    assert found["CreditNotes"] == {"2023-04": "18.00"}
    assert sum(map(Decimal, found["Revenue"].values())) == 90


def test_a_concession_of_more_than_is_to_come_is_caught_up_for_the_rest() -> None:
    found = books(note("75", "concession"))
    assert found["CreditNotes"] == {"2023-02": "16.00"}  # 75 - 59
    assert found["Revenue"] == {"2023-01": "31.00"}


def test_of_a_device_and_a_service_each_takes_the_concession_its_own_way() -> None:
    """300 for the device, which is theirs, and 90 for the service: of 39 the one takes 30 at once, the other 9 ahead."""
    sale = invoice("test:in_1", "2023-01-01", [("300.00", None, None), ("90.00", "2023-01-01", "2023-04-01")])
    found = books(note("39", "concession"), sale=sale)
    assert found["CreditNotes"] == {"2023-02": "30.00"}
    assert found["Revenue"] == {"2023-01": "331.00", "2023-02": "23.73", "2023-03": "26.27"}  # 50 * 28/59


def test_a_cancellation_stops_the_service() -> None:
    found = books(note("59", "cancellation"))
    assert "CreditNotes" not in found
    assert found["Revenue"] == {"2023-01": "31.00"}
    assert found["DeferredRevenue"] == {"2023-01": "59.00", "2023-02": "-59.00"}


def test_what_a_cancelled_customer_does_not_get_back_is_earned_when_he_goes() -> None:
    assert books(note("40", "cancellation"))["Revenue"] == {"2023-01": "31.00", "2023-02": "19.00"}  # 59 - 40


def test_what_he_gets_back_of_what_was_served_is_contra_revenue() -> None:
    found = books(note("80", "cancellation"))
    assert found["CreditNotes"] == {"2023-02": "21.00"}  # 80 - 59
    assert found["Revenue"] == {"2023-01": "31.00"}


def test_tax_that_is_given_back_is_no_revenue() -> None:
    sale = invoice("test:in_1", "2023-01-01", [("90.00", "2023-01-01", "2023-04-01")], total="99.00")
    found = books(note("9", "tax"), sale=sale)
    assert found["TaxLiability"] == {"2023-01": "9.00", "2023-02": "-9.00"}
    assert found["Revenue"] == {"2023-01": "31.00", "2023-02": "28.00", "2023-03": "31.00"}
    # What is left goes whole with the next: nothing is owed, nothing deferred.
    void = books(note("9", "tax"), note("90", None, name="test:cn_2"), sale=sale)
    assert sum(map(Decimal, void["DeferredRevenue"].values())) == 0
    assert sum(map(Decimal, void["TaxLiability"].values())) == 0
    assert void["CreditNotes"] == {"2023-02": "31.00"}


def test_more_tax_than_there_was_is_no_note_of_tax() -> None:
    assert books(note("18", "tax")) == books(note("18", None))


def test_after_payment_the_balance_is_the_customers() -> None:
    paid = cash("payment", "test:ch_1", "2023-01-05", "90", document_id="test:in_1")
    found = books(paid, note("18", "concession"))
    assert found["CustomerBalance"] == {"2023-02": "18.00"}
    assert "AccountsReceivable" not in found
    assert found["Revenue"] == {"2023-01": "31.00", "2023-02": "19.46", "2023-03": "21.54"}


@pytest.mark.parametrize("at", [DAY, "2023-02-03"])
def test_what_a_note_pays_back_is_treated_as_the_note_is(at: str) -> None:
    paid = cash("payment", "test:ch_1", "2023-01-05", "90", document_id="test:in_1")
    back = cash("refund", "test:re_1", at, "40", payment_id="test:ch_1")
    found = books(paid, note("40", "cancellation", amount_paid=Decimal(40)), back)
    assert sum(map(Decimal, found["Revenue"].values())) == 50
    assert "Refunds" not in found or at != DAY
    assert list(found["Revenue"]) == ["2023-01", "2023-02"]
    assert sum(map(Decimal, found["Cash"].values())) == 50


def test_a_policy_says_what_the_codes_of_a_company_mean() -> None:
    goodwill = choice("credit_note_treatment.KULANZ", "prospective")
    assert books(note("18", "KULANZ"), goodwill) == books(note("18", "concession"))
    other = choice("credit_note_treatment.concession", "cumulative")
    assert books(note("18", "concession"), other) == books(note("18", None))


def test_after_a_concession_a_refund_takes_its_part_of_what_is_left() -> None:
    """Two notes of different kinds and a void: in the end nothing is left, and the cents add up."""
    rows = [
        note("18", "concession"),
        note("9", None, "2023-02-15", "test:cn_2"),
        note("63", "billing_error", "2023-03-10", "test:cn_3"),
    ]
    found = books(*rows)
    assert sum(map(Decimal, found["DeferredRevenue"].values())) == 0
    assert sum(map(Decimal, found["Revenue"].values())) == sum(map(Decimal, found["CreditNotes"].values()))


@settings(max_examples=25)
@given(
    prices=st.lists(st.integers(1, 30_000), min_size=1, max_size=3),
    notes=st.lists(
        st.tuples(st.integers(1, 400), st.sampled_from(sorted(TREATMENT_OF_REASON)), st.integers(0, 120)), max_size=4
    ),
)
def test_whatever_is_credited_for_whatever_reason_the_money_is_conserved(
    prices: list[int], notes: list[tuple[int, str, int]]
) -> None:
    """What is billed and not credited is earned in the end, whatever the reason: only when differs."""
    sale = invoice(
        "test:in_1",
        "2023-01-01",
        [(str(Decimal(p) / 100), "2023-01-01", "2023-04-01") for p in prices],
    )
    whole, rows, left = sum(prices), [], sum(prices)
    for number, (thousandths, reason, day) in enumerate(notes):
        amount = min(whole * thousandths // 1000, left)
        if amount == 0:
            continue
        left -= amount
        at = f"2023-0{1 + day // 28}-{1 + day % 28:02}"
        rows.append(note(str(Decimal(amount) / 100), reason, at, f"test:cn_{number}"))
    found = books(*rows, sale=sale)
    net = sum(map(Decimal, found.get("Revenue", {}).values())) - sum(map(Decimal, found.get("CreditNotes", {}).values()))
    assert net == Decimal(left) / 100
    assert sum(map(Decimal, found.get("DeferredRevenue", {}).values())) == 0


def voided(total: str, reason: str | None, on: str = "2023-03-01", at: str = DAY, name: str = "test:cn_1") -> list[Row]:
    """A note that stood from its day to the day on which it was voided."""
    gone = note(total, reason, at=on, name=name, status="void", voided_at=on)
    gone[1]["issued_at"] = moment(at)
    return [note(total, reason, at=at, name=name), gone]


def test_a_voided_note_stood_until_then_and_is_given_back() -> None:
    found = books(*voided("45", None))
    assert found["AccountsReceivable"] == {"2023-01": "90.00", "2023-02": "-45.00", "2023-03": "45.00"}
    assert found["CreditNotes"] == {"2023-02": "15.50", "2023-03": "-15.50"}  # 45 * 31/90
    # February earned 14 of its 28; the other 14 are earned in March, which knows that nothing was credited.
    assert found["Revenue"] == {"2023-01": "31.00", "2023-02": "14.00", "2023-03": "45.00"}
    assert found["DeferredRevenue"] == {"2023-01": "59.00", "2023-02": "-43.50", "2023-03": "-15.50"}


def test_a_void_to_come_changes_nothing_yet() -> None:
    assert changes(posted([*QUARTER, *voided("45", None)], "2023-02-28")) == changes(
        posted([*QUARTER, note("45", None)], "2023-02-28")
    )


def test_a_note_voided_on_its_day_never_stood() -> None:
    assert books(*voided("45", None, on=DAY)) == books()


def test_a_voided_note_of_a_paid_invoice_takes_the_balance_back() -> None:
    paid = cash("payment", "test:ch_1", "2023-01-01", "90.00", document_id="test:in_1")
    found = books(paid, *voided("45", None))
    assert found["CustomerBalance"] == {"2023-02": "45.00", "2023-03": "-45.00"}
    assert "AccountsReceivable" not in found


@pytest.mark.parametrize("reason", [None, "concession", "cancellation", "tax"])
@settings(max_examples=15)
@given(total=st.integers(1, 60), other=st.integers(0, 30), on=st.sampled_from(["2023-02-02", "2023-03-17", "2023-05-01"]))
def test_what_a_void_gives_back_is_what_its_note_took(reason: str | None, total: int, other: int, on: str) -> None:
    """Whatever another note takes in between: in the end all is as if the voided one had not been."""
    between = [note(f"{other}", None, at="2023-02-10", name="test:cn_2")] if other else []
    found = books(*voided(f"{total}", reason, on), *between)
    plain = books(*between)

    def sums(moved: dict[str, dict[str, str]]) -> dict[str, Decimal]:
        return {a: t for a, by in moved.items() if (t := sum(map(Decimal, by.values()), Decimal(0)))}

    after, without = sums(found), sums(plain)
    assert after["AccountsReceivable"] == without["AccountsReceivable"] == 90 - other
    assert "DeferredRevenue" not in after
    assert after["Revenue"] - after.get("CreditNotes", Decimal(0)) == 90 - other
