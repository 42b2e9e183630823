"""Ids in the manner of each vendor, as silver has them: prefix and letters, or numbers that each kind counts for itself."""

from __future__ import annotations

from collections import Counter

from pipelines.simulator.group.model import BILLING, CRM, ERP, SHOP
from pipelines.simulator.identifiers import Identifiers

_STRIPE = {"customer": "cus", "bill": "in", "contract": "sub", "payment": "ch", "refund": "re"}
# Shopify counts each kind of object from somewhere in the billions.
_SHOPIFY = {"customer": 7_204_000_000_000, "bill": 5_510_000_000_000, "payment": 6_630_000_000_000}
# NetSuite counts all transactions together, and all entities (`pipelines.systems.netsuite.records`).
_NETSUITE = {"customer": "entity", "bill": "transaction", "payment": "transaction", "note": "transaction"}
_SALESFORCE = {"customer": "001", "deal": "006", "quote": "0Q0"}


class Ids:
    """Hands out object ids that never repeat; the same for the same order of asking."""

    def __init__(self) -> None:
        self._stripe = Identifiers("group")
        self._counts: Counter[str] = Counter()

    def __call__(self, system: str, what: str) -> str:
        """A fresh id of an object of a system: customer, bill, contract, payment, refund, note, deal or quote."""
        if system == BILLING:
            return f"{BILLING}:{self._stripe(_STRIPE[what])}"
        if system == SHOP:
            return f"{SHOP}:{_SHOPIFY[what] + 32_768 * self._next(f'shopify {what}')}"
        if system == CRM:
            return f"{CRM}:{_SALESFORCE[what]}5g{self._next(f'salesforce {what}'):010d}AAA"
        # A contract of the ERP is told in the shape of the tables, without a family.
        family = _NETSUITE.get(what)
        number = 4_000 + self._next(f"netsuite {family}")
        return f"{ERP}:{family}/{number}" if family else f"{ERP}:contract-{number}"

    def _next(self, what: str) -> int:
        self._counts[what] += 1
        return self._counts[what]


def local(object_id: str) -> str:
    """The id as the system itself writes it: without its name and the family of the id."""
    return object_id.partition(":")[2].rpartition("/")[2]
