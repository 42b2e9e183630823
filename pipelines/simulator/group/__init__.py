"""One company whose sales run through CRM, billing, shop, payments, ERP and usage, with the truth beside what they tell."""

from pipelines.simulator.group.run import GroupResult, simulate_group

__all__ = ["GroupResult", "simulate_group"]
