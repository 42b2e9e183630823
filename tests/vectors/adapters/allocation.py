"""Examples of allocation: by standalone selling prices, a discount of some, variable amounts of one."""

from __future__ import annotations

from typing import Any

from tests.vectors.contract_books import allocated, contract_price
from tests.vectors.contract_facts import BASIS, CONTRACT, START, choice, contract, estimate, line, number, price, used
from tests.vectors.example import Adapter, Books, Example, Told, only

PRICES = ("prices", "stated_prices", "contract_prices", "list_prices")
ROYALTY_DAY = "2021-02-15"
AS_SALES_OCCUR = "royalties as sales occur"


def tell(example: Example) -> Told:
    """Goods or services sold together: the price as one sum, or as stated for each."""
    given = example.inputs
    # A price that is only known to lie in a wide range ("D_ssp_range") is no standalone price.
    ranged = {name: name[0] for name in given if name[1:2] == "_"}
    only(
        given,
        *ranged,
        "transaction_price",
        *("price", *PRICES, "ssp", "ssp_range", "discount"),
        "observable_bundle",
        "residual",
        "highly_variable",
    )
    prices = next((given[name] for name in PRICES if given.get(name)), {})
    within = given.get("ssp_range", {})
    observed = given.get("ssp", {} if within else prices)
    whole = given.get("transaction_price", given.get("price"))
    uncertain = given.get("residual") or given.get("highly_variable") or []
    uncertain = [uncertain] if isinstance(uncertain, str) else list(uncertain)
    uncertain += [of for of in ranged.values() if of not in observed and of not in uncertain]
    names = list(dict.fromkeys([*observed, *within, *uncertain]))
    rows = [BASIS, contract()]
    for n, name in enumerate(names):
        stated = prices.get(name, whole if n == 0 and not prices else "0")
        ssp = None if name in uncertain else observed.get(name)
        rows.append(line(name, stated, product_id=f"test:{name}", ssp=ssp))
    rows += [choice("ssp_method", "residual", f"test:{name}") for name in uncertain]
    rows += [price(name, name, None, low=number(low), high=number(high)) for name, (low, high) in within.items()]
    if discount := given.get("discount"):
        off = str(discount)
        rows.append(estimate("discount", CONTRACT, "price_concession", off, money=not off.endswith("%")))
    for bundle, amount in (given.get("observable_bundle") or {}).items():
        products = ",".join(f"test:{name}" for name in bundle.split("+"))
        rows.append(price(bundle, None, amount, bundle_of=products))
    return Told(rows)


def read(books: Books, example: Example) -> dict[str, Any]:
    parts = allocated(books, START)
    return {
        **dict.fromkeys(("allocation", "allocation_exact", "allocation_as_printed"), parts),
        "total": contract_price(books),
        "transaction_price": contract_price(books),
    }


def tell_licences(example: Example) -> Told:
    """Two licences, one for a fixed price and one for a royalty of a dollar on each sale of the customer."""
    rows = [BASIS]
    for case, given in example.inputs.items():
        only(given, "X_fixed", "Y_royalty_estimate", "ssp", "month1_royalty")
        of = f"{CONTRACT}:{case}"
        rows += [
            contract(name=of),
            line(f"X:{case}", given["X_fixed"], of=of, promise_kind="licence", ssp=given["ssp"]["X"], service_from=START),
            line(
                f"Y:{case}", "1", of=of, quantity=None, usage_type="metered", promise_kind="licence", ssp=given["ssp"]["Y"]
            ),
            estimate(case, f"Y:{case}", "variable_consideration", given["Y_royalty_estimate"], money=True),
        ]
        if "month1_royalty" in given:
            rows.append(used(case, f"Y:{case}", ROYALTY_DAY, given["month1_royalty"]))
    return Told(rows)


def read_licences(books: Books, example: Example) -> dict[str, Any]:
    found: dict[str, Any] = {}
    before, after = allocated(books, START), allocated(books, ROYALTY_DAY)
    for case in example.inputs:
        names = {name: f"{name}:{case}" for name in ("X", "Y")}
        fixed = {name: before.get(own, AS_SALES_OCCUR) for name, own in names.items()}
        moved = {name: after[own] - before[own] for name, own in names.items() if own in before and own in after}
        found[case] = fixed | {"fixed": fixed, "month1_royalty": moved}
    return found


ADAPTERS = (
    Adapter(("allocation", "allocation.discount", "allocation.residual"), tell, read),
    Adapter(("allocation.variable",), tell_licences, read_licences),
)
