"""A software company's seven months, recognised by its invoices: an upgrade, a prepaid year, a refund and a dispute.

Service is earned by the day. A refund gives back in proportion what was earned (Refunds) and what was still owed
(DeferredRevenue); what remains is earned evenly. A dispute that is won is a gain and touches no revenue
(https://docs.stripe.com/revenue-recognition/methodology/refunds-and-disputes).
"""

from __future__ import annotations

from tests.assets.revenue_facts import Row, cash, invoice
from tests.ledgers.ledger import Ledger, read, written


def paid(number: str, day: str, amount: str) -> Row:
    return cash("payment", f"ch_{number}", day, amount, document_id=f"in_{number}")


# Revenue        Jan    Feb    Mar    Apr    May    Jun    Jul
# Acme  10/day   310    280    310                                  900 for the 90 days of the first quarter
#  upgrade                    -310                                  what is left of it on 1 March is given back
#        20/day                620    600    620    600    620      and charged at twice the price
# Bird  10/day   310    280    310    300    310    300    310      3,650 for the year
#  refund                                    -31    -30    -31      a tenth of it from 1 May: 120 of 1,200 earned in 120
#                                                                   days, 245 of 2,450 that are owed for the other 245
# Cook  10/day          280    310                                  890 for 89 days; 300 of it is owed on 1 April
#
# The refund of 1 May is told of in June, when May is closed: June takes back the 31 that May earned too much.
BOOKS = """
2023               |      Jan |      Feb |      Mar |      Apr |      May |      Jun |      Jul
Cash               | 4,550.00 |   890.00 |   310.00 |   930.00 |          |   525.00 |
AccountsReceivable |          |          |          |          |          |          | 1,840.00
DeferredRevenue    | 3,930.00 |    50.00 |  -930.00 |   620.00 |  -930.00 |-1,084.00 |   941.00
Revenue            |   620.00 |   840.00 | 1,240.00 |   900.00 |   930.00 |   839.00 |   899.00
Refunds            |          |          |          |          |          |   120.00 |
Disputes           |          |          |          |   590.00 |          |          |
Recoverables       |          |          |          |          |          |   890.00 |
"""
# May is reopened for it: everything stands in the month in which it happened.
REOPENED = """
2023               |      Jan |      Feb |      Mar |      Apr |      May |      Jun |      Jul
Cash               | 4,550.00 |   890.00 |   310.00 |   930.00 |  -365.00 |   890.00 |
AccountsReceivable |          |          |          |          |          |          | 1,840.00
DeferredRevenue    | 3,930.00 |    50.00 |  -930.00 |   620.00 |-1,144.00 |  -870.00 |   941.00
Revenue            |   620.00 |   840.00 | 1,240.00 |   900.00 |   899.00 |   870.00 |   899.00
Refunds            |          |          |          |          |   120.00 |          |
Disputes           |          |          |          |   590.00 |          |          |
Recoverables       |          |          |          |          |          |   890.00 |
"""


def until_may() -> Ledger:
    books = Ledger(2023)
    books.learn(invoice("in_acme", "2023-01-01", [("900.00", "2023-01-01", "2023-04-01")]))
    books.learn(invoice("in_bird", "2023-01-01", [("3650.00", "2023-01-01", "2024-01-01")]))
    books.learn(paid("acme", "2023-01-05", "900.00"), paid("bird", "2023-01-10", "3650.00"))
    books.close("Jan")
    books.learn(invoice("in_cook", "2023-02-01", [("890.00", "2023-02-01", "2023-05-01")]))
    books.learn(paid("cook", "2023-02-03", "890.00"))
    books.close("Feb")
    left = ("2023-03-01", "2023-04-01")
    books.learn(invoice("in_more", "2023-03-01", [("-310.00", *left), ("620.00", *left)]))
    books.learn(paid("more", "2023-03-02", "310.00"))
    books.close("Mar")
    books.learn(invoice("in_april", "2023-04-01", [("1820.00", "2023-04-01", "2023-07-01")]))
    books.learn(paid("april", "2023-04-02", "1820.00"))
    books.learn(cash("dispute", "dp_cook", "2023-04-01", "890.00", payment_id="ch_cook"))
    books.close("Apr")
    books.close("May")
    return books


LATE = cash("refund", "re_bird", "2023-05-01", "365.00", payment_id="ch_bird")


def the_rest(books: Ledger) -> None:
    books.learn(cash("dispute_reversal", "dr_cook", "2023-06-10", "890.00", payment_id="ch_cook"))
    books.close("Jun")
    books.learn(invoice("in_july", "2023-07-01", [("1840.00", "2023-07-01", "2023-10-01")]))
    books.close("Jul")


def test_seven_months() -> None:
    books = until_may()
    books.learn(LATE)
    the_rest(books)
    assert written(books.page()) == written(read(BOOKS))
    assert books.served("Revenue", "Jun") == {"May": "-31.00", "Jun": "870.00"}
    assert books.served("Refunds", "Jun") == {"May": "120.00"}


def test_seven_months_of_which_may_is_reopened() -> None:
    books = until_may()
    books.learn(LATE)
    books.reopen("May")
    books.close("May")
    the_rest(books)
    assert written(books.page()) == written(read(REOPENED))


def test_what_is_owed_at_the_end_of_july_is_what_is_left_of_two_contracts() -> None:
    books = until_may()
    books.learn(LATE)
    the_rest(books)
    last = books.whole()["deferred_rollforward"].sort("accounting_period").row(-1, named=True)
    assert last["closing"] == 61 * 20 + 153 * 9  # August and September of Acme, August to December of Bird
