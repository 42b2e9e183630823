"""An API company's seven months: calls that are metered and billed a month later, and credits that are paid before.

What is used is earned when it is used, at its price (the right to invoice: ASC 606-10-55-18, IFRS 15.B16), and is an
unbilled receivable until it is billed. Credits are earned as they are redeemed, in proportion to what is expected to be
redeemed, and wholly when they lapse (breakage: 606-10-55-48, B46).
"""

from __future__ import annotations

from decimal import Decimal

from tests.assets.revenue_facts import Row, cash, fact
from tests.ledgers.ledger import Ledger, read, written
from tests.vectors.contract_facts import BASIS, billed, contract, estimate, line, used

API, CREDITS = "test:api", "test:credits"
START, LAPSE = "2023-01-01", "2023-07-01"


def sent(name: str, day: str, amount: str, of: str = API) -> list[Row]:
    return billed(amount, day, name=f"test:in_{name}", of=of)


def paid(name: str, day: str, amount: str) -> Row:
    return cash("payment", f"test:ch_{name}", day, amount, document_id=f"test:in_{name}")


def reading(quantity: str, known: str) -> Row:
    """June's reading, which the meter may correct."""
    told = {"meter": "units", "quantity": Decimal(quantity), "contract_line_id": "test:calls", "known_at": known}
    return fact("usage", "test:used:june", "2023-06-30", **told)


# calls at 0.50        Jan    Feb    Mar    Apr    May    Jun    Jul
# used                1000   1200    840   1000      -   1900    600
# earned               500    600    420    500           950    300    Mar: 40 calls are told of when March is closed;
# billed                      500    600    400    520          1,000   Jun: 2,000 until the meter was corrected in July
# earned, not billed   500    600    400    520      -  1,000    250    as posted, at the end of the month
#
# 1,000 credits for 1,000, of which 900 are expected to be used, from 1 April on 800; what is left lapses on 30 June
# used to date          90    270    540    640    720    720
# of                   900    900    900    800    800    800
# earned to date       100    300    600    800    900  1,000
BOOKS = """
2023                       |    Jan |    Feb |    Mar |    Apr |    May |    Jun |    Jul
Cash                       |  1,000 |    500 |    600 |        |        |        |
AccountsReceivable         |        |        |        |    400 |    520 |        |  1,000
UnbilledAccountsReceivable |    500 |    100 |   -200 |    120 |   -520 |  1,000 |   -750
ContractLiability          |    900 |   -200 |   -300 |   -200 |   -100 |   -100 |
Revenue                    |    600 |    800 |    700 |    720 |    100 |  1,100 |    250
"""


def seven_months() -> Ledger:
    books = Ledger(2023)
    books.learn(BASIS, contract(START, API), contract(START, CREDITS))
    books.learn(line("calls", "0.50", START, of=API, quantity=None, usage_type="metered"))
    span = {"service_from": START, "service_to": LAPSE}
    books.learn(line("credits", "1", START, of=CREDITS, quantity="1000", recognition_method="redemption", **span))
    books.learn(estimate("used", "credits", "expected_units", "900", START))
    books.learn(sent("0", START, "1,000", CREDITS), paid("0", "2023-01-10", "1000"))
    books.learn(used("jan", "calls", "2023-01-20", 1000), used("jan_credits", "credits", "2023-01-31", 90))
    books.close("Jan")
    books.learn(sent("1", "2023-02-01", "500"), paid("1", "2023-02-15", "500"))
    books.learn(used("feb", "calls", "2023-02-20", 1200), used("feb_credits", "credits", "2023-02-28", 180))
    books.close("Feb")
    books.learn(sent("2", "2023-03-01", "600"), paid("2", "2023-03-15", "600"))
    books.learn(used("mar", "calls", "2023-03-20", 800), used("mar_credits", "credits", "2023-03-31", 270))
    books.close("Mar")
    books.learn(used("late", "calls", "2023-03-30", 40), sent("3", "2023-04-01", "400"))
    books.learn(estimate("used", "credits", "expected_units", "800", "2023-04-01"))
    books.learn(used("apr", "calls", "2023-04-20", 1000), used("apr_credits", "credits", "2023-04-30", 100))
    books.close("Apr")
    books.learn(sent("4", "2023-05-01", "520"), used("may_credits", "credits", "2023-05-31", 80))
    books.close("May")
    books.learn(reading("2000", "2023-06-30"))
    books.close("Jun")
    books.learn(sent("5", "2023-07-01", "1,000"), reading("1900", "2023-07-03"))
    books.learn(used("jul", "calls", "2023-07-20", 600))
    books.close("Jul")
    return books


def test_seven_months() -> None:
    assert written(seven_months().page()) == written(read(BOOKS))


def test_what_is_told_late_keeps_its_month_of_service() -> None:
    books = seven_months()
    assert books.served("Revenue", "Apr") == {"Mar": "20.00", "Apr": "700.00"}  # 500 of calls and 200 of credits
    assert books.served("Revenue", "Jul") == {"Jun": "-50.00", "Jul": "300.00"}


def test_had_it_been_told_in_time() -> None:
    books = Ledger(2023, told=seven_months().told)
    books.post("Jul")
    revenue = {"Jan": "600.00", "Feb": "800.00", "Mar": "720.00", "Apr": "700.00", "May": "100.00", "Jun": "1050.00"}
    assert books.page()["Revenue"] == revenue | {"Jul": "300.00"}
