"""Who buys: companies that each system knows under an id of its own, and not always by the same mark."""

from __future__ import annotations

from random import Random

from pipelines.simulator.group.ids import Ids
from pipelines.simulator.group.model import BILLING, CRM, ERP, SHOP, Buyer

CURRENCIES = (("USD", 70), ("EUR", 30))
FIRST = ("Northwind", "Aurora", "Granite", "Kestrel", "Lumen", "Tanaka", "Bright", "Señal", "Köhler", "Harbour")
SECOND = ("Logistics", "Labs", "Foods", "Robotics", "Energy", "Studios", "Health", "Partners")
# How the ERP, which has no shop account of anybody, knows a customer.
MARKS = (("email", 70), ("tax_id", 15), ("billing_id", 15))


def draw_buyer(random: Random, number: int, new_id: Ids) -> Buyer:
    """The buyer of that number."""
    name = f"{FIRST[number % len(FIRST)]} {SECOND[number // len(FIRST) % len(SECOND)]} {number}"
    currency = random.choices([code for code, _ in CURRENCIES], [weight for _, weight in CURRENCIES])[0]
    mark = random.choices([mark for mark, _ in MARKS], [weight for _, weight in MARKS])[0]
    ids = {system: new_id(system, "customer") for system in (BILLING, SHOP, ERP, CRM)}
    return Buyer(number, name, f"buyer-{number}.example", currency, mark, ids)
