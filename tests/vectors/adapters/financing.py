"""Examples of a significant financing component: paid long after the transfer, or long before it."""

from __future__ import annotations

from typing import Any

from tests.vectors.contract_books import balance, contract_price, revenue
from tests.vectors.contract_facts import BASIS, CONTRACT, START, billed, contract, estimate, line, performed
from tests.vectors.example import Adapter, Books, Example, Told, only

FIRST = 2021
RATES = ("rate", "borrowing_rate_used", "discount_rate", "interest_rate", "borrowing_rate")


def tell(example: Example) -> Told:
    """One good, one payment, and the rate between the two."""
    given = example.inputs
    only(
        given,
        "promised",
        "months",
        *RATES,
        "cash_price",
        "paid_now",
        "alternative_in_2y",
        "implicit_rate",
        "years",
    )
    late = "promised" in given
    months = int(given["months"]) if "months" in given else 12 * int(given["years"])
    amount = given["promised" if late else "paid_now"]
    rate = next(given[name] for name in RATES if name in given)
    then = f"{FIRST + months // 12}-{months % 12 + 1:02}-01"
    transferred, paid = (START, then) if late else (then, START)
    invoice = billed(amount)
    invoice[0][1]["due_at"] = contract(paid)[1]["effective_at"]
    return Told(
        [
            BASIS,
            contract(),
            line("good", amount, promise_kind="good", service_from=transferred),
            performed("all", "good", transferred, quantity=1),
            estimate("rate", CONTRACT, "discount_rate", rate),
            *invoice,
        ]
    )


def read(books: Books, example: Example) -> dict[str, Any]:
    found: dict[str, Any] = {
        "present_value": contract_price(books),
        "revenue_at_transfer": revenue(books, "2021-01", "2029-12"),
        "interest_total": balance(books, "InterestIncome", "2029-12") + balance(books, "InterestExpense", "2029-12"),
        "contract_liability_start": books["journal"]
        .filter(account="ContractLiability", event_kind="invoice")["amount"]
        .sum()
        * -1,
    }
    for n in range(1, 6):
        year = FIRST + n - 1
        until, before = (
            balance(books, "InterestExpense", f"{y}-12") + balance(books, "InterestIncome", f"{y}-12")
            for y in (year, year - 1)
        )
        found[f"interest_year{n}"] = until - before
    return found


ADAPTERS = (Adapter(("financing",), tell, read),)
