"""A shop's seven months: goods that come back, a gift card, an order that is cancelled.

Of goods sold with a right of return, what is expected back is no revenue but a refund liability, and the goods an asset at
their cost (ASC 606-10-55-22 to 29, IFRS 15.B20 to B27). What comes back is paid out of that liability; what comes back
beyond it lowers revenue. A gift card is earned as it is redeemed, breakage in proportion (55-48, B46).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.assets.revenue_facts import Row, cash, fact, moment
from tests.ledgers.ledger import Ledger, read, written
from tests.vectors.contract_facts import BASIS, billed, contract, estimate, line, performed, used

# Lamps at 50, which cost 30         Jan    Feb    Mar    Apr    May
# January  sold 100, 4 expected      4,800                             96 * 50; 4 * 50 owed back, 4 * 30 to come back
#          3 come back                      owed back: 150 of 200
#          nobody sends more                         50                the last one stays sold on 31 March
# March    sold 20, 10 % expected                   900                18 * 50
#          2 of 28 March                                               told of in April: 100 owed back, not revenue
#          1 more in May                                          -50  beyond what was expected
# April    10 ordered and billed; cancelled on 4 May: 500 are owed and owed no more
# Card     400 sold in February, 360 expected to be redeemed: 90, 180 and 90 of them are 100, 200 and 100
BOOKS = """
2023               |    Jan |    Feb |    Mar |    Apr |    May |    Jun |    Jul
Cash               |  5,000 |    250 |  1,000 |   -100 |    -50 |        |
AccountsReceivable |        |        |        |    500 |   -500 |        |
Inventory          | -3,000 |     90 |   -600 |     60 |     30 |        |
ReturnAsset        |    120 |    -90 |     30 |    -60 |        |        |
ContractLiability  |        |    400 |   -100 |    500 |   -700 |        |   -100
RefundLiability    |    200 |   -150 |     50 |   -100 |        |        |
Revenue            |  4,800 |        |  1,050 |        |    150 |        |    100
CostOfSales        |  2,880 |        |    570 |        |    -30 |        |
"""
LAMP = fact("products", "test:lamp", "2000-01-01", unit_cost=Decimal(30), cost_currency="USD")
GOOD: dict[str, Any] = {"promise_kind": "good", "product_id": "test:lamp"}


def ordered(name: str, day: str, units: int) -> list[Row]:
    """An order of lamps and its invoice."""
    of = f"test:{name}"
    sent = billed(50 * units, day, name=f"test:in_{name}", of=of)
    return [contract(day, of), line(name, "50", day, of=of, quantity=units, **GOOD), *sent]


def paid(name: str, day: str, amount: int) -> Row:
    return cash("payment", f"test:ch_{name}", day, str(amount), document_id=f"test:in_{name}")


def back(name: str, day: str, units: int) -> list[Row]:
    """Lamps come back and their price is refunded."""
    again = f"{name}:{day}"
    return [
        performed(again, name, day, kind="return", quantity=units),
        cash("refund", f"test:re_{again}", day, str(50 * units), payment_id=f"test:ch_{name}"),
    ]


def cancelled(order: list[Row], day: str) -> list[Row]:
    """Nothing is delivered any more, and the invoice is void."""
    _, (table, promise), (document, head), _ = order
    on = moment(day)
    event = {"source_event_id": f"cancelled {day}", "effective_at": on, "known_at": on}
    return [
        (table, promise | event | {"row_key": "test|cancelled|line", "operation": "retract"}),
        (document, head | event | {"row_key": "test|cancelled|in", "status": "void", "voided_at": on}),
    ]


def seven_months() -> Ledger:
    books = Ledger(2023)
    books.learn(BASIS, LAMP)
    sold = "2023-01-15"
    books.learn(ordered("jan", sold, 100), paid("jan", sold, 5_000), performed("jan", "jan", sold, quantity=100))
    books.learn(estimate("jan", "jan", "returns", 4, sold))
    books.close("Jan")
    books.learn(back("jan", "2023-02-10", 3))
    card = "2023-02-01"
    books.learn(
        contract(card, "test:card"), line("card", "1", card, of="test:card", quantity=400, promise_kind="gift_card")
    )
    books.learn(billed(400, card, name="test:in_card", of="test:card"), paid("card", card, 400))
    books.learn(estimate("card", "card", "expected_units", 360, card))
    books.close("Feb")
    sold = "2023-03-10"
    books.learn(ordered("mar", sold, 20), paid("mar", sold, 1_000), performed("mar", "mar", sold, quantity=20))
    books.learn(estimate("mar", "mar", "return_rate", "10%", sold), used("1", "card", "2023-03-20", 90))
    books.learn(estimate("jan", "jan", "returns", 3, "2023-03-31"))
    books.close("Mar")
    books.learn(back("mar", "2023-03-28", 2))
    order = ordered("apr", "2023-04-03", 10)
    books.learn(order)
    books.close("Apr")
    books.learn(cancelled(order, "2023-05-04"), back("mar", "2023-05-05", 1), used("2", "card", "2023-05-20", 180))
    books.close("May")
    books.close("Jun")
    books.learn(used("3", "card", "2023-07-20", 90))
    books.close("Jul")
    return books


def test_seven_months() -> None:
    books = seven_months()
    assert written(books.page()) == written(read(BOOKS))
    assert books.served("RefundLiability", "Apr") == {"Mar": "-100.00"}


def test_with_march_open_again_it_stands_where_it_happened() -> None:
    books = seven_months()
    for month in ("Jul", "Jun", "May", "Apr", "Mar"):
        books.reopen(month)
    books.post("Jul")
    page = books.page()
    assert page["RefundLiability"] == {"Jan": "200.00", "Feb": "-150.00", "Mar": "-50.00"}
    assert page["Cash"] == {"Jan": "5000.00", "Feb": "250.00", "Mar": "900.00", "May": "-50.00"}


def test_every_lamp_is_somewhere() -> None:
    """130 lamps were ordered: 97 and 17 stay sold, 10 never left."""
    page = seven_months().page()
    assert sum(Decimal(amount) for amount in page["CostOfSales"].values()) == 30 * (97 + 17)
    assert sum(Decimal(amount) for amount in page["Revenue"].values()) == 50 * (97 + 17) + 400
