"""Examples of modifications: more units at another price, an extension, an estimate that changes afterwards, a building."""

from __future__ import annotations

from typing import Any

import polars as pl

from tests.assets.revenue_facts import Row
from tests.vectors.contract_books import allocated, contract_price, progress, revenue
from tests.vectors.contract_facts import BASIS, CONTRACT, START, choice, contract, estimate, line, number, performed
from tests.vectors.example import Adapter, Books, Example, Told, only

FIRST = 2021
BEFORE, CHANGED, LATER = "2021-03-01", "2021-07-01", "2021-10-01"
TREATMENTS = {"prospective": "termination_and_new_contract"}
"""What the examples call a treatment that we name by what it does."""


def tell(example: Example) -> Told:
    return _extension(example) if "annual_fee" in example.inputs else _units(example)


def _units(example: Example) -> Told:
    """Units of one product, some delivered, more added."""
    given = example.inputs
    credits_ = [name for name in given if "credit" in name or "concession" in name]
    only(given, "original", "added", "transferred_before", "delivered_before", *credits_)
    old, new = given["original"], given["added"]
    ssp_then = old.get("ssp", old["price"])
    ssp_now = new.get("ssp", new["price"] if new.get("reflects_ssp") else ssp_then)
    product = {"product_id": "test:product", "promise_kind": "good"}
    done = given.get("transferred_before", given.get("delivered_before"))
    return Told(
        [
            BASIS,
            contract(),
            line("original", old["price"], quantity=old["units"], ssp=ssp_then, **product),
            performed("before", "original", BEFORE, quantity=done),
            line("added", new["price"], CHANGED, quantity=new["units"], ssp=ssp_now, **product),
            *(_off(name, given[name]) for name in credits_),
        ]
    )


def _off(name: str, stated: Any) -> Row:
    """Something off for units already transferred: a sum, or so much for each of so many."""
    terms = stated if isinstance(stated, dict) else {"units": 1, "per_unit": stated}
    each = -number(terms.get("per_unit", terms.get("price")))  # type: ignore[operator]
    return line(name, each, CHANGED, quantity=terms["units"], promise_kind="credit", service_from=CHANGED)


def _extension(example: Example) -> Told:
    """A service of some years at a yearly fee; after some of them the rest is repriced, or years are added, or both."""
    given = example.inputs
    after, total, more = (int(given.get(name, 0)) for name in ("after_year", "years", "extension_years"))
    fees = ("remaining_fee_per_year", *(f"year{n}_fee" for n in range(2, 20)))
    extension = ("extension_years", "extension_total", "extension_fee_per_year")
    only(given, "annual_fee", "years", "after_year", "ssp_per_year_now", *extension, *fees)
    changed, ends, extended = (f"{FIRST + n}-01-01" for n in (after, total, total + more))
    yearly = {"billing_interval": "year", "billing_interval_count": 1, "promise_kind": "series"}
    served = {"service_from": START, "service_to": ends}
    now = number(given["ssp_per_year_now"])
    rows = [BASIS, choice("recognition_method", "straight_line_monthly"), contract()]
    rows.append(line("service", given["annual_fee"], **served, **yearly, ssp=given["annual_fee"]))
    if fee := next((given[name] for name in fees if name in given), None):
        whole = number(given["annual_fee"]) * after + number(fee) * (total - after)  # type: ignore[operator]
        rows.append(line("service", whole, changed, **served, promise_kind="series", ssp=now * total))  # type: ignore[operator]
    if more:
        added = number(given.get("extension_total", "0")) or number(given["extension_fee_per_year"]) * more  # type: ignore[operator]
        later = {"service_from": ends, "service_to": extended, "promise_kind": "series"}
        rows.append(line("extension", added, changed, **later, ssp=now * more))  # type: ignore[operator]
    return Told(rows)


def read(books: Books, example: Example) -> dict[str, Any]:
    [change] = books["contract_modifications"].to_dicts()
    per_unit = allocated(books, "2029-12-31", "amount_per_unit")
    units = allocated(books, "2029-12-31", "open_quantity")
    opened = books["recognition_schedule"].filter(pl.col("service_period") >= change["modified_on"])
    months = opened.get_column("service_period").n_unique()
    first = int(f"{change['modified_on']:%Y}")
    return {
        "treatment": TREATMENTS.get(change["treatment"], change["treatment"]),
        "remaining_consideration": change["remaining_price"],
        "total_revenue": contract_price(books),
        **{name: -revenue(books, CHANGED[:7], CHANGED[:7], name) for name in example.inputs if "credit" in name},
        "immediate_reduction": -revenue(books, CHANGED[:7], CHANGED[:7]),
        "revenue_per_unit_original": per_unit.get("original"),
        "revenue_per_unit_added": per_unit.get("added"),
        "blended_price": per_unit.get("added"),
        "remaining_units": sum(value for value in units.values() if value is not None),
        "years_remaining": months // 12,
        "revenue_per_year": revenue(books, f"{first}-01", f"{first}-12"),
    }


