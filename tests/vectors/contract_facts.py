"""Facts of one contract on the basis `contract`, written as its parties would tell them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.assets.revenue_facts import Row, fact, moment

CONTRACT, CUSTOMER, CURRENCY = "test:contract", "test:cus", "USD"
START = "2021-01-01"


def choice(name: str, value: str, scope: str = "*") -> Row:
    stated = {"name": name, "value": value, "adoption": "new_contracts", "approver": "bob"}
    return fact(
        "policies", f"test:{name}:{scope}", "2000-01-01", scope=scope, effective_from=moment("2000-01-01"), **stated
    )


BASIS = choice("revenue_basis", "contract")


def contract(at: str = START, name: str = CONTRACT, **columns: Any) -> Row:
    return fact("contracts", name, at, status="active", currency=CURRENCY, customer_id=CUSTOMER, start_at=at, **columns)


def line(name: str, price: Any, at: str = START, *, of: str = CONTRACT, quantity: Any = "1", **columns: Any) -> Row:
    """A promise: quantity (None where it is not known in advance) at a unit price."""
    if columns.get("ssp") is not None:
        columns["ssp"] = number(columns["ssp"])
    amounts = {"quantity": number(quantity), "unit_price": number(price), "currency": CURRENCY}
    return fact("contract_lines", f"test:{name}", at, contract_id=of, **amounts, **columns)


def number(stated: Any) -> Decimal | None:
    """A number as a source prints it; per cent as a share."""
    if stated is None:
        return None
    text = str(stated).replace(",", "").split()[0]
    return Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)


def performed(name: str, of: str, at: str, *, kind: str = "delivery", quantity: Any = None, amount: Any = None) -> Row:
    currency = CURRENCY if amount is not None else None
    counted = {"quantity": number(quantity), "amount": number(amount), "currency": currency}
    return fact("performance", f"test:done:{name}", at, kind=kind, contract_line_id=f"test:{of}", **counted)


def used(name: str, of: str, at: str, quantity: Any) -> Row:
    return fact("usage", f"test:used:{name}", at, meter="units", quantity=number(quantity), contract_line_id=f"test:{of}")


def estimate(name: str, scope: str, kind: str, value: Any, at: str = START, *, money: bool = False, **columns: Any) -> Row:
    """An estimate about a line (or a contract, by its whole object id)."""
    about = scope if scope.startswith("test:") else f"test:{scope}"
    said = {"value": number(value), "currency": CURRENCY if money else None, "author": "ann"}
    return fact("estimates", f"test:estimate:{name}", at, scope=about, kind=kind, **said, **columns)


def price(name: str, product: str | None, amount: Any, *, purpose: str = "ssp", **columns: Any) -> Row:
    stated = {"unit_amount": number(amount), "currency": CURRENCY, "purpose": purpose}
    return fact("prices", f"test:price:{name}", "2000-01-01", product_id=product and f"test:{product}", **stated, **columns)


def billed(amount: Any, at: str = START, *, name: str = "test:in_1", of: str = CONTRACT) -> list[Row]:
    shared = {"currency": CURRENCY, "event": f"{name}@{at}"}
    total = number(amount)
    return [
        fact(
            "documents",
            name,
            at,
            kind="invoice",
            status="open",
            customer_id=CUSTOMER,
            contract_id=of,
            issued_at=at,
            total=total,
            **shared,
        ),
        fact("document_lines", f"{name}:il_1", at, document_id=name, line_number=1, amount=total, contract_id=of, **shared),
    ]
