"""A licensor's seven months: a right to use, a right to access, and a royalty on sales.

Software is a right to use it as it is: revenue when the customer can begin to use it (ASC 606-10-55-58B and 58C, IFRS
15.B56, B61). A brand is a right of access while the licence lasts (55-58A, B58). A royalty on sales is earned when the
sales happen (55-65, B63).
"""

from __future__ import annotations

import polars as pl

from tests.ledgers.ledger import Ledger, read, written
from tests.vectors.contract_facts import BASIS, billed, choice, contract, line, used

SOFTWARE, BRAND, ROYALTY = "test:software", "test:brand", "test:royalty"

# Software  8,000 and support 3,520, which cost 8,000 and 4,800 by themselves: 11,520 / 12,800 = 90 %
#           7,200 on 1 March, when the key is valid; 4,320 / 12 = 360 a month from then on
# Brand     12,000 for 24 months, 500 a month; from May a second country for 6,000 and 20 months, 300 a month, which is
#           what it costs by itself: a separate contract (606-10-25-12, IFRS 15.20)
# Royalty   5 % of  40,000  50,000  60,000  30,000  -  20,000  10,000; March is reported when it is closed
#
# Revenue     Jan     Feb     Mar     Apr     May     Jun     Jul
# Software                  7,200
# Support                     360     360     360     360     360
# Brand       500     500     500     500     800     800     800
# Royalty   2,000   2,500           4,500           1,000     500    unbilled until 10,000 are billed on 1 July
BOOKS = """
2023                       |    Jan |    Feb |    Mar |    Apr |    May |    Jun |    Jul
AccountsReceivable         |  6,000 | 11,520 |        |        |  6,000 |        | 10,000
UnbilledAccountsReceivable |  2,000 |  2,500 |        |  4,500 |        |  1,000 | -9,500
ContractLiability          |  5,500 | 11,020 | -8,060 |   -860 |  4,840 | -1,160 | -1,160
Revenue                    |  2,500 |  3,000 |  8,060 |  5,360 |  1,160 |  2,160 |  1,660
"""


def seven_months() -> Ledger:
    books = Ledger(2023)
    begin = "2023-01-01"
    books.learn(BASIS, choice("recognition_method", "straight_line_monthly"))
    books.learn(contract(begin, BRAND), contract(begin, ROYALTY))
    span = {"service_from": begin, "service_to": "2025-01-01"}
    access = {"promise_kind": "licence", "recognition_method": "straight_line_monthly"}
    books.learn(
        line("brand", "12,000", begin, of=BRAND, **access, **span), billed("6,000", begin, of=BRAND, name="test:in_1")
    )
    books.learn(line("sales", "0.05", begin, of=ROYALTY, quantity=None, usage_type="metered"))
    books.learn(used("jan", "sales", "2023-01-31", "40,000"))
    books.close("Jan")
    signed, valid = "2023-02-01", {"service_from": "2023-03-01"}
    books.learn(contract(signed, SOFTWARE), billed("11,520", signed, of=SOFTWARE, name="test:in_2"))
    books.learn(line("software", "8,000", signed, of=SOFTWARE, promise_kind="licence", ssp="8,000", **valid))
    books.learn(line("support", "3,520", signed, of=SOFTWARE, ssp="4,800", **valid, service_to="2024-03-01"))
    books.learn(used("feb", "sales", "2023-02-28", "50,000"))
    books.close("Feb")
    books.close("Mar")
    books.learn(used("mar", "sales", "2023-03-31", "60,000"), used("apr", "sales", "2023-04-30", "30,000"))
    books.close("Apr")
    more = "2023-05-01"
    country = {"service_from": more, "service_to": "2025-01-01", "ssp": "6,000"}
    books.learn(line("country", "6,000", more, of=BRAND, **access, **country))
    books.learn(billed("6,000", more, of=BRAND, name="test:in_3"))
    books.close("May")
    books.learn(used("jun", "sales", "2023-06-30", "20,000"))
    books.close("Jun")
    books.learn(billed("10,000", "2023-07-01", of=ROYALTY, name="test:in_4"), used("jul", "sales", "2023-07-31", "10,000"))
    books.close("Jul")
    return books


def test_seven_months() -> None:
    books = seven_months()
    assert written(books.page()) == written(read(BOOKS))
    assert books.served("Revenue", "Apr") == {"Mar": "3000.00", "Apr": "2360.00"}


def test_a_second_country_at_its_own_price_is_a_separate_contract() -> None:
    [change] = seven_months().whole()["contract_modifications"].to_dicts()
    assert (f"{change['modified_on']}", change["treatment"]) == ("2023-05-01", "separate_contract")


def test_what_remains_to_be_performed() -> None:
    remaining = seven_months().whole()["remaining_obligations"]
    by_year = remaining.group_by("year").agg(pl.col("amount").sum()).sort("year").rows()
    # Support to February, the brand to the December after next: 5 * (360 + 800) | 2 * 360 + 12 * 800
    assert by_year == [(2023, 5_800), (2024, 10_320)]
