"""Laws 3 to 6 over as many random contracts and invoices as asked for.

    RTR_EXAMPLES=2000 pytest --timeout=0 tests/assets/test_laws_over_many_cases.py

A refresh costs much the same for one contract as for fifty, so the cases are drawn one by one and judged fifty at a time,
by the properties that `test_contract_properties` and `test_accounting_properties` try on a few and shrink.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.assets import test_accounting_properties as of_invoices
from tests.assets import test_contract_properties as of_contracts
from tests.assets.contract_stories import a_deal
from tests.assets.revenue_stories import a_story
from tests.conftest import MANY_EXAMPLES

TOGETHER = 50
pytestmark = pytest.mark.skipif(
    not MANY_EXAMPLES, reason="a few cases are tried elsewhere; RTR_EXAMPLES says how many here"
)


@cache
def cases(a_case: Callable[[str], st.SearchStrategy[Any]]) -> list[list[Any]]:
    """Companies of fifty cases, each case drawn by itself, so that as many differ as were asked for."""
    drawn: list[Any] = []

    @settings(max_examples=MANY_EXAMPLES, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def draw(data: st.DataObject) -> None:
        drawn.append(data.draw(a_case(f"n{len(drawn)}")))

    draw()
    return [drawn[n : n + TOGETHER] for n in range(0, len(drawn), TOGETHER)]


def judged(law: Any, companies: list[list[Any]], **more: Any) -> int:
    """How many cases a property was tried on."""
    for company in companies:
        law.hypothesis.inner_test(company, **more)
    return sum(map(len, companies))


@pytest.mark.parametrize(
    ("law", "more"),
    [
        (of_contracts.test_law_4_money_is_conserved, {}),
        (of_contracts.test_law_4_a_contract_is_an_asset_or_a_liability_and_never_both, {}),
        (of_contracts.test_law_6_every_number_leads_back_to_what_was_told, {}),
        (of_contracts.test_law_3_order_batching_and_repetition_do_not_show, {"seed": 7}),
        (of_contracts.test_law_5_a_close_moves_the_posting_and_never_the_service, {}),
        (of_contracts.test_laws_3_and_5_under_the_same_closes, {"seeds": (7, 11)}),
    ],
)
def test_contracts(law: Any, more: dict[str, Any]) -> None:
    assert judged(law, cases(a_deal), **more) >= MANY_EXAMPLES


@pytest.mark.parametrize(
    "law",
    [
        of_invoices.test_revenue_and_deferral_are_what_the_definitions_say,
        of_invoices.test_money_is_conserved,
        of_invoices.test_by_month_too,  # the last: it changes what the oracle is told
    ],
)
def test_invoices(law: Any) -> None:
    assert judged(law, cases(a_story)) >= MANY_EXAMPLES
