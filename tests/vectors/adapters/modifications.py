"""Examples of modifications: more units at another price, an extension, an estimate that changes afterwards, a building."""

from __future__ import annotations

from typing import Any

import polars as pl

from tests.assets.revenue_facts import Row
from tests.vectors.contract_books import allocated, contract_price, progress, revenue
from tests.vectors.contract_facts import BASIS, CONTRACT, START, choice, contract, estimate, line, number, performed
from tests.vectors.example import Adapter, Books, Example, Told, only

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
    """A service of some years at a yearly fee; after some of them the rest is repriced and years are added."""
    given = example.inputs
    only(given, "annual_fee", "years", "after_year", "year3_fee", "extension_years", "extension_total", "ssp_per_year_now")
    first, total, more = 2021, int(given["years"]), int(given["extension_years"])
    changed = f"{first + int(given['after_year'])}-01-01"
    ends, extended = f"{first + total}-01-01", f"{first + total + more}-01-01"
    yearly = {
        "billing_interval": "year",
        "billing_interval_count": 1,
        "ssp": given["ssp_per_year_now"],
        "promise_kind": "series",
    }
    kept = [str(given["annual_fee"])] * int(given["after_year"]) + [str(given["year3_fee"])] * (
        total - int(given["after_year"])
    )
    repriced = sum(number(fee) for fee in kept)  # type: ignore[misc]
    whole = {"ssp": number(given["ssp_per_year_now"]) * total, "promise_kind": "series"}  # type: ignore[operator]
    return Told(
        [
            BASIS,
            choice("recognition_method", "straight_line_monthly"),
            contract(),
            line(
                "service", given["annual_fee"], service_from=START, service_to=ends, **yearly | {"ssp": given["annual_fee"]}
            ),
            line("service", repriced, changed, service_from=START, service_to=ends, **whole),
            line(
                "extension",
                given["extension_total"],
                changed,
                service_from=ends,
                service_to=extended,
                promise_kind="series",
                ssp=number(given["ssp_per_year_now"]) * more,  # type: ignore[operator]
            ),
        ]
    )


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
    only(given, "contract", "X_transferred", "modification", "later_variable_estimate")
    terms, change = given["contract"], given["modification"]
    first, *others = terms["products"]
    ssp = terms["fixed"] if terms.get("equal_ssp") else None
    rows = [BASIS, contract(), line(first, terms["fixed"], promise_kind="good", ssp=ssp)]
    rows += [line(name, "0", promise_kind="good", ssp=ssp) for name in others]
    rows += [
        estimate("variable", CONTRACT, "variable_consideration", terms["variable_estimate"], money=True),
        line(change["add"], change["price"], CHANGED, promise_kind="good", ssp=ssp),
        estimate("variable", CONTRACT, "variable_consideration", given["later_variable_estimate"], LATER, money=True),
    ]
    if given.get("X_transferred"):
        rows.append(performed("before", first, BEFORE, quantity=1))
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
    only(given, "fixed", "bonus_constrained", "expected_costs", "costs_year1", "modification")
    change = given["modification"]
    whole = number(given["fixed"]) + number(change["fixed_increase"])  # type: ignore[operator]
    cost = number(given["expected_costs"]) + number(change["cost_increase"])  # type: ignore[operator]
    how = {"promise_kind": "service", "recognition_method": "cost_to_cost", "distinct": False}
    bonus = {"money": True}
    printed = str(example.expected.get("progress_after", ""))
    parts = {1: "per_mille", 0: "percent", 2: "basis_point"}.get(len(printed.rstrip("%").partition(".")[2]), "exact")
    return Told(
        [
            BASIS,
            choice("progress_precision", parts if printed else "exact"),
            contract(),
            line("building", given["fixed"], **how),
            estimate("cost", "building", "total_cost", given["expected_costs"], money=True),
            estimate(
                "bonus",
                CONTRACT,
                "variable_consideration",
                given["bonus_constrained"],
                constrained_value=number(0),
                **bonus,
            ),
            performed("costs", "building", YEAR1, kind="cost", amount=given["costs_year1"]),
            line("building", whole, YEAR2, **how),
            estimate("cost", "building", "total_cost", cost, YEAR2, money=True),
            estimate("bonus", CONTRACT, "variable_consideration", change["bonus_now_included"], YEAR2, **bonus),
        ]
    )


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
