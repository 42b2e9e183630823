"""The running simulation: its clock, its agenda of what happens when, and where its events go.

A discrete-event simulation: actions wait in a heap by moment; an action changes the business objects and emits events,
each one second after the one before, so no two events of one customer share a second.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from pipelines.simulator.catalogue import Catalogue, build_catalogue
from pipelines.simulator.documents import Invoice, Line
from pipelines.simulator.envelope import EventWriter
from pipelines.simulator.identifiers import Identifiers
from pipelines.simulator.moments import DAY, HOUR, SECONDS_OF_AN_HOUR_IN_USE
from pipelines.simulator.parameters import Parameters
from pipelines.simulator.parties import Customer

Action = Callable[..., None]


class Company:
    """State of the simulated world."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.random = Random(parameters.seed)
        self.new_id = Identifiers(parameters.seed)
        self.now = parameters.month_starts[0]
        self.catalogue: Catalogue = build_catalogue(self.new_id, self.now)
        self.events = EventWriter(Identifiers(f"{parameters.seed}/events"), parameters.api_cut)
        self.customers: list[Customer] = []
        self.invoices: list[Invoice] = []
        self.prorations: list[Line] = []
        self.counts: Counter[str] = Counter()
        self._agenda: list[tuple[int, int, Customer, Action, tuple[Any, ...]]] = []
        self._scheduled = 0

    @property
    def modern(self) -> bool:
        """Whether events have the shape of the newer API version by now."""
        return self.now >= self.parameters.api_cut

    def emit(self, kind: str, shape: dict[str, Any], previous: dict[str, Any] | None = None) -> None:
        """Record one event now and let a second pass."""
        self.events.write(self.now, kind, shape, previous)
        self.now += 1

    def at(self, moment: int, customer: Customer, action: Action, *arguments: Any) -> None:
        """Put `action(company, *arguments)` on the agenda."""
        self._scheduled += 1
        heapq.heappush(self._agenda, (moment, self._scheduled, customer, action, arguments))

    def later(self, fewest_days: int, most_days: int) -> int:
        """A moment that many days from now, at any hour."""
        day = self.now // DAY + self.random.randint(fewest_days, most_days)
        return max(day * DAY + self.hour(), self.now + 1)

    def hour(self) -> int:
        """A second of the day at which an action may begin (see SECONDS_OF_AN_HOUR_IN_USE)."""
        return self.random.randrange(24) * HOUR + self.random.randrange(SECONDS_OF_AN_HOUR_IN_USE)

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self.random.random() < probability

    def run_until(self, moment: int) -> None:
        """Do everything that begins before that moment."""
        while self._agenda and self._agenda[0][0] < moment:
            planned, _, customer, action, arguments = heapq.heappop(self._agenda)
            self.now = max(planned, customer.clock)
            action(self, *arguments)
            customer.clock = self.now
        if any(customer.clock > moment for customer in self.customers):
            raise AssertionError("an action ran over midnight: the truth of two months would depend on it")
