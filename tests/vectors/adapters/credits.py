"""Examples of breakage: grants that lapse, and prepayments of which a part is never asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.assets.revenue_facts import fact, moment
from tests.vectors.contract_books import revenue
from tests.vectors.contract_facts import BASIS, CURRENCY, CUSTOMER, START, billed, contract, estimate, line, number, used
from tests.vectors.example import Adapter, Books, Example, Told, only

ENDS = "2021-12-31"


def _at(stated: str) -> str:
    """A moment that is only numbered: T1, T2; "after T5" is a day later than T5."""
    later = stated.startswith("after ")
    step = int(stated.removeprefix("after ").split()[0].lstrip("T"))
    return f"2021-{step:02}-{2 if later else 1:02}" if step <= 12 else f"2022-{step - 12:02}-{2 if later else 1:02}"


def tell(example: Example) -> Told:
    return _grants(example) if "grants" in example.inputs else _prepaid(example)


def _grants(example: Example) -> Told:
    given = example.inputs
    only(given, "grants", "usage")
    rows = []
    for grant in given["grants"]:
        only(grant, "amount", "at", "expires", "priority")
        of = {
            "customer_id": CUSTOMER,
            "kind": "prepaid",
            "paid": True,
            "currency": CURRENCY,
            "amount": number(grant["amount"]),
        }
        until = {"priority": grant.get("priority"), "expires_at": moment(_at(grant["expires"]))}
        rows.append(fact("credit_grants", f"test:{grant['expires']}", _at(grant["at"]), **of, **until))
    for n, use in enumerate(given["usage"]):
        counted = {"meter": "credits", "quantity": number(use["amount"]), "customer_id": CUSTOMER}
        rows.append(fact("usage", f"test:use_{n}", _at(use["at"]), **counted))
    return Told(rows)


def _prepaid(example: Example) -> Told:
    """One prepayment, how much of it is expected to be redeemed, and what was."""
    given = example.inputs
    only(given, "prepaid", "amount", "expected_breakage", "redeemed")
    whole = number(given.get("prepaid", given.get("amount")))
    rows = [BASIS, contract(), line("card", "1", quantity=whole, promise_kind="gift_card"), *billed(whole)]
    share = number(given.get("expected_breakage", "0"))
    rows.append(estimate("expected", "card", "expected_units", whole * (1 - share)))  # type: ignore[operator]
    rows.append(used("1", "card", "2021-06-15", given["redeemed"]))
    return Told(rows)


def read(books: Books, example: Example) -> dict[str, Any]:
    parts = books["credit_drawdown"]
    found: dict[str, Any] = {"revenue": revenue(books, START[:7], ENDS[:7])}
    if "grants" in example.inputs:
        names = [grant["expires"] for grant in example.inputs["grants"]]
        lapsed = dict(parts.filter(kind="lapsed").select("grant_id", "quantity").iter_rows())
        found["breakage_at"] = {name: lapsed.get(f"test:{name}", Decimal(0)) for name in names}
        found["consumed_from"] = []
        for n in range(len(example.inputs["usage"])):
            rows = parts.filter(event_id=f"test:use_{n}").sort("grant_id").select("grant_id", "quantity").iter_rows()
            found["consumed_from"].append({grant.removeprefix("test:"): quantity for grant, quantity in rows})
    return found


ADAPTERS = (Adapter(("breakage",), tell, read),)
