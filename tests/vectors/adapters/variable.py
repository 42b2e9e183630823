"""Examples of variable consideration: concessions, bonuses, rebates by volume, goods that come back."""

from __future__ import annotations

import json
from typing import Any

from tests.assets.revenue_facts import Row, fact
from tests.vectors.contract_books import balance, contract_price, revenue
from tests.vectors.contract_facts import (
    BASIS,
    CONTRACT,
    CURRENCY,
    START,
    billed,
    choice,
    contract,
    estimate,
    line,
    number,
    performed,
    price,
)
from tests.vectors.example import Adapter, Books, Example, Told, only

SOLD = "2021-01-15"
COST = ("unit_cost", "cost_per_unit", "cost_ratio")
"""What one unit costs; sales as one sum are units of a dollar."""
CONSTRAINED = ("constrained", "constraint", "constrained_to", "constrained_value", "constrained_amount")


def tell_price(example: Example) -> Told:
    """Goods delivered for a price of which a part is not expected; or a fixed price and a bonus."""
    given = example.inputs
    only(
        given,
        "units",
        "price",
        "expected_concession",
        "fixed",
        "scenarios",
        "outcomes",
        "method",
        *CONSTRAINED,
        *("bonus", "penalty"),
    )
    rows = [BASIS, contract()]
    if "units" in given:
        rows.append(line("goods", given["price"], quantity=given["units"], promise_kind="good"))
        rows.append(performed("all", "goods", SOLD, quantity=given["units"]))
    else:
        rows.append(line("goods", given.get("fixed", "0"), promise_kind="good"))
        rows.append(performed("all", "goods", SOLD, quantity=1))
    if "expected_concession" in given:
        stated = str(given["expected_concession"])
        rows.append(estimate("concession", "goods", "price_concession", stated, money=not stated.endswith("%")))
    told = given.get("scenarios", given.get("outcomes"))
    if told:
        pairs = [(s.get("value", s.get("amount")), s["probability"]) if isinstance(s, dict) else s for s in told]
        said = json.dumps([{"value": str(number(v)), "probability": str(number(p))} for v, p in pairs])
        capped = next((given[name] for name in CONSTRAINED if name in given), None)
        rows.append(
            estimate(
                "bonus",
                CONTRACT,
                "variable_consideration",
                None,
                money=True,
                scenarios=said,
                constrained_value=number(capped),
            )
        )
        if "most" in str(given.get("method", "")):
            rows.append(choice("variable_consideration_method", "most_likely_amount"))
    for name, sign in (("bonus", 1), ("penalty", -1)):
        if name in given:
            value = sign * number(given[name])  # type: ignore[operator]
            rows.append(estimate(name, CONTRACT, "variable_consideration", value, money=True))
    return Told(rows)


def read_price(books: Books, example: Example) -> dict[str, Any]:
    return {"revenue": revenue(books, "2021-01", "2029-12"), "transaction_price": contract_price(books)}


def tell_volume(example: Example) -> Told:
    """Goods at a list price, and a lower one for all of them once the year's volume is over a threshold."""
    given = example.inputs
    quarters = [f"q{n}_units" for n in range(1, 5)]
    only(given, "list", "retro_price_if_over", "estimate_changes_in", *quarters)
    over, lower = given["retro_price_if_over"]
    changes_in = int(str(given.get("estimate_changes_in", "Q2"))[1:])
    day = f"2021-{3 * changes_in - 2:02}-01"
    more = over + 1
    rows = [
        BASIS,
        contract(),
        line("goods", given["list"], quantity=None, promise_kind="good", product_id="test:goods"),
        price("over", "goods", lower, purpose="list", from_quantity=number(more)),
        estimate("volume", "goods", "volume", more, day),
    ]
    for n in range(1, 5):
        if f"q{n}_units" in given:
            rows.append(performed(f"q{n}", "goods", f"2021-{3 * n - 1:02}-15", quantity=given[f"q{n}_units"]))
    return Told(rows)


def read_volume(books: Books, example: Example) -> dict[str, Any]:
    return {f"q{n}_revenue": revenue(books, f"2021-{3 * n - 2:02}", f"2021-{3 * n:02}") for n in range(1, 5)}


def tell_returns(example: Example) -> Told:
    """Goods sold and billed of which some are expected back, with what they cost."""
    given = example.inputs
    only(
        given,
        *("units", "price", "sales", "not_reversing", "expected_kept", "expected_returns"),
        *("return_rate", "expected_return_rate", "returned", "actually_returned", *COST),
    )
    by_unit = "units" in given
    units, each = (given["units"], given["price"]) if by_unit else (given["sales"], "1")
    cost = next((number(given[name]) for name in COST if name in given), None)
    product = fact("products", "test:goods", "2000-01-01", unit_cost=cost, cost_currency=CURRENCY)
    rows: list[Row] = [BASIS, product, contract()]
    rows.append(line("goods", each, quantity=units, promise_kind="good", product_id="test:goods"))
    rows.append(performed("all", "goods", SOLD, quantity=units))
    total = number(units) * number(each)  # type: ignore[operator]
    rows += billed(total, SOLD)
    for name, kind, money in (
        ("expected_kept", "kept", False),
        ("not_reversing", "kept", True),
        ("expected_returns", "returns", False),
        ("return_rate", "return_rate", False),
        ("expected_return_rate", "return_rate", False),
    ):
        if name in given:
            rows.append(estimate("returns", "goods", kind, given[name], money=money))
    if back := given.get("returned", given.get("actually_returned")):
        rows.append(performed("back", "goods", "2021-06-15", kind="return", quantity=back))
    return Told(rows, START.replace("2021", "2022"))


def read_returns(books: Books, example: Example) -> dict[str, Any]:
    asset = balance(books, "ReturnAsset", "2021-12")
    return {
        "revenue": revenue(books, "2021-01", "2021-12"),
        "refund_liability": balance(books, "RefundLiability", "2021-12"),
        "cost_of_sales": balance(books, "CostOfSales", "2021-12"),
        "right_to_recover_asset": asset,
        "asset": asset,
    }


ADAPTERS = (
    Adapter(("variable_consideration",), tell_price, read_price),
    Adapter(("variable_consideration.catch_up",), tell_volume, read_volume),
    Adapter(("returns",), tell_returns, read_returns),
)
