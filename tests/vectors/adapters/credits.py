"""Examples of breakage: grants that lapse, and prepayments of which a part is never asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.assets.revenue_facts import fact, moment
from tests.vectors.contract_books import balance, revenue
from tests.vectors.contract_facts import BASIS, CURRENCY, CUSTOMER, START, billed, contract, estimate, line, number, used
from tests.vectors.example import Adapter, Books, Example, Told, only
from tests.vectors.journal_moves import moves
from tests.vectors.stated import movements

ENDS = "2021-12-31"
SOLD = ("prepaid", "amount", "sold", "gift_cards_sold")


def _at(stated: str) -> str:
    """A day, or a moment that is only numbered: T1, T2; "after T5" is a day later than T5."""
    if not stated.removeprefix("after ").startswith("T"):
        return stated
    later = stated.startswith("after ")
    step = int(stated.removeprefix("after ").split()[0].lstrip("T"))
    return f"2021-{step:02}-{2 if later else 1:02}" if step <= 12 else f"2022-{step - 12:02}-{2 if later else 1:02}"


def tell(example: Example) -> Told:
    return _grants(example) if "grants" in example.inputs else _prepaid(example)


def _grants(example: Example) -> Told:
    given = example.inputs
    only(given, "grants", "usage")
    rows = []
    for n, grant in enumerate(given["grants"]):
        only(grant, "amount", "at", "expires", "priority")
        of = {
            "customer_id": CUSTOMER,
            "kind": "prepaid",
            "paid": True,
            "currency": CURRENCY,
            "amount": number(grant["amount"]),
        }
        until = {"priority": grant.get("priority"), "expires_at": moment(_at(grant["expires"]))}
        rows.append(fact("credit_grants", f"test:grant_{n}", _at(grant["at"]), **of, **until))
    for n, use in enumerate(given["usage"]):
        counted = {"meter": "credits", "quantity": number(use["amount"]), "customer_id": CUSTOMER}
        rows.append(fact("usage", f"test:use_{n}", _at(use["at"]), **counted))
    return Told(rows)


def _prepaid(example: Example) -> Told:
    """One prepayment, how much of it is expected to be redeemed, and what was."""
    given = example.inputs
    only(given, *SOLD, "expected_breakage", "redeemed", "redemptions")
    whole = number(next(given[name] for name in SOLD if name in given))
    rows = [BASIS, contract(), line("card", "1", quantity=whole, promise_kind="gift_card"), *billed(whole)]
    share = number(given.get("expected_breakage", "0"))
    rows.append(estimate("expected", "card", "expected_units", whole * (1 - share)))  # type: ignore[operator]
    asked = given.get("redeemed", given.get("redemptions"))
    rows += [used(f"{n}", "card", day, amount) for n, (day, amount) in enumerate(movements(asked, "2021-06-15"))]
    return Told(rows)


def read(books: Books, example: Example) -> dict[str, Any]:
    parts = books["credit_drawdown"]
    found: dict[str, Any] = {
        "revenue": revenue(books, START[:7], ENDS[:7]),
        "revenue_by_month": moves(books["journal"]).get("Revenue", {}),
        "contract_liability": balance(books, "ContractLiability", ENDS[:7]),
    }
    if "grants" in example.inputs:
        label = {f"test:grant_{n}": grant["expires"] for n, grant in enumerate(example.inputs["grants"])}
        lapsed = dict.fromkeys(label.values(), Decimal(0))
        for grant, quantity in parts.filter(kind="lapsed").select("grant_id", "quantity").iter_rows():
            lapsed[label[grant]] += quantity
        found |= {"breakage_at": lapsed, "consumed_from": []}
        for n in range(len(example.inputs["usage"])):
            rows = parts.filter(event_id=f"test:use_{n}").sort("grant_id").select("grant_id", "quantity").iter_rows()
            found["consumed_from"].append({label[grant]: quantity for grant, quantity in rows})
    return found


ADAPTERS = (Adapter(("breakage",), tell, read),)
