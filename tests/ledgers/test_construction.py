"""A builder's seven months: one building by cost to cost, a dearer estimate, a change of plan, a late bill, a bonus.

What remains of a building is not distinct from what is built, so a change of plan and of estimates is caught up on the day
on which it is agreed (ASC 606-10-25-13(b), IFRS 15.21(b); Example 8), and progress is cost to date of the cost expected
(606-10-55-20, B18). The bonus is in the price once it is probable that it stays (32-11, 56).
"""

from __future__ import annotations

from typing import Any

from tests.assets.revenue_facts import Row
from tests.ledgers.ledger import Ledger, read, written
from tests.vectors.contract_facts import BASIS, CONTRACT, billed, contract, estimate, line, number, performed

START = "2023-01-02"
HOW: dict[str, Any] = {"promise_kind": "service", "recognition_method": "cost_to_cost"}


def spent(name: str, day: str, amount: str) -> Row:
    return performed(name, "building", day, kind="cost", amount=amount)


def sent(name: str, day: str, amount: str) -> list[Row]:
    return billed(amount, day, name=f"test:in_{name}")


def cost(day: str, expected: str) -> Row:
    return estimate("cost", "building", "total_cost", expected, day, money=True)


def bonus(day: str, counts: str) -> Row:
    return estimate(
        "bonus", CONTRACT, "variable_consideration", "60,000", day, money=True, constrained_value=number(counts)
    )


# progress                               price        earned to date    billed to date
# Jan   70,000 / 700,000 = 10.0 %    1,000,000           100,000            150,000
# Feb  210,000 / 700,000 = 30.0 %    1,000,000           300,000            150,000
# Mar  300,000 / 750,000 = 40.0 %    1,000,000           400,000            300,000   the steel is dearer
# Apr  400,000 / 800,000 = 50.0 %    1,200,000           600,000            500,000   a storey more: on 1 April
#      300,000 / 800,000 = 37.5 % of 1,200,000 less the 400,000 earned = 50,000 is caught up
# May  520,000 / 800,000 = 65.0 %    1,200,000           780,000            500,000   as it was closed
#      560,000 / 800,000 = 70.0 %    1,200,000           840,000                      with the crane's bill of 28 May
# Jun  720,000 / 800,000 = 90.0 %    1,200,000         1,080,000            800,000
# Jul  800,000 / 800,000 = 100 %     1,260,000         1,260,000          1,200,000   with the bonus
#
# A contract is an asset or a liability: what is earned beyond what is billed, or the other way round.
BOOKS = """
2023               |      Jan |      Feb |      Mar |      Apr |      May |      Jun |      Jul
AccountsReceivable |  150,000 |          |  150,000 |  200,000 |          |  300,000 |  400,000
ContractAsset      |          |  150,000 |  -50,000 |          |  180,000 |          | -220,000
ContractLiability  |   50,000 |  -50,000 |          |          |          |          |
Revenue            |  100,000 |  200,000 |  100,000 |  200,000 |  180,000 |  300,000 |  180,000
"""
# The same, had the crane's bill come in time: May is reopened and closed again.
REOPENED = """
2023               |      Jan |      Feb |      Mar |      Apr |      May |      Jun |      Jul
AccountsReceivable |  150,000 |          |  150,000 |  200,000 |          |  300,000 |  400,000
ContractAsset      |          |  150,000 |  -50,000 |          |  240,000 |  -60,000 | -220,000
ContractLiability  |   50,000 |  -50,000 |          |          |          |          |
Revenue            |  100,000 |  200,000 |  100,000 |  200,000 |  240,000 |  240,000 |  180,000
"""


def until_may() -> Ledger:
    books = Ledger(2023)
    books.learn(BASIS, contract(START), line("building", "1,000,000", START, **HOW))
    books.learn(cost(START, "700,000"), bonus(START, "0"))
    books.learn(sent("1", "2023-01-20", "150,000"), spent("groundwork", "2023-01-25", "70,000"))
    books.close("Jan")
    books.learn(spent("walls", "2023-02-20", "140,000"))
    books.close("Feb")
    books.learn(cost("2023-03-01", "750,000"), sent("2", "2023-03-10", "150,000"), spent("steel", "2023-03-15", "90,000"))
    books.close("Mar")
    books.learn(line("building", "1,200,000", "2023-04-01", **HOW), cost("2023-04-01", "800,000"))
    books.learn(sent("3", "2023-04-15", "200,000"), spent("storey", "2023-04-28", "100,000"))
    books.close("Apr")
    books.learn(spent("roof", "2023-05-20", "120,000"))
    books.close("May")
    return books


def the_rest(books: Ledger) -> None:
    books.learn(sent("4", "2023-06-01", "300,000"), spent("windows", "2023-06-15", "160,000"))
    books.close("Jun")
    books.learn(bonus("2023-07-01", "60,000"), spent("paint", "2023-07-20", "80,000"), sent("5", "2023-07-31", "400,000"))
    books.close("Jul")


CRANE = spent("crane", "2023-05-28", "40,000")


def test_a_building() -> None:
    books = until_may()
    books.learn(CRANE)
    the_rest(books)
    assert written(books.page()) == written(read(BOOKS))
    assert books.served("Revenue", "Jun") == {"May": "60000.00", "Jun": "240000.00"}


def test_a_building_whose_may_is_reopened() -> None:
    books = until_may()
    books.learn(CRANE)
    books.reopen("May")
    books.close("May")
    the_rest(books)
    assert written(books.page()) == written(read(REOPENED))


def test_the_change_of_plan_is_caught_up_and_says_why() -> None:
    books = until_may()
    books.learn(CRANE)
    the_rest(books)
    gold = books.whole()
    [change] = gold["contract_modifications"].to_dicts()
    assert (f"{change['modified_on']}", change["treatment"]) == ("2023-04-01", "cumulative_catch_up")
    assert gold["recognition_schedule"].get_column("amount").sum() == 1_260_000
