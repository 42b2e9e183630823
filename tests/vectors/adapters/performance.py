"""Examples of progress, usage, points and options."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from tests.assets.revenue_facts import Row, cash, invoice
from tests.vectors.contract_books import allocated, balance, contract_price, progress, revenue
from tests.vectors.contract_facts import BASIS, START, billed, choice, contract, estimate, line, number, performed, used
from tests.vectors.example import Adapter, Books, Example, Told, only
from tests.vectors.journal_moves import index, moves
from tests.vectors.stated import movements

BUILT = "2021-12-15"
SPENT = ("costs_year{}", "year{}_costs", "y{}_costs", "costs_incurred_year{}")
EXPECTED = ("expected_costs_year{}", "total_expected_costs_year{}", "y{}_expected_costs", "year{}_expected_costs")


YEARS = range(1, 10)


def tell_costs(example: Example) -> Told:
    """A building by cost to cost, over one year or several, with materials that are delivered and not installed."""
    given = example.inputs
    by_year = [name.format(n) for name in (*SPENT, *EXPECTED) for n in YEARS]
    only(
        given,
        *("transaction_price", "elevator_cost", "other_expected_costs", "other_costs_incurred", "elevators_delivered"),
        *("expected_costs", "total_expected_costs", "costs_incurred", "contract_price", "fixed", "costs_to_date"),
        *("estimated_costs_to_complete", "wasted_costs", *by_year),
    )
    materials = number(given.get("elevator_cost", "0"))
    total = number(given.get("total_expected_costs", given.get("expected_costs")))
    if total is None and "other_expected_costs" in given:
        total = number(given["other_expected_costs"]) + materials  # type: ignore[operator]
    agreed = given.get("transaction_price", given.get("contract_price", given.get("fixed")))
    rows = [BASIS, contract(), line("building", agreed, recognition_method="cost_to_cost", promise_kind="service")]
    if total is not None:
        rows.append(estimate("total", "building", "total_cost", total, money=True))
    spent = given.get("other_costs_incurred", given.get("costs_incurred", given.get("costs_to_date")))
    yearly = dict(enumerate(spent, start=1)) if isinstance(spent, list) else {1: spent} if spent else {}
    yearly |= {n: given[name.format(n)] for name in SPENT for n in YEARS if name.format(n) in given}
    known = {n: number(given[name.format(n)]) for name in EXPECTED for n in YEARS if name.format(n) in given}
    to_date = Decimal(0)
    for n, cost in yearly.items():
        # What was wasted gives the customer nothing: it is no cost of this promise (ASC 606-10-55-21(a), IFRS 15.B19(a)).
        counts = number(cost) - number(given.get("wasted_costs", "0") if n == 1 else "0")  # type: ignore[operator]
        to_date += counts
        rows.append(performed(f"spent_{n}", "building", f"{2020 + n}-12-15", kind="cost", amount=counts))
        left = given.get("estimated_costs_to_complete")
        if left is not None:
            known[n] = to_date + number(left[n - 1] if isinstance(left, list) else left)  # type: ignore[operator]
    for n, expected in known.items():
        rows.append(estimate("total", "building", "total_cost", expected, f"{2020 + n}-12-01", money=True))
    if materials:
        rows.append(estimate("materials", "building", "uninstalled_cost", materials, money=True))
        if given.get("elevators_delivered"):
            rows.append(performed("materials", "building", BUILT, kind="uninstalled_material", amount=materials))
    return Told(rows)


def read_costs(books: Books, example: Example) -> dict[str, Any]:
    """At the end of the first year, of each year, and year by year."""
    names = {"revenue": "revenue_to_date", "cost": "cost_to_date", "profit": "margin_to_date"}
    ends = [f"{2020 + n}-12" for n in YEARS]
    to_date = {name: [progress(books, end, column) for end in ends] for name, column in names.items()}
    done = [progress(books, end) for end in ends]
    found: dict[str, Any] = {name: values[0] for name, values in to_date.items()}
    found |= {"progress": done[0], "cost_of_goods_sold": to_date["cost"][0]}
    for name, values in to_date.items():
        yearly = [now - before for now, before in zip(values, [Decimal(0), *values], strict=False)]
        printed = example.expected.get(f"{name}_by_year", [])
        found[f"{name}_by_year"] = yearly[: len(printed)]
        found |= {f"{name}_year{n}": value for n, value in enumerate(yearly, start=1)}
        found |= {f"{name}_to_date_year{n}": value for n, value in enumerate(values, start=1)}
    return found | {f"progress_year{n}": value for n, value in enumerate(done, start=1)}


def tell_usage(example: Example) -> Told:
    """A metered promise, what was used, and the invoices that bill it."""
    given = example.inputs
    only(given, "unit_price", "currency", "aggregate", "usage", "invoice_finalized", "invoice", "invoices", "paid")
    first = _day(given["usage"][0][0])
    start = f"{first[:8]}01"
    rows = [BASIS, contract(start), line("meter", given["unit_price"], start, quantity=None, usage_type="metered")]
    counts = str(given.get("aggregate", "sum")).split("_", maxsplit=1)[0]
    if counts != "sum":
        rows.append(choice("usage_aggregation", counts))
    rows += [used(str(n), "meter", _day(day), quantity) for n, (day, quantity) in enumerate(given["usage"])]
    unit = Decimal(given["unit_price"])
    bills = given.get("invoices") or ([given["invoice"]] if "invoice" in given else [])
    if "invoice_finalized" in given:
        # What the billing system prints on the invoice: the meter's reading at its price.
        until = [q for day, q in given["usage"] if _day(day) <= given["invoice_finalized"]]
        bills = [[given["invoice_finalized"], {"last": until[-1], "max": max(until)}.get(counts, sum(until))]]
    for n, (day, quantity) in enumerate(bills, start=1):
        asked = (unit * Decimal(quantity)).quantize(Decimal("0.01"))
        rows += billed(asked, _day(day), name=f"test:in_{n}")
        for paid_on, amount in movements(given.get("paid"), _day(day), str(asked)):
            rows.append(cash("payment", f"test:ch_{n}", paid_on, amount, document_id=f"test:in_{n}"))
    return Told(rows)


def _day(stated: str) -> str:
    return stated if len(stated) == 10 else f"2021-{stated}"


def read_usage(books: Books, example: Example) -> dict[str, Any]:
    journal = books["journal"].sort("accounting_period", "event_kind", descending=[False, True])
    rows = []
    for row in journal.filter(account="Revenue").iter_rows(named=True):
        rows.append([f"{row['accounting_period']:%b}", "UnbilledAccountsReceivable", "Revenue", str(-row["amount"])])
    # A source that accrues and reverses shows the reversal; here the invoice meets the accrual in the contract's position.
    for row in journal.filter(account="AccountsReceivable", event_kind="invoice").iter_rows(named=True):
        rows.append([f"{row['accounting_period']:%b}", "Revenue", "UnbilledAccountsReceivable", str(row["amount"])])
    return {"account_changes": moves(books["journal"]), "journal": rows}


BILLED_EVERY = {"monthly": 1, "quarterly": 3, "annual": 12}


def tell_bundle(example: Example) -> Told:
    """Invoices at each beginning of a billing period, the first with a fee that has no period."""
    given = example.inputs
    only(given, *BILLED_EVERY, "setup_fee_one_time", "months", "start")
    first = date.fromisoformat(str(given.get("start", START)))
    rows: list[Row] = []
    for name, length in BILLED_EVERY.items():
        for n in range(0, int(given["months"]) if name in given else 0, length):
            begins, ends = (pl.Series([first]).dt.offset_by(f"{m}mo").item().isoformat() for m in (n, n + length))
            lines: list[tuple[str, str | None, str | None]] = [(given[name], begins, ends)]
            if n == 0 and not rows:
                lines.append((given.get("setup_fee_one_time", "0"), None, None))
            rows += invoice(f"test:in_{name}_{n}", begins, lines)
    return Told(rows)


def read_bundle(books: Books, example: Example) -> dict[str, Any]:
    first = index(str(example.inputs.get("start", START)))
    earned = moves(books["journal"])["Revenue"]
    return {"revenue": {f"M{index(month) - first + 1}": amount for month, amount in earned.items()}}


def tell_voucher(example: Example) -> Told:
    """A product with a voucher that gives more off than anybody gets."""
    given = example.inputs
    only(given, "price_A", "voucher", "general_promo", "redemption_probability", "avg_purchase")
    return Told(
        [
            BASIS,
            contract(),
            line("A", given["price_A"], promise_kind="good", ssp=given["price_A"]),
            line("voucher", "0", promise_kind="option"),
            estimate("off", "voucher", "option_discount", given["voucher"].split()[0]),
            estimate("general", "voucher", "general_discount", given.get("general_promo", "0")),
            estimate("likely", "voucher", "redemption_probability", given["redemption_probability"]),
            estimate("spend", "voucher", "purchase_amount", given["avg_purchase"], money=True),
        ]
    )


def read_voucher(books: Books, example: Example) -> dict[str, Any]:
    parts = allocated(books, START)
    return {
        "option_ssp": allocated(books, START, "standalone_price")["voucher"],
        **dict.fromkeys(("allocation", "allocation_exact", "allocation_as_printed"), parts),
    }


def tell_renewals(example: Example) -> Told:
    """Contracts with a right to renew, looked through: every expected year is a promise that weighs its expected cost."""
    given = example.inputs
    only(given, "contracts", "fee_per_year", "expected_contracts", "expected_cost_per_contract")
    rows = [BASIS, choice("recognition_method", "straight_line_monthly"), contract()]
    for n, (count, cost) in enumerate(zip(given["expected_contracts"], given["expected_cost_per_contract"], strict=True)):
        served = {"service_from": f"{2021 + n}-01-01", "service_to": f"{2022 + n}-01-01"}
        rows.append(line(f"year_{n + 1}", given["fee_per_year"], quantity=count, ssp=cost, **served))
    return Told(rows)


def read_renewals(books: Books, example: Example) -> dict[str, Any]:
    years = range(len(example.inputs["expected_contracts"]))
    return {
        "expected_consideration": contract_price(books),
        "expected_costs": sum(allocated(books, START, "standalone_price").values()),
        "revenue_by_year_if_as_expected": [revenue(books, f"{2021 + n}-01", f"{2021 + n}-12") for n in years],
    }


def tell_points(example: Example) -> Told:
    """Products sold with points; each year some are redeemed and the total that will be is estimated anew."""
    given = example.inputs
    yearly = [f"y{n}_{what}" for n in range(1, 10) for what in ("redeemed", "expected_total")]
    only(
        given,
        *("sales", "points", "ssp_points", "expected", "allocated_to_points", *yearly),
        *("point_value", "expected_redemption"),
    )
    count, sales = given["points"], number(given["sales"])
    stated = number(given["allocated_to_points"]) if "allocated_to_points" in given else None
    worth = number(given["ssp_points"]) if "ssp_points" in given else stated
    if "point_value" in given:
        likely = number(given.get("expected_redemption", "100%"))
        worth = number(given["point_value"]) * likely * count  # type: ignore[operator]
    products = sales - stated if stated is not None else sales  # type: ignore[operator]
    rows = [
        BASIS,
        contract(),
        line(
            "products",
            given["sales"],
            promise_kind="service",
            service_from=START,
            recognition_method="point_in_time",
            ssp=products,
        ),
        line("points", "0", quantity=count, promise_kind="points", ssp=worth / count),  # type: ignore[operator]
        *billed(given["sales"]),
    ]
    if "expected_redemption" in given and "expected" not in given:
        rows.append(estimate("expected", "points", "expected_units", likely * count))  # type: ignore[operator]
    if "expected" in given:
        rows.append(estimate("expected", "points", "expected_units", given["expected"]))
    for n in range(1, 10):
        day = f"{2020 + n}-12-15"
        if f"y{n}_redeemed" in given:
            rows.append(used(str(n), "points", day, given[f"y{n}_redeemed"]))
        if f"y{n}_expected_total" in given:
            rows.append(estimate("expected", "points", "expected_units", given[f"y{n}_expected_total"], day))
    return Told(rows)


def read_points(books: Books, example: Example) -> dict[str, Any]:
    found: dict[str, Any] = {"allocation": allocated(books, START)}
    for n in range(1, 10):
        year = 2020 + n
        points = revenue(books, f"{year}-01", f"{year}-12", "points")
        held = balance(books, "ContractLiability", f"{year}-12")
        found |= {f"y{n}_points_revenue": points, f"y{n}_revenue": points, f"y{n}_contract_liability": held}
    return found


ADAPTERS = (
    Adapter(("progress.cost_to_cost",), tell_costs, read_costs),
    Adapter(("usage.recognition",), tell_usage, read_usage),
    Adapter(("recognition.bundle",), tell_bundle, read_bundle),
    Adapter(("material_right",), tell_voucher, read_voucher),
    Adapter(("material_right.practical_alternative",), tell_renewals, read_renewals),
    Adapter(("loyalty",), tell_points, read_points),
)
