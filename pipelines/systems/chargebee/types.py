"""The objects of Chargebee that carry revenue facts, and where they may stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipelines.systems.chargebee.credit_notes import CREDIT_NOTE
from pipelines.systems.chargebee.goods import ITEM, ITEM_PRICE, PLAN
from pipelines.systems.chargebee.invoices import INVOICE
from pipelines.systems.chargebee.parties import CUSTOMER
from pipelines.systems.chargebee.subscriptions import SUBSCRIPTION
from pipelines.systems.chargebee.transactions import TRANSACTION
from pipelines.systems.chargebee.usage import USAGE
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading

OBJECTS: Mapping[str, Kind] = {
    kind.name: kind for kind in (CUSTOMER, ITEM, ITEM_PRICE, PLAN, SUBSCRIPTION, USAGE, INVOICE, CREDIT_NOTE, TRANSACTION)
}

EVENT, ANSWER, CONTENT = "event", "answer", "content"


def _every(place: str) -> Callable[[Reading], list[Fact]]:
    """Facts of all objects that stand side by side at a place, each read as if it stood alone."""

    def facts(reading: Reading) -> list[Fact]:
        told: list[Fact] = []
        for name, kind in OBJECTS.items():
            alone = reading.of_object(name, kind.at(f"{place}.{name}".lstrip(".")))
            if alone.root.height:
                told += kind.facts(alone)
        return told

    return facts


_BESIDE = {name: kind.shape for name, kind in OBJECTS.items()}

KINDS: dict[str, Kind] = {
    EVENT: Kind(EVENT, _BESIDE, _every(CONTENT), CONTENT),
    ANSWER: Kind(ANSWER, _BESIDE, _every("")),
    **{name: kind.at("") for name, kind in OBJECTS.items()},
}
