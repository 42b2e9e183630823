"""How an obligation of a contract is performed: by time (`assets.recognition.methods`) or by what is done.

* `delivery`, `output_units`: units delivered of those promised (ASC 606-10-55-17, IFRS 15.B15);
* `usage`: what was used, at its price: the right to invoice (606-10-55-18, B16);
* `milestones`: shares of a whole, told one by one;
* `hours`, `cost_to_cost`: what was spent of what is expected (606-10-55-20, B18);
* `redemption`: points, credits, options and gift cards redeemed of those expected to be: breakage in proportion
  (606-10-55-48, B46).
"""

from __future__ import annotations

from enum import StrEnum


class Performed(StrEnum):
    """Methods that facts of performance or usage drive."""

    USAGE = "usage"
    DELIVERY = "delivery"
    MILESTONES = "milestones"
    OUTPUT_UNITS = "output_units"
    HOURS = "hours"
    COST_TO_COST = "cost_to_cost"
    REDEMPTION = "redemption"


CONTRACT_METHODS = tuple(method.value for method in Performed)

LICENCES = ("licence", "functional_licence")
"""Rights to use: a customer can use and benefit from one no earlier than its period begins (606-10-55-58C, IFRS 15.B61). A
right to access, `symbolic_licence`, is performed by time (55-58A, 60 to 62; B58)."""

METHOD_OF_PROMISE = {
    "good": Performed.DELIVERY.value,
    "licence": "point_in_time",
    "functional_licence": "point_in_time",
    "credit": "point_in_time",
    "option": Performed.REDEMPTION.value,
    "points": Performed.REDEMPTION.value,
    "gift_card": Performed.REDEMPTION.value,
}
"""What a kind of promise implies where neither its line nor its product says how it is performed."""

NOT_DISTINCT = (Performed.COST_TO_COST.value, Performed.MILESTONES.value, Performed.HOURS.value)
"""One promise that is built step by step: what remains is not distinct from what was done, unless the line says so."""