def tell_estimate(example: Example) -> Told:
    """Two products for a fixed and a variable price; one delivered; a third is added; the estimate changes."""
    given = example.inputs
    terms, change = given["contract"], given["modification"]
    first, *others = terms["products"]
    done = [f"{name}_transferred" for name in terms["products"]]
    only(given, "contract", "modification", "later_variable_estimate", *done)
    ssp = dict.fromkeys([first, *others, change["add"]], terms["fixed"]) if terms.get("equal_ssp") else {}
    ssp |= terms.get("ssp", {}) | ({change["add"]: change["ssp"]} if "ssp" in change else {})
    rows = [BASIS, contract(), line(first, terms["fixed"], promise_kind="good", ssp=ssp.get(first))]
    rows += [line(name, "0", promise_kind="good", ssp=ssp.get(name)) for name in others]
    rows += [
        estimate("variable", CONTRACT, "variable_consideration", terms["variable_estimate"], money=True),
        line(change["add"], change["price"], CHANGED, promise_kind="good", ssp=ssp.get(change["add"])),
        estimate("variable", CONTRACT, "variable_consideration", given["later_variable_estimate"], LATER, money=True),
    ]
    rows += [performed(name, name, BEFORE, quantity=1) for name in terms["products"] if given.get(f"{name}_transferred")]
    return Told(rows)


def read_estimate(books: Books, example: Example) -> dict[str, Any]:
    first = example.inputs["contract"]["products"][0]
    return {
        "initial_allocation": allocated(books, START),
        "after_modification": allocated(books, CHANGED, "open_amount"),
        "after_estimate_change": allocated(books, LATER, "open_amount"),
        f"estimate_change_to_{first}_recognised_now": revenue(books, LATER[:7], LATER[:7], first),
    }


YEAR1, YEAR2 = "2021-12-01", "2022-01-01"


def tell_building(example: Example) -> Told:
    """One promise over time by cost; a bonus that is constrained at first; more scope, more cost, the bonus no more so."""
    given = example.inputs
    only(given, "fixed", "bonus", "bonus_constrained", "expected_costs", "costs_year1", "modification")
    change = given["modification"]
    only(change, "fixed_increase", "cost_increase", "bonus_now_included")
    whole, cost = (
        number(given[base]) + number(change.get(more, "0"))  # type: ignore[operator]
        for base, more in (("fixed", "fixed_increase"), ("expected_costs", "cost_increase"))
    )
    how = {"promise_kind": "service", "recognition_method": "cost_to_cost", "distinct": False}
    printed = str(example.expected.get("progress_after", ""))
    parts = {1: "per_mille", 0: "percent", 2: "basis_point"}.get(len(printed.rstrip("%").partition(".")[2]), "exact")
    rows = [
        BASIS,
        choice("progress_precision", parts if printed else "exact"),
        contract(),
        line("building", given["fixed"], **how),
        estimate("cost", "building", "total_cost", given["expected_costs"], money=True),
        performed("costs", "building", YEAR1, kind="cost", amount=given["costs_year1"]),
        line("building", whole, YEAR2, **how),
        estimate("cost", "building", "total_cost", cost, YEAR2, money=True),
    ]
    bonus = (CONTRACT, "variable_consideration")
    if "bonus_constrained" in given:
        none = {"constrained_value": number(0)}
        rows.append(estimate("bonus", *bonus, given["bonus_constrained"], money=True, **none))
    if "bonus" in given:
        rows.append(estimate("bonus", *bonus, given["bonus"], money=True))
    if "bonus_now_included" in change:
        rows.append(estimate("bonus", *bonus, change["bonus_now_included"], YEAR2, money=True))
    return Told(rows)


def read_building(books: Books, example: Example) -> dict[str, Any]:
    [change] = books["contract_modifications"].to_dicts()
    return {
        "treatment": change["treatment"],
        "progress_year1": progress(books, "2021-12"),
        "revenue_year1": progress(books, "2021-12", "revenue_to_date"),
        "cost_year1": progress(books, "2021-12", "cost_to_date"),
        "profit_year1": progress(books, "2021-12", "margin_to_date"),
        "transaction_price_after": change["transaction_price"],
        "progress_after": progress(books, "2022-01"),
        "catch_up_revenue": revenue(books, "2022-01", "2022-01"),
    }


ADAPTERS = (
    Adapter(("modification",), tell, read),
    Adapter(("modification.variable",), tell_estimate, read_estimate),
    Adapter(("modification.catch_up",), tell_building, read_building),
)
