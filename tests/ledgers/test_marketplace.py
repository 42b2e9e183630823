"""A marketplace's seven months: its own goods as principal, the goods of others as their agent.

A principal controls the goods and earns what the customer pays; an agent arranges for another to provide them and earns
what is left, whoever collects the money (ASC 606-10-55-36 to 40, IFRS 15.B34 to B38). What it collects for the seller is
owed to the seller once the goods are sold.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.assets.revenue_facts import Row, cash, fact
from tests.ledgers.ledger import Ledger, read, written
from tests.vectors.contract_facts import BASIS, billed, contract, line, performed, used

START = "2023-01-01"
# Chairs at 40 are its own: gross. Vases at 100 are a potter's, who gets 70: 30 are left.
#
# Jan  10 chairs and 4 vases                          400 + 120 earned     280 owed
# Feb   6 vases are paid for that leave in March      600 are owed to the buyer, nothing to the potter yet
# Mar   they leave                                    180 earned           420 owed, and all 700 are paid to the potter
#       2 chairs are paid for; that they left on the 30th is told of in April, when March is closed: 80 earned
# Apr   5 vases, which are paid in May                150 earned           350 owed
# Jun   3 vases that the marketplace bought itself    300 earned: it is the principal
#       1 vase of the potter's                         30 earned            70 owed
# Jul   which comes back                              -30                  -70
BOOKS = """
2023               |   Jan |   Feb |   Mar |   Apr |   May |   Jun |   Jul
Cash               |   800 |   600 |  -620 |       |   500 |   400 |  -100
AccountsReceivable |       |       |       |   500 |  -500 |       |
ContractLiability  |       |   600 |  -520 |   -80 |       |       |
DueToPrincipals    |   280 |       |  -280 |   350 |       |    70 |   -70
Revenue            |   520 |       |   180 |   230 |       |   330 |   -30
"""
VASE = fact("products", "test:vase", "2000-01-01", unit_cost=Decimal(70), cost_currency="USD")


def cart(name: str, day: str, amount: int, paid: str | None = None) -> list[Row]:
    """What a buyer puts into a cart is a contract; it is billed, and paid at once or later."""
    of, sent = f"test:{name}", f"test:in_{name}"
    money = cash("payment", f"test:ch_{name}", paid or day, str(amount), document_id=sent)
    return [contract(day, of), *billed(amount, day, name=sent, of=of), money]


def chairs(name: str, day: str, units: int) -> Row:
    return line(f"{name}:chairs", "40", day, of=f"test:{name}", quantity=units, promise_kind="good")


def vases(name: str, day: str, units: int, *, principal: bool = False) -> Row:
    of = {"of": f"test:{name}", "product_id": "test:vase", "promise_kind": "good"}
    return line(f"{name}:vases", "100", day, quantity=units, principal=principal, **of)


def left(promise: str, day: str, units: int, kind: str = "delivery") -> Row:
    return performed(f"{promise}:{kind}", promise, day, kind=kind, quantity=units)


def to_the_potter(day: str, amount: int) -> list[Row]:
    """An entry of the general ledger: what is owed is paid."""
    told = {
        "entry_id": "je_potter",
        "kind": "manual",
        "line_count": 2,
        "currency": "USD",
        "posted_on": date.fromisoformat(day),
    }
    said = {"reason": "the payment run", "preparer": "ann", "approver": "bob", "event": "je_potter"}
    legs = ((1, "DueToPrincipals", amount), (2, "Cash", -amount))
    return [
        fact("manual_entries", f"je_potter:{n}", day, line_number=n, account=account, amount=Decimal(money), **told, **said)
        for n, account, money in legs
    ]


def seven_months() -> Ledger:
    books = Ledger(2023)
    day = "2023-01-10"
    books.learn(BASIS, VASE, cart("jan", day, 800), chairs("jan", day, 10), vases("jan", day, 4))
    books.learn(left("jan:chairs", day, 10), left("jan:vases", day, 4))
    books.close("Jan")
    day = "2023-02-20"
    books.learn(cart("feb", day, 600), vases("feb", day, 6))
    books.close("Feb")
    books.learn(left("feb:vases", "2023-03-02", 6), to_the_potter("2023-03-31", 700))
    day = "2023-03-15"
    books.learn(cart("mar", day, 80), chairs("mar", day, 2))
    books.close("Mar")
    books.learn(left("mar:chairs", "2023-03-30", 2))
    day = "2023-04-08"
    books.learn(cart("apr", day, 500, paid="2023-05-03"), vases("apr", day, 5), left("apr:vases", day, 5))
    books.close("Apr")
    books.close("May")
    day = "2023-06-12"
    books.learn(cart("own", day, 300), vases("own", day, 3, principal=True), left("own:vases", day, 3))
    day = "2023-06-28"
    books.learn(cart("jun", day, 100), vases("jun", day, 1), left("jun:vases", day, 1))
    books.close("Jun")
    day = "2023-07-20"
    books.learn(left("jun:vases", day, 1, "return"), cash("refund", "test:re", day, "100", payment_id="test:ch_jun"))
    books.close("Jul")
    return books


def test_seven_months() -> None:
    books = seven_months()
    assert written(books.page()) == written(read(BOOKS))
    assert books.served("Revenue", "Apr") == {"Mar": "80.00", "Apr": "150.00"}


def test_what_is_owed_to_the_potter() -> None:
    owed = sum(Decimal(amount) for amount in seven_months().page()["DueToPrincipals"].values())
    assert owed == 70 * (4 + 6 + 5) - 700


def test_a_metered_agent_owes_what_it_collects_too() -> None:
    """10 rides at 20, of which the driver gets 16, billed in February."""
    books = Ledger(2023)
    ride = fact("products", "test:ride", "2000-01-01", unit_cost=Decimal(16), cost_currency="USD")
    metered = {"quantity": None, "usage_type": "metered", "principal": False, "product_id": "test:ride"}
    books.learn(BASIS, ride, contract(START), line("rides", "20", START, **metered))
    books.learn(used("jan", "rides", "2023-01-20", 10), billed(200, "2023-02-01"))
    books.post("Jul")
    assert books.page() == {
        "UnbilledAccountsReceivable": {"Jan": "200.00", "Feb": "-200.00"},
        "AccountsReceivable": {"Feb": "200.00"},
        "DueToPrincipals": {"Jan": "160.00"},
        "Revenue": {"Jan": "40.00"},
    }
