"""The list of laws, in the order of the design."""

from __future__ import annotations

from cli.laws.books import closed_unchanged, money_conserved
from cli.laws.events import conserved, exactly_once
from cli.laws.law import Law
from cli.laws.order import order_does_not_matter
from cli.laws.reasons import every_number_has_a_reason, gates_hold

LAWS: tuple[Law, ...] = (
    Law(1, "Events are conserved", conserved),
    Law(2, "Exactly once, by content", exactly_once),
    Law(3, "Arrival order does not matter", order_does_not_matter),
    Law(4, "Money is conserved", money_conserved),
    Law(5, "A closed period never changes", closed_unchanged),
    Law(6, "Every number has a reason", every_number_has_a_reason),
    Law(7, "Nothing passes a gate it failed", gates_hold),
)
