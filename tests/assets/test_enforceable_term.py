"""What a customer need not go on with is an option: no part of the shared price, nor of what remains to be performed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tests.assets.revenue_facts import Row, changes, fact, moment, posted, run
from tests.vectors.contract_facts import BASIS, billed, contract, line, performed

THREE_YEARS = {"service_from": "2021-01-01", "service_to": "2024-01-01"}
ALL = "2024-12-31"
METHODS = (
    *(None, "straight_line_daily", "straight_line_monthly", "straight_line_exact", "straight_line_monthly_prorated"),
    *("monthly_prorata_temporis", "straight_line_30_360", "monthly_to_a_tenth", "equal_months"),
)


def agreed(until: str | None, at: str = "2021-01-01", **columns: Any) -> Row:
    """The contract that begins in 2021, as it is told on a day."""
    table, row = contract(at, enforceable_until=until and moment(until))
    return table, row | {"start_at": moment("2021-01-01")} | columns


def cancelled(on: str) -> Row:
    return agreed(None, on, status="canceled", end_at=moment(on))


def open_(rows: list[Row], as_of: str) -> Decimal:
    """What remains to be performed."""
    return Decimal(run([BASIS, *rows], as_of)["remaining_obligations"]["amount"].sum())


def revenue(rows: list[Row], as_of: str = ALL) -> dict[str, str]:
    return changes(run([BASIS, *rows], as_of)["journal"]).get("Revenue", {})


def by_year(found: dict[str, str]) -> dict[str, Decimal]:
    years = {month[:4] for month in found}
    return {year: sum((Decimal(v) for m, v in found.items() if m[:4] == year), Decimal(0)) for year in sorted(years)}


def test_only_the_enforceable_term_remains_to_be_performed() -> None:
    """3 years at 10 a day, of which the customer is bound to one."""
    service = line("service", "10950", **THREE_YEARS)
    assert open_([agreed(None), service], "2021-06-30") == 10950 - 1810
    assert open_([agreed("2022-01-01"), service], "2021-06-30") == 3650 - 1810
    # Not ended by then, it goes on.
    assert open_([agreed("2022-01-01"), service], "2022-01-31") == 7300 - 310


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("begins", "until"), [("2021-01-01", "2022-01-01"), ("2021-01-17", "2022-03-05")])
def test_revenue_of_a_service_is_the_same_however_long_it_is_enforced(method: str | None, begins: str, until: str) -> None:
    """The same to the cent that is rounded, and the same in all."""
    service = line("service", "10007.77", service_from=begins, service_to="2024-02-11", recognition_method=method)
    whole, cut = (revenue([agreed(term), service]) for term in (None, until))
    assert sum(map(Decimal, cut.values())) == Decimal("10007.77")
    assert whole.keys() == cut.keys()
    # Of these two the months at the ends are counted otherwise than those between.
    if until.endswith("-01") or method not in ("straight_line_monthly_prorated", "equal_months"):
        assert max(abs(Decimal(whole[month]) - Decimal(cut[month])) for month in whole) <= Decimal("0.02"), (whole, cut)


def test_a_price_for_each_month_is_that_of_the_months_until_then() -> None:
    """2024 has a day more; the price of the months of a term is no matter of days."""
    span = {"service_from": "2023-01-01", "service_to": "2025-01-01", "billing_interval": "month"}
    service = line("service", "100", "2023-01-01", **span)
    rows = [contract("2023-01-01", enforceable_until=moment("2024-01-01")), service]
    assert open_(rows, "2022-12-31") == 0
    assert by_year(revenue(rows, "2025-12-31")) == {"2023": 1200, "2024": 1200}


def test_the_price_is_shared_with_what_is_enforceable() -> None:
    """A licence worth 600 and three years of support at 200 a year, of which one is agreed, for 700 in the first year."""
    rows = [
        line("licence", "500", promise_kind="functional_licence", ssp="600", **THREE_YEARS),
        performed("key", "licence", "2021-01-02", quantity=1),
        line("support", "600", ssp="600", **THREE_YEARS),
    ]
    assert by_year(revenue([agreed(None), *rows]))["2021"] == Decimal("733.33")  # 550 + 550 * 365 / 1,095
    bound = revenue([agreed("2022-01-01"), *rows])
    # 700 for a licence worth 600 and a year of support worth 200.
    assert by_year(bound) == {"2021": 700, "2022": 200, "2023": 200}
    assert bound["2021-01"] == str(Decimal(525) + round(Decimal(175) * 31 / 365, 2))


def test_a_longer_term_is_a_modification_on_the_day_on_which_it_is_told() -> None:
    service = line("service", "10950", **THREE_YEARS)
    rows = [agreed("2022-01-01"), agreed("2023-01-01", "2021-10-01"), service]
    assert open_(rows, "2021-09-30") == 920
    assert open_(rows, "2021-10-31") == 610 + 3650
    (found,) = run([BASIS, *rows], "2021-10-31")["contract_modifications"].to_dicts()
    assert (found["modified_on"], found["treatment"]) == (date(2021, 10, 1), "prospective")
    assert revenue(rows) == revenue([agreed(None), service])


def test_a_contract_that_ends_with_its_term_promises_no_more() -> None:
    service = line("service", "10950", **THREE_YEARS)
    ended = [agreed("2022-01-01"), cancelled("2022-01-01"), service]
    assert by_year(revenue(ended)) == {"2021": 3650}
    assert open_(ended, "2022-01-31") == 0
    early = [agreed("2022-01-01"), cancelled("2021-07-01"), service]
    assert by_year(revenue(early)) == {"2021": 1810}


def test_a_line_that_begins_after_the_term_is_promised_when_the_contract_goes_on() -> None:
    """Three years as three lines say the same as one line of three."""
    rows = [
        line(str(year), "3650", service_from=f"{year}-01-01", service_to=f"{year + 1}-01-01") for year in (2021, 2022, 2023)
    ]
    assert open_([agreed("2022-01-01"), *rows], "2021-06-30") == 3650 - 1810
    assert by_year(revenue([agreed("2022-01-01"), *rows])) == {"2021": 3650, "2022": 3650, "2023": 3650}
    assert by_year(revenue([agreed("2022-01-01"), cancelled("2022-01-01"), *rows])) == {"2021": 3650}


def test_a_fee_for_setting_up_is_earned_over_the_first_term() -> None:
    """The customer who may leave after a year has by then got what he paid for."""
    rows = [agreed("2022-01-01"), line("setup", "365", promise_kind="fee"), line("service", "10950", **THREE_YEARS)]
    assert by_year(revenue(rows)) == {"2021": 365 + 3650, "2022": 3650, "2023": 3650}


def test_goods_and_usage_know_no_term() -> None:
    sent = performed("sent", "good", "2022-05-05", quantity=1)
    rows = [agreed("2022-01-01"), line("good", "50", promise_kind="good"), sent]
    assert revenue(rows) == {"2022-05": "50.00"}


def test_the_day_of_the_end_is_one_of_the_entity() -> None:
    """The first of January in New York begins at five in the morning of UTC."""
    entity = fact("legal_entities", "", "2020-01-01", legal_entity_id="default", time_zone="America/New_York")
    service = line("service", "10950", service_from="2021-01-01T05:00:00", service_to="2024-01-01T05:00:00")
    assert open_([entity, agreed("2022-01-01T05:00:00"), service], "2021-06-30") == 3650 - 1810
    assert open_([entity, agreed("2022-01-01T04:59:59"), service], "2021-06-30") == 3640 - 1810


def test_what_ends_in_the_same_moment_as_the_term_is_not_cut() -> None:
    entity = agreed("2022-01-01T13:22:00", start_at=moment("2021-01-01T13:22:00"))
    span = {"service_from": "2021-01-01T13:22:00", "service_to": "2022-01-01T13:22:00"}
    exact = line("service", "1000", recognition_method="straight_line_exact", **span)
    found = run([BASIS, entity, exact], ALL)
    assert found["obligations"]["service_to"].to_list() == [date(2022, 1, 1)]
    assert found["contract_modifications"].is_empty()


def test_what_was_posted_before_a_term_is_told_stays() -> None:
    """Told late for a day that is closed or not: what the months before said is not rewritten by it."""
    service = line("service", "10950", **THREE_YEARS)
    bills = billed("10950")
    first = [BASIS, agreed(None), service, *bills]
    held = posted(first, "2021-06-30")
    after = posted([*first, agreed("2022-01-01", "2021-07-01")], "2021-12-31", held)
    assert after.filter(pl.col("accounting_period") < date(2021, 7, 1)).height == held.height
    assert by_year(changes(after)["Revenue"]) == {"2021": 3650}
